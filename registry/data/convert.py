"""The task "data-import": an uploaded file becomes one Parquet file and its profile, in a stream. Django-free.

The file is read once, value by value as its inspection says. Where a value does not fit a kind that was only guessed
from the beginning, the column is widened and the file read again; where a person chose the kind, the import stops and
says which value it was.
"""

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from registry.data import casting, complaints, inspect, names, preparing, profile, scanning, table_format
from registry.data.duck import identifier, literal
from registry.data.preparing import Prepared
from registry.errors import Invalid

ROW_GROUP = 122_880
MOST_GROUP_CELLS = 8_000_000  # a group of a very wide table is short, so that it fits into memory
WIDER = {"integer": "number", "number": "text", "boolean": "text", "date": "text"}
MOST_READINGS = 3
WIDE = 300
# Shares of the whole work that a stage takes, for the progress bar.
PREPARING, CONVERTING, PROFILING = 15, 65, 20


def run(args: dict[str, Any], reporter: Any) -> dict[str, Any]:
    """`args`: {"source", "filename", "options": of an inspection, "target_folder"}. Leaves the table and its profile in
    the target folder and returns {"folder", "rows", "columns", "bytes", "content_hash", "notes"}. The same is told to
    the reporter as soon as the table is whole, before its profile. Raises `Invalid`, and then leaves nothing."""
    target = Path(args["target_folder"])
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="convert-") as work:
            result = Conversion(args, target, Path(work), reporter).result()
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    if reporter:
        reporter.ready(result)
    # From here on the table may be in use: what goes wrong with its profile does not take it away again.
    found = profile.compute(target / table_format.TABLE_FILE, lambda done, total: _tell_profile(reporter, done, total))
    profile.keep(found, target / table_format.PROFILE_FILE)
    return result


