"""Who we are, for the lease of a run, and whether the holder of another lease still exists."""

import os
import socket
from functools import cache

from studio.compute import processes


def owner() -> str:
    return _owner(os.getpid())


def is_gone(owner: str) -> bool:
    """Certain knowledge only: of another machine's processes we know nothing, their leases run out by themselves."""
    host, pid, born = owner.rsplit(":", 2)
    return host == socket.gethostname() and not processes.is_alive(int(pid), float(born))


@cache
def _owner(pid: int) -> str:
    # Cached by pid, because workers are forks of one another.
    return f"{socket.gethostname()[:60]}:{pid}:{processes.started(pid)}"
