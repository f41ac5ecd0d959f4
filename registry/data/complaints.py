"""DuckDB's errors about a file, as sentences that name the place and the way out. Django-free."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from registry.data import decoding
from registry.errors import Invalid, StudioError

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_WIDTH = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
KIND_WORDS = {
    "integer": "a whole number", "number": "a number", "boolean": "true or false", "date": "a date", "category": "a text",
    "text": "a text",
}  # fmt: skip


def explain(error: Exception, filename: str) -> StudioError:
    """What to tell the person who sent the file."""
    text = str(error)
    line = int(found[1]) if (found := _LINE.search(text)) else None
    where = f"Line {line:,} of {filename}" if line else f"A line of {filename}"
    if width := _WIDTH.search(text):
        return ragged(filename, line, int(width[1]), int(width[2]))
    if "unterminated quote" in text.lower() or "quote should be followed by" in text.lower():
        return Invalid(
            f"{where} opens a quote that does not end where its cell ends. Mend the line, or choose another quote character.",
            code="broken-quote",
            fields={"line": line},
        )
    if "invalid unicode" in text.lower() or "not utf-8 encoded" in text.lower():
        return decoding.not_utf8(filename, line)
    if "maximum line size" in text.lower() or "max_line_size" in text.lower() or "maximum_object_size" in text:
        return Invalid(
            f"{where} is longer than 16 MB, so its line ends or quotes are not what they seem. Check the quote character.",
            code="long-line",
        )
    if "malformed json" in text.lower() or "json" in text.lower():
        at = re.search(r"in (?:record/value|line) (\d+)", text)
        place = f"Line {int(at[1]):,} of {filename}" if at else f"A line of {filename}"
        return Invalid(f"{place} is not a complete JSON object. JSON Lines has one {{…}} on each line.", code="broken-json")
    if "No space left" in text:
        return Invalid("The studio's disk is full, so the table cannot be written.", code="disk-full")
    if "Out of Memory" in text or "OutOfMemory" in type(error).__name__:
        return Invalid(
            f"{filename} needs more memory to be read than the studio has: its rows or cells are very large.", code="out-of-memory"
        )
    if "arquet" in text or "thrift" in text.lower() or "footer" in text.lower() or "snappy" in text.lower():
        return broken_parquet(filename)
    first = text.strip().splitlines()[0][:300] if text.strip() else type(error).__name__
    return Invalid(f"{filename} cannot be read: {first}", code="unreadable")


def ragged(filename: str, line: int | None, wanted: int, found: int) -> Invalid:
    where = f"Line {line:,} of {filename}" if line else f"A line of {filename}"
    return Invalid(
        f"{where} has {found:,} value{'' if found == 1 else 's'} where the table has {wanted:,} columns. Mend the file, check "
        "the separator and the quote, or choose what happens to such rows.",
        code="ragged-rows",
        fields={"line": line, "expected": wanted, "found": found},
    )


def broken_parquet(filename: str) -> Invalid:
    return Invalid(
        f"{filename} is not a whole Parquet file: it was cut off or damaged. Upload it again.", code="broken-parquet"
    )


def unfit(column: Mapping[str, Any], count: int, examples: Sequence[str], filename: str, *, sample: bool) -> Invalid:
    shown = ", ".join(f"“{example[:60]}”" for example in examples[:3])
    many = f"{count:,} values of" if count > 1 else "One value of"
    among = " among the first rows" if sample else ""
    verb = "are" if count > 1 else "is"
    return Invalid(
        f"{many} column “{column['name']}”{among} {verb} not {KIND_WORDS[column['kind']]}: {shown}. Choose another kind, "
        "or add the value to the words that mean missing.",
        code="value-does-not-fit",
        fields={"column": column["name"], "count": count, "examples": list(examples[:3])},
    )
