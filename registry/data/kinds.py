"""What a column of texts means: integer, number, boolean, date, category or text. Django-free.

Judged on a sample; the conversion judges every value again and widens a guess that does not hold.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.data import days

# Words that mean missing wherever they stand alone in a cell.
USUAL_MISSING = ("#N/A", "<NA>", "N/A", "NA", "NULL", "NaN", "NaT", "n/a", "nan", "null")
# These too, as soon as a file has them.
MISSING_IF_SEEN = ("?", "\\N", "(null)", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!", "#NAME?", "#NULL!", "#N/A!")
# And these where everything else in the column is a number or a day: elsewhere they may be an answer.
MISSING_IF_ODD = (
    "-", "--", "---", ".", "..", "...", "*", "x", "X", "None", "none", "NONE", "nil", "NIL", "missing", "Missing",
    "MISSING", "unknown", "Unknown", "UNKNOWN", "undefined", "na", "Na", "n.a.", "N.A.", "k.A.", "k. A.", "(missing)",
    "(blank)", "not available", "Not available",
)  # fmt: skip
STYLES = ((".", ""), (".", ","), (",", ""), (",", "."), (".", " "), (",", " "), (".", "'"))

MOST_CATEGORIES = 1000
MANY_CATEGORIES = 50  # so many may be half of the values; more must be few beside the rows
LONGEST_CATEGORY = 100
SAFE_DIGITS = 15  # a float holds them exactly
MOST_DIGITS = 18  # a 64-bit integer holds them

_TRUE = frozenset({"true"})
_FALSE = frozenset({"false"})
TRUE_WORDS = ("true", "t", "yes", "y", "on", "1", "1.0")
FALSE_WORDS = ("false", "f", "no", "n", "off", "0", "0.0")
_INTEGER = re.compile(r"[+-]?\d+")
_PADDED = re.compile(r"[+-]?0\d+")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?|[+-]?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guess:
    """`form` says how the texts of this kind are written: "plain", "marked", "big", "iso", or formats of days."""

    kind: str
    form: Any
    missing: int
    distinct: int
    examples: list[str]


@dataclass(frozen=True, slots=True)
class Style:
    decimal: str = "."
    thousands: str = ""

    def plain(self, text: str) -> str:
        text = text.replace(self.thousands, "") if self.thousands else text
        return text.replace(self.decimal, ".") if self.decimal != "." else text

    def is_number(self, text: str) -> bool:
        if not self.thousands:
            if self.decimal != "." and "." in text:
                return False
            return bool(_NUMBER.fullmatch(self.plain(text)))
        if self.thousands in text:
            d = re.escape(self.decimal)
            grouped = rf"[+-]?\d{{1,3}}({re.escape(self.thousands)}\d{{3}})+({d}\d*)?"
            return bool(re.fullmatch(grouped, text))
        return Style(self.decimal).is_number(text)

    def are_numbers(self, texts: Sequence[str]) -> bool:
        """Whether all are. An inspection asks this of tens of thousands of values, most of them written plainly, so it
        goes over them without a call of ours for each."""
        if self.thousands:
            if not Style(self.decimal).are_numbers([text for text in texts if self.thousands not in text]):
                return False
            return all(self.is_number(text) for text in texts if self.thousands in text)
        if self.decimal != ".":
            return not any("." in text for text in texts) and all(_NUMBER.fullmatch(self.plain(text)) for text in texts)
        return all(map(_NUMBER.fullmatch, texts))

    def are_integers(self, numbers: Sequence[str]) -> bool:
        return all(map(_INTEGER.fullmatch, numbers if self == PLAIN else map(self.plain, numbers)))


PLAIN = Style()
Counts = Mapping[str, int]


def missing_words(columns: Iterable[Counts]) -> list[str]:
    """The words that mean missing in these columns: the usual ones, and others that are found."""
    found = set(USUAL_MISSING)
    for counts in columns:
        found.update(word for word in MISSING_IF_SEEN if word in counts)
        odd = [word for word in MISSING_IF_ODD if word in counts and word not in found]
        if not odd:
            continue
        rest = [value for value in counts if value and value not in found and value not in odd]
        if rest and all(any(Style(*style).is_number(value) for style in STYLES[:3]) for value in rest[:500]):
            found.update(odd)
    return sorted(found)


def number_style(columns: Iterable[Counts], missing: frozenset[str], decimal: str | None, thousands: str | None) -> Style:
    """How this file writes its numbers: the style in which most columns are numbers, the plainest among equals."""
    styles = [
        Style(*style)
        for style in STYLES
        if (decimal is None or style[0] == decimal) and (thousands is None or style[1] == thousands)
    ]
    if decimal is not None and thousands is not None:
        return Style(decimal, thousands)
    if not styles:
        return Style(decimal or ".", thousands or "")
    fitting = dict.fromkeys(styles, 0)
    for counts in columns:
        values = [value for value in counts if value and value not in missing]
        if not values or not any(c in value for value in values[:200] for c in ",'  .") or len(values[0]) > 40:
            continue
        for style in styles:
            fitting[style] += style.are_numbers(values[:2000])
    return max(styles, key=lambda style: fitting[style])


def guess(counts: Counts, missing: frozenset[str], style: Style, day_first: bool | None, connection: Any) -> Guess:
    """`counts` maps each value of the sample to how often it stands there; None is a missing one."""
    gone = sum(n for value, n in counts.items() if value is None or value == "" or value in missing)
    values = [value for value in counts if value is not None and value != "" and value not in missing]
    rows = sum(counts.values()) - gone
    kind, form = _kind(values, rows, style, day_first, connection)
    return Guess(kind, form, gone, len(values), values[:5])


def form_of(kind: str, values: Sequence[str], style: Style, day_first: bool | None, connection: Any) -> tuple[Any, list[str]]:
    """How the values are to be read as a `kind` that a person chose, and those that cannot be."""
    match kind:
        case "integer":
            unfit = [v for v in values if not _is_integral(style, v)]
            return _integer_form(values, style) if not unfit else "marked", unfit
        case "number":
            unfit = [v for v in values if not style.is_number(v)]
            return _number_form(values, style), unfit
        case "boolean":
            return None, [v for v in values if v.lower() not in TRUE_WORDS + FALSE_WORDS]
        case "date":
            return days.form(values, day_first, connection)
    return None, []


def _kind(values: Sequence[str], rows: int, style: Style, day_first: bool | None, connection: Any) -> tuple[str, Any]:
    if not values:
        return "text", None
    lowered = {value.lower() for value in values[:10]}
    if lowered <= _TRUE | _FALSE and {value.lower() for value in values} <= _TRUE | _FALSE:
        return "boolean", None
    if style.are_numbers(values):
        if not style.are_integers(values):
            return "number", _number_form(values, style)
        digits = max(len(style.plain(value).lstrip("+-")) for value in values)
        # Codes with leading zeros, and numbers longer than any integer holds, are names and not quantities.
        if digits <= MOST_DIGITS and not any(_PADDED.fullmatch(value) for value in values):
            return "integer", _integer_form(values, style)
    elif days.could_be(values):
        form, unfit = days.form(values, day_first, connection)
        if not unfit:
            return "date", form
    return ("category" if _is_category(values, rows) else "text"), None


def _is_category(values: Sequence[str], rows: int) -> bool:
    distinct = len(values)
    if distinct > MOST_CATEGORIES or any(len(value) > LONGEST_CATEGORY for value in values):
        return False
    return distinct <= (rows * 0.5 if distinct <= MANY_CATEGORIES else rows * 0.05) or distinct <= 2


def _is_integral(style: Style, value: str) -> bool:
    if not style.is_number(value):
        return False
    plain = style.plain(value)
    if _INTEGER.fullmatch(plain):
        return len(plain.lstrip("+-")) <= MOST_DIGITS
    return float(plain).is_integer() and abs(float(plain)) < 2**53


def _integer_form(values: Sequence[str], style: Style) -> str:
    if any(not _INTEGER.fullmatch(value) for value in values):
        return "marked"
    return "plain" if max((len(value.lstrip("+-")) for value in values), default=1) <= SAFE_DIGITS else "big"


def _number_form(values: Sequence[str], style: Style) -> str:
    return "plain" if PLAIN.are_numbers(values) else "marked"
