"""Data assets, their versions, uploads, import, preview and profile."""
