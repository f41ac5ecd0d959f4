"""Family: Model scoring and evaluation."""
