"""How a delimited text is written: separator, quote, where it begins, whether its first row names the columns.
Django-free."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

SEPARATORS = (",", ";", "\t", "|", ":", "~")
LINES = 200
CHARACTERS = 400_000
MOST_SKIPPED = 20

_NUMBER = re.compile(r"[-+]?[\d.,' ]*\d[\d.,]*([eE][-+]?\d+)?%?")
_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?([ T]\d{1,2}:\d{2}.*)?")


@dataclass(frozen=True, slots=True)
class Dialect:
    separator: str
    quote: str
    header: bool
    skip_rows: int
    names: list[str]  # of the header row; empty without one
    width: int  # columns of most rows


def detect(text: str, filename: str, chosen: dict[str, Any]) -> Dialect:
    """`chosen` is what a person already said; the rest is found out."""
    lines = _lines(text)
    quote = chosen.get("quote")
    if quote is None:
        quote = _quote(lines)
    separator = chosen.get("separator") or _separator(lines, quote, filename)
    rows = _rows(lines, separator, quote)
    width = _usual_width(rows)
    skip = chosen.get("skip_rows")
    if skip is None:
        skip = _first_row(lines, rows, width)
    rows = _rows(lines[skip:], separator, quote)
    header = chosen.get("header")
    if header is None:
        header = has_header(rows)
    names = rows[0] if header and rows else []
    # Rows may all end in a separator that the header lacks, or the other way round.
    width = max(_usual_width(rows[1:] if header else rows), len(names) if len(rows) <= 2 else 0)
    if len(names) > width and not any(name.strip() for name in names[width:]):
        names = names[:width]
    return Dialect(separator, quote, header, skip, names, max(width, len(names), 1))


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: it is text where the column below is numbers or days."""
    if not rows:
        return True
    first, rest = rows[0], rows[1:101]
    stripped = [cell.strip() for cell in first]
    if not rest:
        return True
    speaks_for = speaks_against = 0
    for position, cell in enumerate(stripped):
        below = [row[position].strip() for row in rest if position < len(row) and row[position].strip()]
        if not below:
            continue
        measured = sum(_is_measure(value) for value in below) / len(below) > 0.8
        if measured:
            if _is_measure(cell):
                speaks_against += 1
            elif cell:
                speaks_for += 1
        elif cell in below[:50] and len(set(below)) < len(below):
            speaks_against += 1
    if speaks_for or speaks_against:
        return speaks_for >= speaks_against
    # Nothing but text: names are all there and all different.
    return all(stripped) and len(set(stripped)) == len(stripped)


def _is_measure(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value) or _DAY.fullmatch(value))


def _lines(text: str) -> list[str]:
    lines = io.StringIO(text[:CHARACTERS], newline="").readlines() if "\n" in text[:CHARACTERS] else _old_mac(text)
    if len(text) > CHARACTERS and len(lines) > 1:
        lines.pop()  # cut in the middle
    return lines[:LINES]


def _old_mac(text: str) -> list[str]:
    return text[:CHARACTERS].replace("\r", "\n").splitlines(keepends=True)


def _rows(lines: list[str], separator: str, quote: str) -> list[list[str]]:
    options: dict[str, Any] = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    csv.field_size_limit(10_000_000)
    try:
        return [row for row in csv.reader(lines, delimiter=separator, **options) if row]
    except csv.Error:
        return [line.rstrip("\r\n").split(separator) for line in lines if line.strip()]


def _quote(lines: list[str]) -> str:
    single = double = 0
    for line in lines:
        double += line.count('"')
        single += len(re.findall(r"(?:^|[,;\t|])\s*'[^']*'\s*(?=[,;\t|\r\n]|$)", line))
    return "'" if single > len(lines) / 2 and not double else '"'


def _separator(lines: list[str], quote: str, filename: str) -> str:
    """The one that cuts most rows into equally many parts, and into more than one."""
    best, best_score = "", (0.0, 0)
    wanted = "\t" if PurePosixPath(filename.lower()).suffix in (".tsv", ".tab") else ","
    for separator in sorted(SEPARATORS, key=lambda s: s != wanted):
        widths = Counter(len(row) for row in _rows(lines, separator, quote))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        agreement = count / sum(widths.values())
        if width < 2 or agreement < 0.5:
            continue
        if separator == ":" and _are_times(lines):
            continue
        # A text column full of commas agrees less than the true separator; among equals more columns win.
        score = (round(agreement, 1), width)
        if score > best_score:
            best, best_score = separator, score
    if best:
        return best
    spaced = Counter(len(row) for row in _rows(lines, " ", quote))
    if len(spaced) == 1 and next(iter(spaced)) > 1 and len(lines) > 2:
        return " "
    return wanted


def _are_times(lines: list[str]) -> bool:
    return sum(bool(re.search(r"\d:\d\d", line)) for line in lines[1:]) > len(lines) / 2


def _usual_width(rows: list[list[str]]) -> int:
    widths = Counter(len(row) for row in rows)
    return max(widths.items(), key=lambda item: (item[1], item[0]))[0] if widths else 0


def _first_row(lines: list[str], rows: list[list[str]], width: int) -> int:
    """Lines of a title or of remarks before the table: they have fewer parts than the table's rows."""
    if width < 2 or not rows:
        return 0
    skipped = 0
    at = 0
    for line in lines[: MOST_SKIPPED + 1]:
        if not line.strip():
            skipped += 1
            continue
        if at < len(rows) and len(rows[at]) < width and sum(bool(c.strip()) for c in rows[at]) <= max(1, width // 4):
            skipped += 1
            at += 1
            continue
        break
    return skipped if skipped < min(len(lines), MOST_SKIPPED + 1) else 0
