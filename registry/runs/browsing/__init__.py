"""Looking at artifacts: what lies where, what kind a file is, its text, its rows.

Works on any folder of the store to which files come one by one: a run's artifacts, a logged model's.
"""
