"""One module per component, by family. `all.py` is the only list."""
