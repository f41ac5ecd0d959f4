"""Values in a filter, and which operator goes with what."""

import math
import re

from registry.runs.search import times
from registry.runs.search.errors import BadFilter, did_you_mean, shown
from registry.runs.search.fields import (
    EITHER,
    FLAG,
    LIKE,
    NUMBER,
    SIZE,
    TIME,
    Attribute,
    Fields,
    Group,
    Name,
)
from registry.runs.search.tokens import Token
from registry.runs.search.tree import Value, name_text

__all__ = ["LONGEST_LIST", "Value", "check_list", "check_operator", "of_list", "read"]

LONGEST_LIST = 10_000
# SQLite matches a pattern by trying; a few wildcards are what people write.
LONGEST_PATTERN = 5_000
MOST_WILDCARDS = 50
WHOLE = re.compile(r"[+-]?\d+")
LARGEST = 2**63 - 1
INFINITE = {"infinity": math.inf, "inf": math.inf, "-infinity": -math.inf, "-inf": -math.inf, "+infinity": math.inf}
FLAGS = {"true": True, "false": False, "yes": True, "no": False}


def check_operator(name: Name, known: Attribute | Group, operator: str, at: Token, fields: Fields) -> None:
    if isinstance(known, Attribute) and not known.search:
        raise BadFilter.at(
            at.start, f"One cannot filter by {known.name}, only order by it.", length=at.length,
            protocol=f"Invalid attribute key '{known.name}' specified. Valid keys are "
            f"'{sorted(a.name for a in fields.attributes if a.search)}'",
        )  # fmt: skip
    if operator in known.allowed:
        return
    allowed = sorted(known.allowed)
    message = f"{operator} does not go with {name_text(name)}; there are {', '.join(allowed)}."
    protocol = f"Invalid comparator '{operator}' not one of '{set(allowed)}'"
    if operator.startswith("IS"):
        protocol = f"IS NULL / IS NOT NULL is only supported for tags and params, not for '{name.group}' '{name.key}'"
    raise BadFilter.at(at.start, message, length=at.length, protocol=protocol)


def check_list(at: Token, name: Name, known: Attribute | Group, fields: Fields) -> None:
    if isinstance(known, Attribute) and not known.lists:
        lists = sorted(a.name for a in fields.attributes if a.lists and "IN" in a.allowed)
        raise BadFilter.at(
            at.start, f"Lists are understood for {', '.join(lists)} only.",
            protocol=f"Only {lists} attributes support comparison with a list of quoted string values.",
        )  # fmt: skip


def of_list(token: Token, name: Name, known: Attribute | Group, fields: Fields) -> str | int | float:
    if token.kind in ("single", "double"):
        text = _text(token)
        return _flag_free(text, token, known)
    if token.kind == "number" and known.kind in (NUMBER, EITHER):
        return _number(token)
    wanted = "expected a non-empty list of string values, but got ill-formed list."
    if token.kind in ("number", "word"):
        wanted = f"expected string value, punctuation, or whitespace, but got different type in list: {shown(token.text)}"
    raise BadFilter.at(
        token.start, "A value of the list is missing here, in quotes.", length=token.length,
        protocol=f"While parsing a list in the query, {wanted}",
    )  # fmt: skip


def read(
    token: Token, name: Name, known: Attribute | Group, operator: str, fields: Fields
) -> str | int | float:
    """The value behind an operator, of the kind that the field has."""
    if operator in LIKE or operator == "RLIKE":
        return _pattern(token, name)
    if known.kind == FLAG:
        return _flag(token, name)
    if known.kind == TIME:
        return _time(token, name, fields)
    if known.kind == NUMBER:
        return _must_be_number(token, name, fields)
    if known.kind == EITHER:
        if (number := _maybe_number(token)) is not None:
            return number
        if operator in SIZE:
            return _must_be_number(token, name, fields)
    return _must_be_text(token, name, known, fields)


