"""Past tense, ids only, sent on commit. The system heals without them by re-scanning."""

from django.dispatch import Signal

run_queued = Signal()  # run_id (pk): somebody should execute this
run_finished = Signal()  # run_id (pk): reached a terminal state
