"""The desk: what the municipality's people see. One module a screen; `screens.py` lists them."""
