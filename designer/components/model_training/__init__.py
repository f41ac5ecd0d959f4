"""Family: Model training."""
