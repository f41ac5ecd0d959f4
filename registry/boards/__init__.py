"""Saved views: how somebody arranged a table of runs, for themselves or for the workspace."""
