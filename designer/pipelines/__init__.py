"""Pipelines as records: drafts with a revision, history, submission, the canvas API."""
