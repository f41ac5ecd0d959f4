"""Registered models and their versions; a version on disk is an MLflow model folder."""
