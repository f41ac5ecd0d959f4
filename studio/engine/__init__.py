"""Executes runs: slots claim and supervise, the runner forks warm children, children compute."""
