"""Past tense, ids only. The system heals without them by re-scanning."""

from django.dispatch import Signal

run_queued = Signal()  # run_id (pk), sent on commit: somebody should execute this
run_finished = Signal()  # run_id (pk), sent on commit: reached a terminal state
# run_id, original_id (pks). Sent inside the transaction that repeats a run, before it can start: whoever keeps records
# beside a run copies them, or the repetition fails as a whole.
run_repeated = Signal()
