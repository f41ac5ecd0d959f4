"""Recognising days and times in texts, by the formats that people use. Django-free."""

import re
from collections.abc import Sequence
from typing import Any

ISO = "iso"
_ISO = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}([.]\d{1,9})?)?\s?(Z|UTC|[+-]\d{2}(:?\d{2})?)?)?", re.IGNORECASE
)
_NUMERIC = re.compile(r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?\.?(\s*[T ,]\s*\d{1,2}:\d{2}.*)?")
_NAMED = re.compile(r"([A-Za-z]{3,9}\.?,?\s+)?(\d{1,2}[-\s.]+)?[A-Za-z]{3,9}[-\s.,]+\d{1,4}.*")
_HAS_YEAR = re.compile(r"\d{4}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}\b|[A-Za-z]{3}[-\s]\d{2}\b")

DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d-%m-%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y")
OTHERS = (
    "%d.%m.%Y", "%d.%m.%y", "%Y.%m.%d", "%Y-%m", "%Y/%m", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y",
    "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%a, %d %b %Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y",
)  # fmt: skip
TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", ", %H:%M", ", %H:%M:%S")
LOOKED_AT = 200


def could_be(values: Sequence[str]) -> bool:
    """A quick look that spares most columns the slow one."""
    few = values[:50]
    return all(
        len(value) < 50 and (_NUMERIC.fullmatch(value) or _NAMED.fullmatch(value)) and _HAS_YEAR.search(value)
        for value in few
    )


def form(values: Sequence[str], day_first: bool | None, connection: Any) -> tuple[Any, list[str]]:
    """ISO, or the list of formats that reads all values; and the values that the best of them cannot read."""
    best: tuple[Any, list[str]] = (ISO, list(values))
    if values and _ISO.fullmatch(values[0]):
        unfit = _unread(values, "TRY_CAST(v AS TIMESTAMP)", connection)
        if not unfit:
            return ISO, []
        best = (ISO, unfit)
    few = values[:LOOKED_AT]
    for base in _bases(day_first):
        formats = [base + time for time in TIMES]
        reading = f"try_strptime(v, {formats!r})"
        if len(_unread(few, reading, connection)) * 2 > len(few):
            continue
        unfit = _unread(values, reading, connection)
        if not unfit:
            return formats, []
        if len(unfit) < len(best[1]):
            best = (formats, unfit)
    return best


def is_ambiguous(form: Any, values: Sequence[str], connection: Any) -> bool:
    """Whether the day and the month could as well be the other way round."""
    if not isinstance(form, list) or form[0] not in DAY_FIRST + MONTH_FIRST:
        return False
    pairs = dict(zip(DAY_FIRST + MONTH_FIRST, MONTH_FIRST + DAY_FIRST, strict=True))
    other = [pairs[form[0]] + time for time in TIMES]
    return not _unread(values, f"try_strptime(v, {other!r})", connection)


def expression(form: Any, text: str, day_first: bool | None) -> str:
    """SQL that reads the SQL text `text`; NULL where it cannot."""
    if form == ISO:
        return f"TRY_CAST({text} AS TIMESTAMP)"
    if form:
        return f"try_strptime({text}, {list(form)!r})"
    formats = [base + time for base in _bases(day_first) for time in TIMES]
    return f"coalesce(TRY_CAST({text} AS TIMESTAMP), try_strptime({text}, {formats!r}))"


def _bases(day_first: bool | None) -> tuple[str, ...]:
    return (*DAY_FIRST, *MONTH_FIRST, *OTHERS) if day_first else (*MONTH_FIRST, *DAY_FIRST, *OTHERS)


def _unread(values: Sequence[str], reading: str, connection: Any) -> list[str]:
    if not values:
        return []
    found = connection.execute(f"SELECT v FROM (SELECT unnest(?) AS v) WHERE ({reading}) IS NULL", [list(values)])
    return [value for (value,) in found.fetchall()]
