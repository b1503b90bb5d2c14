"""The schema's history. bot/db/migrate.py runs it; CONTRIBUTING.md tells how to add a step."""
