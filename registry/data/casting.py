"""SQL that turns the text of a cell into the value of its kind. Django-free.

`loose` gives NULL for what does not fit, `strict` stops the query with the column's position and the value.
"""

from collections.abc import Mapping
from typing import Any

from registry.data import days
from registry.data.duck import literal, literals
from registry.data.kinds import FALSE_WORDS, TRUE_WORDS
from registry.data.table_format import DUCKDB_TYPES

UNFIT = "value-does-not-fit"
LARGEST_EXACT = "9007199254740992"  # 2^53: beyond it a float is no longer a particular integer


def loose(column: Mapping[str, Any], text: str, options: Mapping[str, Any]) -> str:
    """`text` is SQL for the cell's text, NULL where missing."""
    match column["kind"]:
        case "number":
            return f"TRY_CAST({_unmarked(column, text, options)} AS DOUBLE)"
        case "integer":
            plain = _unmarked(column, text, options)
            return (
                f"CASE WHEN regexp_full_match({plain}, '\\s*[+-]?\\d+\\s*') THEN TRY_CAST({plain} AS BIGINT) "
                f"ELSE {_whole(f'TRY_CAST({plain} AS DOUBLE)')} END"
            )
        case "boolean":
            word = f"lower(trim({text}))"
            return (
                f"CASE WHEN {word} IN ({_words(TRUE_WORDS)}) THEN true "
                f"WHEN {word} IN ({_words(FALSE_WORDS)}) THEN false END"
            )
        case "date":
            return days.expression(column.get("form"), text, options.get("day_first"))
    return text


def strict(column: Mapping[str, Any], text: str, options: Mapping[str, Any]) -> str:
    kind = column["kind"]
    if kind in ("text", "category"):
        return text
    refuse = f"error('{UNFIT}:{int(column['position'])}:' || {text})::{DUCKDB_TYPES[kind]}"
    return f"coalesce({loose(column, text, options)}, CASE WHEN {text} IS NOT NULL THEN {refuse} END)"


def present(text: str, options: Mapping[str, Any], *, blanks_gone: bool = False) -> str:
    """The cell's text with missing words taken out; `blanks_gone` where the reader has done so for untrimmed texts."""
    if options.get("trim"):
        return f"CASE WHEN trim({text}) IN ({_words(_missing(options))}) THEN NULL ELSE trim({text}) END"
    if blanks_gone:
        return text
    return f"CASE WHEN {text} IN ({_words(_missing(options))}) THEN NULL ELSE {text} END"


def missing_list(options: Mapping[str, Any]) -> str:
    return literals(_missing(options))


def typed(column: Mapping[str, Any], options: Mapping[str, Any]) -> str | None:
    """The type that the reader of delimited text may convert to by itself, much faster; None where it may not.

    An integer is read as a float, and made whole afterwards: the reader would round 1.5 to 2 without a word.
    """
    if options.get("trim"):
        return None
    match column["kind"], column.get("form"):
        case "integer" | "number", "plain":
            return "DOUBLE"
        case "date", days.ISO:
            return "TIMESTAMP"
    return None


def from_typed(column: Mapping[str, Any], value: str) -> str:
    """The counterpart of `typed`: SQL for the column's value."""
    if column["kind"] != "integer":
        return value
    refuse = f"error('{UNFIT}:{int(column['position'])}:' || {value})::BIGINT"
    return f"coalesce({_whole(value)}, CASE WHEN {value} IS NOT NULL THEN {refuse} END)"


def _whole(number: str) -> str:
    return f"CASE WHEN {number} = trunc({number}) AND abs({number}) < {LARGEST_EXACT} THEN {number}::BIGINT END"


def _unmarked(column: Mapping[str, Any], text: str, options: Mapping[str, Any]) -> str:
    if column.get("form") in ("plain", "big"):
        return text
    thousands, decimal = options.get("thousands") or "", options.get("decimal") or "."
    if thousands:
        text = f"replace({text}, {literal(thousands)}, '')"
    return f"replace({text}, {literal(decimal)}, '.')" if decimal != "." else text


def _missing(options: Mapping[str, Any]) -> list[str]:
    return ["", *options.get("missing", ())]


def _words(words: Any) -> str:
    return ", ".join(literal(word) for word in words)
