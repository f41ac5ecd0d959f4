"""The queue's process: django-q2's cluster, made to die as a whole.

A slot never computes and everything it knows is in the database, so the quickest end is the best one: SIGTERM ends
the whole group at once instead of waiting for runs that may take hours. What was cut off is taken up again.
"""

import contextlib
import ctypes
import os
import signal
import time
from types import FrameType

# Loaded before any fork: between fork and the first own line only what is loaded already is safe.
_libc = ctypes.CDLL(None)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    if os.getpgrp() != os.getpid():
        os.setpgrp()  # the whole group is ended below: it must be ours alone
    import django

    django.setup()

    from django.db import connections
    from django_q.cluster import Cluster

    from studio.engine import queue, retention, slots

    slots.forget_all()
    queue.free_locks()
    retention.schedule()
    connections.close_all()
    # The queue is looked at many times a second: a connection made anew each time would cost more than the look.
    for connection in connections.all():
        connection.settings_dict |= {
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": connection.vendor != "sqlite",
        }
    # A killed main process must not leave workers behind that take tasks beside those of its successor, nor a killed
    # sentinel a cluster that nobody guards: each dies with the one that forked it.
    os.register_at_fork(after_in_child=_die_with_parent)
    cluster = Cluster()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _end_everything)
    cluster.start()
    while cluster.sentinel.is_alive():
        time.sleep(0.2)
    _end_everything()


def _die_with_parent() -> None:
    with contextlib.suppress(AttributeError):
        _libc.prctl(1, signal.SIGKILL)


def _end_everything(number: int = 0, frame: FrameType | None = None) -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
