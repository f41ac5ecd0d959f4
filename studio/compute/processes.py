"""Processes of this machine, named so that a number used again by another process is not taken for the old one."""

import os
import signal
from pathlib import Path

import psutil


def started(pid: int) -> float | None:
    """When that process was born, in clock ticks since boot where the system tells; None if there is none.

    A zombie counts as gone: it computes nothing and only waits to be counted.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return None
        return _started_elsewhere(pid)
    # The name in parentheses may itself hold spaces and parentheses.
    fields = stat[stat.rindex(")") + 2 :].split()
    return None if fields[0] in "ZX" else float(fields[19])


def is_alive(pid: int, born: float) -> bool:
    return started(pid) == born


def kill_group(pid: int, born: float) -> None:
    """End the process, its group, and descendants that have left the group. Nothing happens if it is gone."""
    if not is_alive(pid, born):
        return
    try:
        strays = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        strays = []
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Not a group leader yet: it was born this very moment.
        if is_alive(pid, born):
            os.kill(pid, signal.SIGKILL)
    for stray in strays:
        try:
            stray.kill()
        except psutil.Error:
            continue


def own_memory(pid: int) -> int:
    """Bytes held by the process that are not shared with others; 0 if it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()
        return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE")
    except (FileNotFoundError, ProcessLookupError):
        try:
            return 0 if Path("/proc/self/statm").exists() else psutil.Process(pid).memory_info().rss
        except psutil.Error:
            return 0


def _started_elsewhere(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None
