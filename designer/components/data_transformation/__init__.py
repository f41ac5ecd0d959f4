"""Family: Data transformation."""
