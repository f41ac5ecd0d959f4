"""Family: Python and SQL."""
