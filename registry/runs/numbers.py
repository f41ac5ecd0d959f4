"""Numbers as JSON can carry them: those that are none, or infinite, are words, as in the JSON of protocol buffers."""

import math


def shown(value: float | None) -> float | str:
    """None stands for not-a-number, as in summaries."""
    if value is None or value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
