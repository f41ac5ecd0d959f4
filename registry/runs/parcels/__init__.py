"""Parcels: an experiment as one zip file that another studio takes in, with its runs, metrics, logs and files."""
