"""The MLflow protocol: with the real client against a live studio, and by hand."""
