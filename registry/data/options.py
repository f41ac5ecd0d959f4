"""How a file is to be read: what a person may choose, checked. What is not chosen is detected. Django-free."""

import codecs
from collections.abc import Mapping
from typing import Any

from registry.data.table_format import KINDS
from registry.errors import Invalid

FORMATS = {"csv": "Delimited text", "jsonl": "JSON Lines", "excel": "Excel", "parquet": "Parquet"}
SEPARATORS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar", " ": "Space", ":": "Colon", "~": "Tilde"}
QUOTES = {'"': 'Double quote "', "'": "Single quote '", "": "None"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Western European (Windows-1252)",
    "iso-8859-1": "Western European (ISO-8859-1)",
    "iso-8859-15": "Western European (ISO-8859-15)",
    "cp1250": "Central European (Windows-1250)",
    "iso-8859-2": "Central European (ISO-8859-2)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "euc_kr": "Korean (EUC-KR)",
    "cp437": "DOS (437)",
    "cp850": "DOS, Western European (850)",
    "mac_roman": "Macintosh (Roman)",
}
BAD_ROWS = {"refuse": "Stop and say where", "pad": "Fill short rows with missing values", "skip": "Leave those rows out"}
DECIMALS = {".": "Point, 1234.5", ",": "Comma, 1234,5"}
THOUSANDS = {"": "None", ",": "Comma, 1,234", ".": "Point, 1.234", " ": "Space, 1 234", "'": "Apostrophe, 1'234"}

CHOICES: dict[str, Mapping[str, str]] = {
    "format": FORMATS,
    "bad_rows": BAD_ROWS,
    "decimal": DECIMALS,
    "thousands": THOUSANDS,
}
SWITCHES = ("header", "trim", "day_first")
TEXTS = ("member", "sheet")
MOST_MISSING_WORDS = 100
MOST_SKIPPED = 10_000


def parse(given: Any) -> dict[str, Any]:
    """The choices in canonical form; a choice of None goes back to what is detected. Raises `Invalid`."""
    if not isinstance(given, Mapping):
        raise Invalid("The reading options must be a JSON object.", code="bad-options")
    return {name: None if value is None else _parse(name, value) for name, value in given.items()}


def merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**old, **new}
    # Kinds belong to columns of one reading: another header or separator makes other columns.
    if {"separator", "header", "sheet", "member", "format", "skip_rows"} & new.keys() and "kinds" not in new:
        merged.pop("kinds", None)
        merged.pop("keep", None)
    return {name: value for name, value in merged.items() if value is not None}


def _parse(name: str, value: Any) -> Any:
    if name in CHOICES:
        return _one_of(name, value, CHOICES[name])
    if name in SWITCHES:
        if not isinstance(value, bool):
            raise _bad(name, f"{name} must be true or false.")
        return value
    if name in TEXTS:
        if not isinstance(value, str) or len(value) > 1000:
            raise _bad(name, f"{name} must be a name.")
        return value
    if name == "separator":
        if not isinstance(value, str) or len(value) != 1 or value in "\r\n\0\"'":
            raise _bad(name, "The separator must be one character, and no quote or line end.")
        return value
    if name == "quote":
        return _one_of(name, value, QUOTES)
    if name == "encoding":
        return _encoding(value)
    if name == "missing":
        if not isinstance(value, list) or not all(isinstance(word, str) and len(word) <= 100 for word in value):
            raise _bad(name, "The words that mean missing must be a list of short texts.")
        if len(value) > MOST_MISSING_WORDS:
            raise _bad(name, f"At most {MOST_MISSING_WORDS} words can mean missing.")
        return sorted({word.strip() for word in value} - {""})
    if name == "skip_rows":
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_SKIPPED:
            raise _bad(name, f"The number of lines to skip must be between 0 and {MOST_SKIPPED:,}.")
        return value
    if name == "kinds":
        if not isinstance(value, Mapping):
            raise _bad(name, "Kinds must be an object from column to kind.")
        return {str(column): _one_of("kinds", kind, dict.fromkeys(KINDS)) for column, kind in value.items()}
    if name == "keep":
        if not isinstance(value, list) or not all(isinstance(column, str) for column in value):
            raise _bad(name, "The columns to keep must be a list of names.")
        return value
    raise _bad(name, f"There is no reading option {name!r}.")


def _one_of(name: str, value: Any, choices: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or value not in choices:
        known = ", ".join(repr(choice) for choice in choices)
        raise _bad(name, f"{name} cannot be {value!r}; known are {known}.")
    return value


def _encoding(value: Any) -> str:
    if not isinstance(value, str):
        raise _bad("encoding", "The encoding must be a name such as utf-8.")
    if value.lower() in ENCODINGS:
        return value.lower()
    try:
        found = codecs.lookup(value)
    except LookupError:
        raise _bad("encoding", f"There is no encoding called {value!r}. Try utf-8 or cp1252.") from None
    # Codecs such as zip or rot13 are not encodings of text.
    if not getattr(found, "_is_text_encoding", True) or found.name in ("idna", "punycode", "unicode_escape"):
        raise _bad("encoding", f"{value} is not an encoding of text files. Try utf-8 or cp1252.")
    return found.name


def _bad(name: str, message: str) -> Invalid:
    return Invalid(message, code="bad-options", fields={name: message})
