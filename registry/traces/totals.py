"""What a trace used in all: tokens, money. A span's figures hold those of the spans below it, so that only the uppermost
ones that have figures count."""

from typing import Any

import orjson

from registry.traces.models import Span, Trace


def of(trace: Trace, attribute: str) -> dict[str, float]:
    """The sum by name ({"input_tokens": …}) of an attribute that is such an object, or the text of one."""
    rows = Span.objects.filter(trace=trace).order_by("start").values_list("span_id", "parent_id", "attributes")
    figures: dict[str, dict[str, float]] = {}
    parents: dict[str, str] = {}
    for span_id, parent_id, attributes in rows:
        parents[span_id] = parent_id
        if found := _figures(orjson.loads(attributes).get(attribute)):
            figures[span_id] = found
    total: dict[str, float] = {}
    for span_id, found in figures.items():
        if not _is_below(span_id, parents, figures):
            for name, value in found.items():
                total[name] = total.get(name, 0) + value
    return total


def _is_below(span_id: str, parents: dict[str, str], counted: dict[str, dict[str, float]]) -> bool:
    seen = {span_id}
    above = parents.get(span_id, "")
    while above and above not in seen:
        if above in counted:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False


def _figures(value: Any) -> dict[str, float]:
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {}
    if not isinstance(value, dict):
        return {}
    return {
        str(name): number
        for name, number in value.items()
        if isinstance(number, int | float) and not isinstance(number, bool)
    }
