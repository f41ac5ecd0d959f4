"""Family: Registry."""
