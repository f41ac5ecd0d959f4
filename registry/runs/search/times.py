"""Times as people write them: a date, a date with a time, "2 days ago", "today"."""

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

EXAMPLES = "'2026-11-20', '2026-11-20 14:30', 'yesterday' or '2 days ago'"

UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
AGO = re.compile(r"(\d{1,6})\s*(second|minute|hour|day|week|month|year)s?\s+ago", re.IGNORECASE)
MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def span(text: str, now: datetime | None = None) -> tuple[datetime, datetime] | None:
    """The stretch [from, to) that is meant: a day is a whole day, a minute a minute. None where it is no time."""
    now = now or timezone.now()
    word = text.strip().lower()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if word == "now":
        return now, now + INSTANT
    if word == "today":
        return midnight, midnight + timedelta(days=1)
    if word == "yesterday":
        return midnight - timedelta(days=1), midnight
    if ago := AGO.fullmatch(word):
        try:
            moment = max(now - int(ago[1]) * UNITS[ago[2]], EARLIEST)
        except OverflowError:
            moment = EARLIEST
        return moment, moment + INSTANT
    return _of_date(text.strip())


def _of_date(text: str) -> tuple[datetime, datetime] | None:
    if len(text) > 40:
        return None
    try:
        day, moment = parse_date(text), parse_datetime(text)
        if day is not None:
            start = timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001
            return _within(start, start + timedelta(days=1))
        if moment is None:
            return None
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        length = timedelta(minutes=1) if MINUTE.fullmatch(text) else timedelta(seconds=0 if moment.microsecond else 1)
        return _within(moment, moment + (length or INSTANT))
    except (ValueError, OverflowError):
        return None


def _within(start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
    return (start, end) if start >= EARLIEST and end <= LATEST else None


def of_milliseconds(number: int | float) -> datetime:
    """The nearest time that a database can hold."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=min(max(number, -(10**14)), 10**15))
    except (OverflowError, ValueError):
        return EARLIEST if number < 0 else LATEST
