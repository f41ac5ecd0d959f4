"""Graphics cards, asked through NVIDIA's own library where the driver has brought it: no package, no process. Django-free."""

import ctypes
import functools
from dataclasses import dataclass
from typing import Any

LIBRARY = "libnvidia-ml.so.1"
OK = 0


@dataclass(frozen=True, slots=True)
class Gpu:
    utilization: float  # percent
    memory_used: int  # bytes
    memory_total: int
    watts: float | None = None


class _Rates(ctypes.Structure):
    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


class _Memory(ctypes.Structure):
    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


def all_gpus() -> list[Gpu]:
    """Of the whole machine, in the order of their numbers; empty where there are none, or nobody tells."""
    library = _library()
    if library is None:
        return []
    count = ctypes.c_uint()
    if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != OK:
        return []
    return [gpu for number in range(count.value) if (gpu := _one(library, number)) is not None]


def _one(library: Any, number: int) -> Gpu | None:
    device, rates, memory, milliwatts = ctypes.c_void_p(), _Rates(), _Memory(), ctypes.c_uint()
    if library.nvmlDeviceGetHandleByIndex_v2(number, ctypes.byref(device)) != OK:
        return None
    if library.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory)) != OK:
        return None
    # A card that is cut into parts tells no rates.
    known = library.nvmlDeviceGetUtilizationRates(device, ctypes.byref(rates)) == OK
    power = library.nvmlDeviceGetPowerUsage(device, ctypes.byref(milliwatts)) == OK
    return Gpu(
        float(rates.gpu) if known else 0.0, memory.used, memory.total, milliwatts.value / 1000 if power else None
    )


@functools.cache
def _library() -> Any:
    try:
        library = ctypes.CDLL(LIBRARY)
        return library if library.nvmlInit_v2() == OK else None
    except (OSError, AttributeError):
        return None
