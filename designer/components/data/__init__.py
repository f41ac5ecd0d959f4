"""Family: Data."""
