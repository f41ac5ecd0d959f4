"""Excel workbooks as delimited text: cells streamed, never the whole sheet in memory. Django-free."""

import csv
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from registry.data import unpacking
from registry.errors import Invalid

MOST_COLUMNS = 16_384


def sheet_names(path: Path, filename: str) -> list[str]:
    """Raises `Invalid` for a workbook without a table or one that cannot be opened."""
    unpacking.check_workbook(path, filename)
    book = _open(path, filename)
    try:
        names = [sheet.title for sheet in book.worksheets]
    finally:
        book.close()
    if not names:
        raise Invalid(f"{filename} has no sheet with cells.", code="empty-file")
    return names


def write_text(
    path: Path,
    target: Path,
    *,
    sheet: str,
    filename: str,
    most_rows: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[int, bool]:
    """Write the sheet's cells as comma-separated text: how many rows, and whether these are all. Empty rows are left
    out; every row has the width of the widest so far, and the reader fills the rest."""
    book = _open(path, filename)
    try:
        if sheet not in [s.title for s in book.worksheets]:
            raise Invalid(f"There is no sheet {sheet!r} in {filename}.", code="unknown-sheet")
        cells = book[sheet]
        # What a file says about its own size may be wrong, and is then believed.
        cells.reset_dimensions()
        written = 0
        with target.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            width = 0
            for row in cells.iter_rows(values_only=True):
                texts = [_text(value) for value in row]
                while texts and not texts[-1]:
                    texts.pop()
                if not texts:
                    continue
                if len(texts) > MOST_COLUMNS:
                    raise Invalid(f"Sheet {sheet} of {filename} has more than {MOST_COLUMNS:,} columns.", code="too-many-columns")
                if most_rows is not None and written >= most_rows:
                    return written, False
                width = max(width, len(texts))
                out.writerow(texts + [""] * (width - len(texts)))
                written += 1
                if progress and written % 2000 == 0:
                    progress(written, cells.max_row or 0)
        return written, True
    except (KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise _broken(filename) from error
    finally:
        book.close()


def _open(path: Path, filename: str) -> Any:
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts of Excel that hold no cells
            # By its stream, because openpyxl refuses a path without the right ending.
            return openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001 - whatever is wrong inside, it is the file's fault
        raise _broken(filename) from error


def _broken(filename: str) -> Invalid:
    return Invalid(
        f"{filename} cannot be opened as an Excel workbook: it is damaged, cut off or protected by a password.",
        code="broken-excel",
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)
