"""What a process and everything it started take of this machine. Django-free."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from studio.compute import processes


@dataclass(frozen=True, slots=True)
class Usage:
    """`cpu`: seconds of processor time each living process has had, by its number. `memory`: bytes of their own."""

    cpu: dict[tuple[int, float], float] = field(default_factory=dict)
    memory: int = 0


def of_tree(pid: int) -> Usage:
    """Of the process and its descendants; empty if it is gone."""
    cpu: dict[tuple[int, float], float] = {}
    memory = 0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return Usage()
    for one in family:
        try:
            with one.oneshot():
                times = one.cpu_times()
                cpu[one.pid, one.create_time()] = times.user + times.system
            memory += processes.own_memory(one.pid)
        except psutil.Error:
            continue  # it ended while we looked
    return Usage(cpu, memory)


@dataclass(frozen=True, slots=True)
class Disk:
    used: int
    free: int
    share: float  # percent of it that is used


def disk_of(folder: Path) -> Disk | None:
    """The disk that a folder, or the nearest one above it, lies on."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        told = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(told.used, told.free, 100 * told.used / (told.used + told.free) if told.used + told.free else 0.0)


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_of_machine() -> int:
    return int(psutil.virtual_memory().total)
