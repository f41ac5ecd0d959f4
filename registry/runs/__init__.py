"""Runs (jobs and tracking in one): a job is a run that has a spec."""
