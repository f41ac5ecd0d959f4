"""Family: Machine learning algorithms."""