class Conversion:
    def __init__(self, args: Mapping[str, Any], target: Path, work: Path, reporter: Any) -> None:
        self.args = args
        self.options: dict[str, Any] = dict(args["options"])
        self.columns: list[dict[str, Any]] = [dict(c) for c in self.options["columns"] if c.get("keep", True)]
        self.file = target / table_format.TABLE_FILE
        self.target = target
        self.work = work
        self.reporter = reporter
        self.notes: list[str] = []
        self.name = args["filename"]

    def result(self) -> dict[str, Any]:
        self._tell(0, "Opening the file")
        prepared = preparing.everything(self.args, self.work, lambda share, what: self._tell(share * PREPARING, what))
        self.name = prepared.name
        if prepared.format == "jsonl":
            self._add_late_fields(prepared)
        rows, facts = self._convert(prepared)
        if not rows:
            raise Invalid(f"{self.name} has no rows.", code="no-rows")
        return {
            "folder": str(self.target),
            "rows": rows,
            "columns": [
                {"name": c["name"], "kind": c["kind"], "missing": _lacks(facts[identifier(c["name"])])} for c in self.columns
            ],
            "bytes": self.file.stat().st_size,
            "content_hash": _hash(self.file),
            "notes": self.notes,
        }

    def _convert(self, prepared: Prepared) -> tuple[int, dict[str, dict[str, str]]]:
        """Write the table; how many rows it has, and what its writer has counted of each column."""
        import duckdb

        for _ in range(MOST_READINGS):
            with _database(self.work) as connection:
                try:
                    written = self._copy(connection, prepared)
                    self._count_left_out(connection, prepared)
                    return written
                except duckdb.Error as error:
                    if not _is_about_a_value(error):
                        raise complaints.explain(error, self.name) from None
            with _database(self.work) as connection:
                self._widen(connection, prepared)
        # Text fits everything, so a third reading cannot fail over a value.
        raise Invalid(f"{self.name} cannot be read as its beginning promised.", code="value-does-not-fit")

    def _copy(self, connection: Any, prepared: Prepared) -> tuple[int, dict[str, dict[str, str]]]:
        source, values = scanning.values(prepared.path, self._format(prepared), self.options, self.columns)
        listed = ", ".join(f"{sql} AS {identifier(c['name'])}" for sql, c in zip(values, self.columns, strict=True))
        meta = table_format.encode({"kinds": {c["name"]: c["kind"] for c in self.columns}}).decode()
        group = max(2048, min(ROW_GROUP, MOST_GROUP_CELLS // max(1, len(self.columns)) // 2048 * 2048))
        statement = (
            f"COPY (SELECT {listed} FROM {source}) TO {literal(str(self.file))} (FORMAT parquet, COMPRESSION zstd, "
            f"ROW_GROUP_SIZE {group}, WRITE_BLOOM_FILTER false, RETURN_STATS, KV_METADATA {{{table_format.KEY.decode()}: {literal(meta)}}})"
        )
        if len(self.columns) > WIDE:
            # Looking for expressions that two columns share takes the square of their number.
            connection.execute("SET disabled_optimizers = 'common_subexpressions'")
        with _watched(connection, self._tell_conversion):
            written = connection.execute(statement).fetchone()
        return int(written[1]), written[4]

    def _widen(self, connection: Any, prepared: Prepared) -> None:
        """Find all values that do not fit, in one reading of the texts. Raises for a kind that a person chose."""
        import duckdb

        self._tell(PREPARING, "Looking for values that do not fit")
        for column in self.columns:
            # Read as a float it may only have been too large to be exact; as text every digit counts.
            if column["kind"] == "integer" and column.get("form") == "plain":
                column["form"] = "big"
        judged = [c for c in self.columns if c["kind"] in WIDER and not _holds_natively(c)]
        source, texts = scanning.texts(prepared.path, self._format(prepared), self.options, judged, forgiving=False)
        source, texts = scanning.staged(source, texts)
        for start in range(0, len(judged), 200):
            part = list(zip(judged, texts, strict=True))[start : start + 200]
            try:
                found = connection.execute(_question(part, source, self.options)).fetchone()
            except duckdb.Error as error:
                raise complaints.explain(error, self.name) from None
            for position, (column, _) in enumerate(part):
                count, examples, not_numbers = found[3 * position : 3 * position + 3]
                if not count:
                    continue
                if column.get("chosen"):
                    raise complaints.unfit(column, count, examples, self.name, sample=False)
                wider = "number" if column["kind"] == "integer" and not not_numbers else "text"
                self.notes.append(
                    f"{column['name']} was taken for {_article(column['kind'])} and became {wider}: "
                    f"{count:,} value{'' if count == 1 else 's'} did not fit, for example “{str(examples[0])[:60]}”."
                )
                column.update(kind=wider, form="marked" if wider == "number" else None)

    def _format(self, prepared: Prepared) -> str:
        return "csv" if prepared.format == "excel" else prepared.format

    def _add_late_fields(self, prepared: Prepared) -> None:
        """Fields of JSON objects that first appear after what the inspection saw are kept, as text."""
        with _database(self.work) as connection:
            every = inspect.json_keys(connection, prepared.path, self.name)
        known = {c["key"] for c in self.options["columns"]}
        late = [key for key in every if key not in known]
        if not late:
            return
        taken = [c["name"] for c in self.options["columns"]]
        fresh = names.column_names([*taken, *late])[0][len(taken) :]
        for key, name in zip(late, fresh, strict=True):
            self.columns.append(
                {"position": len(self.columns), "key": key, "type": "VARCHAR", "name": name, "kind": "text", "form": None}
            )
        self.notes.append(f"Fields that first appear further down were added as text: {names._some(fresh)}.")
        if len(self.columns) > inspect.MOST_COLUMNS:
            raise Invalid(
                f"{self.name} has {len(self.columns):,} fields; {inspect.MOST_COLUMNS:,} is the most.", code="too-many-columns"
            )

    def _count_left_out(self, connection: Any, prepared: Prepared) -> None:
        if self.options.get("bad_rows") != "skip" or prepared.format in ("parquet", "jsonl"):
            return
        count, first = connection.execute("SELECT count(DISTINCT line), min(line) FROM reject_errors").fetchone()
        if count:
            rows = "row was" if count == 1 else "rows were"
            self.notes.append(f"{count:,} {rows} left out because they do not fit the columns, the first in line {first:,}.")

    def _tell_conversion(self, share: float) -> None:
        self._tell(PREPARING + share * CONVERTING, "Converting")

    def _tell(self, done: float, message: str) -> None:
        if self.reporter:
            self.reporter.progress(round(done, 1), 100, message)


class _database:
    """A DuckDB for one conversion, that spills beside it and never fills the machine's memory."""

    def __init__(self, work: Path) -> None:
        self.work = work

    def __enter__(self) -> Any:
        import duckdb

        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        self.connection = duckdb.connect(
            config={
                "memory_limit": f"{max(512, min(4096, memory // 3 // 1024**2))}MB",
                "temp_directory": str(self.work / "spill"),
                "preserve_insertion_order": True,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


class _watched:
    """Tells how far the running query has come, four times a second."""

    def __init__(self, connection: Any, tell: Callable[[float], None]) -> None:
        self.connection = connection
        self.tell = tell
        self.over = threading.Event()

    def __enter__(self) -> None:
        self.connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.over.wait(0.25):
            share = self.connection.query_progress()
            if share is not None and 0 <= share <= 100:
                self.tell(share / 100)


def _question(part: Sequence[tuple[Mapping[str, Any], str]], source: str, options: Mapping[str, Any]) -> str:
    """For each column: how many values do not fit, three of them, and how many are not even numbers."""
    asked = []
    for column, text in part:
        plain = {**column, "form": None if column["kind"] == "date" and not column.get("form") else column.get("form")}
        unfit = f"({text}) IS NOT NULL AND ({casting.loose(plain, text, options)}) IS NULL"
        number = casting.loose({**plain, "kind": "number"}, text, options)
        asked.append(f"count(*) FILTER ({unfit})")
        asked.append(f"min({text}, 3) FILTER ({unfit})")
        asked.append(f"count(*) FILTER (({text}) IS NOT NULL AND ({number}) IS NULL)")
    return f"SELECT {', '.join(asked)} FROM {source}"


def _is_about_a_value(error: Exception) -> bool:
    text = str(error)
    return (
        casting.UNFIT in text
        or "Could not convert" in text
        or "Error when converting column" in text
        or "Conversion Error" in text
    )


def _holds_natively(column: Mapping[str, Any]) -> bool:
    """A Parquet column of that kind already: nothing in it can fail to fit but a number out of range."""
    return column["type"] != "VARCHAR" and scanning.native_kind(column["type"]) == column["kind"] and column["kind"] != "integer"


def _lacks(counted: Mapping[str, str]) -> bool:
    """Whether anything is missing in a column; NaN is."""
    return counted["null_count"] != "0" or counted.get("nan_count", "0") != "0"


def _tell_profile(reporter: Any, done: int, total: int) -> None:
    if reporter:
        share = PREPARING + CONVERTING + PROFILING * done / max(1, total)
        reporter.progress(round(share, 1), 100, f"Profiling column {done:,} of {total:,}")


def _article(kind: str) -> str:
    return {"integer": "an integer", "boolean": "a boolean", "date": "a date"}.get(kind, f"a {kind}")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
