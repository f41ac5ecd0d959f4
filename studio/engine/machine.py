"""What a run takes of the machine while it computes: processor, memory, disk, graphics cards.

Its slot looks every few seconds, from outside, and writes metrics of the run under the names that clients of the
protocol use, so that the same charts show both. A run that is over sooner has none.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from studio.compute import gpus, usage
from studio.compute.usage import Usage

EVERY = 3.0  # seconds between two looks
MEGABYTE = 1e6
PREFIX = "system/"


class Sampler:
    """Remembers the last look, because a processor is busy between two of them."""

    def __init__(self, disk: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.disk = disk
        self.clock = clock
        self.looked = clock()
        self._cpu: dict[tuple[int, float], float] = {}

    def is_due(self) -> bool:
        return self.clock() - self.looked >= EVERY

    def sample(self, children: Iterable[Usage]) -> dict[str, float]:
        """By name, what these computing processes together take now; processor time since the look before."""
        now = self.clock()
        passed, self.looked = now - self.looked, now
        seen = list(children)
        cpu = {process: seconds for one in seen for process, seconds in one.cpu.items()}
        # What a process had before it was first seen counts too: it was born since.
        busy = sum(max(seconds - self._cpu.get(process, 0.0), 0.0) for process, seconds in cpu.items())
        self._cpu = cpu
        memory = sum(one.memory for one in seen)
        found = {
            "cpu_utilization_percentage": min(100.0, 100 * busy / passed / usage.cores()) if passed > 0 else 0.0,
            "system_memory_usage_megabytes": memory / MEGABYTE,
            "system_memory_usage_percentage": 100 * memory / usage.memory_of_machine(),
        }
        if disk := usage.disk_of(self.disk):
            found |= {
                "disk_usage_percentage": disk.share,
                "disk_usage_megabytes": disk.used / MEGABYTE,
                "disk_available_megabytes": disk.free / MEGABYTE,
            }
        for number, gpu in enumerate(gpus.all_gpus()):
            found |= {
                f"gpu_{number}_utilization_percentage": gpu.utilization,
                f"gpu_{number}_memory_usage_megabytes": gpu.memory_used / MEGABYTE,
                f"gpu_{number}_memory_usage_percentage": 100 * gpu.memory_used / max(gpu.memory_total, 1),
            }
            if gpu.watts is not None:
                found[f"gpu_{number}_power_usage_watts"] = gpu.watts
        return {PREFIX + name: round(value, 3) for name, value in found.items()}
