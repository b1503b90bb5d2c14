"""The JSON API with which other programs of the municipality read requests and write their results (docs/api.md)."""