def _must_be_text(token: Token, name: Name, known: Attribute | Group, fields: Fields) -> str:
    if token.kind in ("single", "double"):
        return _text(token)
    called = getattr(known, "called", "") or "attributes"
    written = shown(token.text)
    protocol = f"Expected a quoted string value for {called} (e.g. 'my-value'). Got value {written}"
    if token.kind in ("back", "word"):
        protocol = (
            f"Parameter value is either not quoted or unidentified quote types used for string value {written}. "
            "Use either single or double quotes."
        )
    hint = f" Did you mean '{written}'?" if token.kind in ("word", "number", "back") else ""
    raise BadFilter.at(
        token.start, f"{name_text(name)} is compared with a text in quotes.{hint}", length=token.length,
        protocol=protocol,
    )  # fmt: skip


def _must_be_number(token: Token, name: Name, fields: Fields) -> int | float:
    if (number := _maybe_number(token)) is not None:
        return number
    what = "metric" if name.group == "metrics" else f"numeric attribute: {name.key}"
    quoted = token.unquoted() if token.kind in ("single", "double") else ""
    hint = " Write it without quotes." if re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", quoted, re.I) else ""
    raise BadFilter.at(
        token.start, f"{name_text(name)} is compared with a number here.{hint}", length=token.length,
        protocol=f"Expected numeric value type for {what}. Found {shown(token.text)}",
    )  # fmt: skip


def _time(token: Token, name: Name, fields: Fields) -> int | float | str:
    if token.kind == "number":
        return _number(token)
    if fields.strict or token.kind not in ("single", "double"):
        if fields.strict:
            return _must_be_number(token, name, fields)
        raise BadFilter.at(
            token.start, f"{name_text(name)} is compared with a time in quotes, such as {times.EXAMPLES}.",
            length=token.length,
        )  # fmt: skip
    text = _text(token)
    if times.span(text) is None:
        raise BadFilter.at(
            token.start, f"{shown(text)!r} is no time that is understood. Write {times.EXAMPLES}.", length=token.length
        )
    return text


def _flag(token: Token, name: Name) -> str:
    word = token.unquoted().lower()
    if word in FLAGS:
        return "true" if FLAGS[word] else "false"
    raise BadFilter.at(
        token.start, f"{name_text(name)} is either true or false.{did_you_mean(word, FLAGS)}", length=token.length
    )


def _pattern(token: Token, name: Name) -> str:
    if token.kind not in ("single", "double"):
        raise BadFilter.at(
            token.start, "LIKE goes with a pattern in quotes: 'a%' begins with a.", length=token.length,
            protocol=f"Expected a quoted string value for {name.group} (e.g. 'my-value'). Got value {shown(token.text)}",
        )  # fmt: skip
    text = _text(token)
    if len(text) > LONGEST_PATTERN or len(re.findall(r"%+", text)) > MOST_WILDCARDS:
        raise BadFilter.at(
            token.start, f"A pattern may have {LONGEST_PATTERN:,} characters and {MOST_WILDCARDS} times %.",
            length=token.length, protocol="Invalid filter: the pattern is too long",
        )  # fmt: skip
    return text


def _text(token: Token) -> str:
    text = token.unquoted()
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise BadFilter.at(token.start, "This text holds half a character.", length=token.length)
    return text


def _flag_free(text: str, token: Token, known: Attribute | Group) -> str:
    if known.kind in (NUMBER, TIME):
        raise BadFilter.at(token.start, "The values of this list are numbers.", length=token.length)
    return text


def _maybe_number(token: Token) -> int | float | None:
    if token.kind == "number":
        return _number(token)
    return INFINITE.get(token.text.lower()) if token.kind == "word" else None


def _number(token: Token) -> int | float:
    """Whole numbers that a database can hold stay whole."""
    text = token.text
    if WHOLE.fullmatch(text) and len(text) <= 20 and abs(int(text)) <= LARGEST:
        return int(text)
    return float(text)


