"""The task "data-inspect": what an uploaded file holds and how it is to be read, judged by its beginning. Django-free.

`run` returns, as plain data, the options that a conversion goes by, the columns with their kinds, the first rows as they
stand in the file, and what a person should know: notes, and problems that stand in the way of an import.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from registry.data import complaints, dialect, kinds, names, preparing, scanning, table_format
from registry.data.preparing import HEAD_ROWS, Prepared
from registry.errors import Invalid

MOST_COLUMNS = 10_000
MOST_SAMPLE_CELLS = 1_000_000
PREVIEW_ROWS = 100
MOST_PREVIEW_CELLS = 20_000
LONGEST_CELL = 200
DEFAULTS = {"bad_rows": "refuse"}


def run(args: dict[str, Any], reporter: Any) -> dict[str, Any]:
    """`args`: {"source": path, "filename", "options": what a person chose}. Raises `Invalid` for what cannot be read."""
    chosen = dict(args.get("options") or {})
    with tempfile.TemporaryDirectory(dir=args.get("work"), prefix="inspect-") as work:
        prepared = preparing.beginning({**args, "options": chosen}, Path(work))
        look = Inspection(prepared, chosen)
        try:
            found = look.result()
        finally:
            look.close()
    return {"asked": chosen, **found}


class Inspection:
    """One look at one prepared file."""

    def __init__(self, prepared: Prepared, chosen: dict[str, Any]) -> None:
        import duckdb

        self.prepared = prepared
        self.chosen = chosen
        self.options: dict[str, Any] = {**DEFAULTS, **chosen, **prepared.settled}
        self.options.pop("kinds", None)
        self.options.pop("keep", None)
        self.notes: list[str] = list(prepared.notes)
        self.problems: list[dict[str, Any]] = []
        self.connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})

    def close(self) -> None:
        self.connection.close()

    def result(self) -> dict[str, Any]:
        match self.prepared.format:
            case "parquet":
                columns = self._parquet_columns()
            case "jsonl":
                columns = self._json_columns()
            case _:
                columns = self._delimited_columns()
        if len(columns) > MOST_COLUMNS:
            raise Invalid(
                f"{self.prepared.name} has {len(columns):,} columns; {MOST_COLUMNS:,} is the most. "
                "Check the separator, or leave columns out before uploading.",
                code="too-many-columns",
            )
        table = self._sample(columns)
        if not table.num_rows and not self.problems:
            message = f"{self.prepared.name} has columns but no rows."
            if self.prepared.format in ("csv", "excel") and self.options["header"]:
                message = f"{self.prepared.name} has a header but no rows. If its first row is data, say that it has no header."
            self._problem("no-rows", message)
        described = self._describe(columns, table)
        return {
            "format": self.prepared.format,
            "packing": self.prepared.package.packing,
            "members": list(self.prepared.package.members[:1000]),
            "sheets": list(self.prepared.sheets),
            "options": {**self.options, "columns": columns},
            "columns": described,
            "preview": self._preview(columns, table),
            "rows_looked_at": table.num_rows,
            "whole": self._saw_all(table.num_rows),
            "estimated_rows": self._estimate(table.num_rows),
            "notes": self.notes,
            "problems": self.problems,
        }

    def _delimited_columns(self) -> list[dict[str, Any]]:
        with self.prepared.path.open(encoding="utf-8", newline="") as file:
            text = file.read(dialect.CHARACTERS + 1)
        given = self.chosen if self.prepared.format == "csv" else {**self.chosen, **self.prepared.settled}
        found = dialect.detect(text, self.prepared.name, given)
        self.options |= {
            "separator": found.separator,
            "quote": found.quote,
            "header": found.header,
            "skip_rows": found.skip_rows,
            "width": found.width,
        }
        if found.skip_rows and self.chosen.get("skip_rows") is None:
            lines = "first line is" if found.skip_rows == 1 else f"first {found.skip_rows} lines are"
            self.notes.append(f"The {lines} left out as a title.")
        originals = found.names + [""] * (found.width - len(found.names))
        if found.header:
            clean, notes = names.column_names(originals)
            self.notes += notes
        else:
            clean = [f"column_{i}" for i in range(1, found.width + 1)]
        return [{"position": i, "key": originals[i], "type": "VARCHAR", "name": name} for i, name in enumerate(clean)]

    def _json_columns(self) -> list[dict[str, Any]]:
        found = json_keys(self.connection, self.prepared.path, self.prepared.name)
        if not found:
            raise Invalid(
                f"{self.prepared.name} has no JSON objects. JSON Lines has one {{…}} on each line.", code="broken-json"
            )
        clean, notes = names.column_names(found)
        self.notes += notes
        return [{"position": i, "key": key, "type": "VARCHAR", "name": clean[i]} for i, key in enumerate(found)]

    def _parquet_columns(self) -> list[dict[str, Any]]:
        import duckdb

        try:
            described = self.connection.execute(f"DESCRIBE SELECT * FROM {scanning._parquet(self.prepared.path)}").fetchall()
        except duckdb.Error:
            raise complaints.broken_parquet(self.prepared.name) from None
        binary = [name for name, type, *_ in described if scanning.native_kind(type) is None]
        if binary:
            self.notes.append(f"Columns of bytes cannot be kept in a table and are left out: {names._some(binary)}.")
        usable = [(name, type) for name, type, *_ in described if scanning.native_kind(type) is not None]
        if not usable:
            raise Invalid(f"{self.prepared.name} has no column that can be read.", code="no-columns")
        clean, notes = names.column_names([name for name, _ in usable])
        self.notes += notes
        self.options.setdefault("missing", [])
        return [
            {"position": i, "key": key, "type": type, "name": clean[i]} for i, (key, type) in enumerate(usable)
        ]

    def _sample(self, columns: Sequence[Mapping[str, Any]]) -> Any:
        """The first rows as texts, nothing taken for missing yet but what is empty."""
        import duckdb

        plain = {**self.options, "missing": [], "trim": False}
        source, raw = scanning.texts(
            self.prepared.path, self.prepared.format, plain, columns, forgiving=self.prepared.format in ("csv", "excel")
        )
        most = max(100, min(HEAD_ROWS, MOST_SAMPLE_CELLS // max(1, len(columns))))
        listed = ", ".join(f"{sql} AS v{i}" for i, sql in enumerate(raw))
        try:
            table = self.connection.sql(f"SELECT {listed} FROM {source} LIMIT {most}").to_arrow_table()
        except duckdb.Error as error:
            raise complaints.explain(error, self.prepared.name) from None
        if self.prepared.format == "csv":
            self._judge_rejects(len(columns))
        return table

    def _judge_rejects(self, width: int) -> None:
        rejected = self.connection.execute(
            "SELECT line, error_type, error_message, csv_line FROM reject_errors ORDER BY line, column_idx"
        ).fetchall()
        if not self.prepared.whole and rejected:
            # The beginning may end inside a quoted cell; what comes after its opening is no fault of the file.
            last = rejected[-1]
            rejected = [row for row in rejected if not (row is last and "UNQUOTED" in row[1])]
        if not rejected:
            return
        bad_lines = len({row[0] for row in rejected})
        if self.options["bad_rows"] == "skip":
            rows = "row is" if bad_lines == 1 else "rows are"
            self.notes.append(f"{bad_lines:,} {rows} left out so far, the first in line {rejected[0][0]:,}: it does not fit the columns.")
            return
        line, type, message, _ = rejected[0]
        if "COLUMNS" in type:
            error = complaints.explain(Exception(f"CSV Error on Line: {line}\n{message}"), self.prepared.name)
        elif "UNICODE" in type:
            error = complaints.explain(Exception(f"CSV Error on Line: {line}\ninvalid unicode"), self.prepared.name)
        elif "QUOTE" in type:
            error = complaints.explain(Exception(f"CSV Error on Line: {line}\nunterminated quote"), self.prepared.name)
        else:
            error = complaints.explain(Exception(f"CSV Error on Line: {line}\n{message}"), self.prepared.name)
        self._problem(error.code, error.message, **error.fields, lines=bad_lines)

    def _describe(self, columns: list[dict[str, Any]], table: Any) -> list[dict[str, Any]]:
        """Fill in the kind of each column, and say what was seen of it."""
        textual = [i for i, c in enumerate(columns) if c["type"] == "VARCHAR"]
        if self.prepared.format in ("csv", "excel") and self.chosen.get("trim") is None:
            self.options["trim"] = any(_has_edges(table.column(i)) for i in textual)
        counts = {i: _counts(table.column(i), bool(self.options.get("trim"))) for i in textual}
        if self.options.get("missing") is None:
            self.options["missing"] = kinds.missing_words(counts.values())
        missing = frozenset(self.options["missing"])
        style = kinds.Style()
        if self.prepared.format in ("csv", "excel"):
            style = kinds.number_style(counts.values(), missing, self.chosen.get("decimal"), self.chosen.get("thousands"))
        self.options |= {"decimal": style.decimal, "thousands": style.thousands}
        self.options.setdefault("trim", False)
        written = self._written_kinds()
        day_first = self.chosen.get("day_first")
        wanted = self.chosen.get("kinds") or {}
        keep = self.chosen.get("keep")
        ambiguous: list[str] = []
        described = []
        for i, column in enumerate(columns):
            if i in counts:
                guess = kinds.guess(counts[i], missing, style, day_first, self.connection)
                if self.prepared.format == "parquet" and guess.kind not in ("text", "category"):
                    # The file says text, and means it.
                    guess = kinds.Guess("text", None, guess.missing, guess.distinct, guess.examples)
            else:
                guess = _native_guess(column["type"], table.column(i))
            kind = wanted.get(column["name"]) or written.get(column["key"]) or guess.kind
            form, unfit = guess.form, []
            if kind != guess.kind:
                values = [v for v in counts.get(i, {}) if v and v not in missing]
                form, unfit = kinds.form_of(kind, values, style, day_first, self.connection)
            if form and kind == "date" and day_first is None and i in counts:
                values = [v for v in counts[i] if v and v not in missing]
                if kinds.days.is_ambiguous(form, values, self.connection):
                    ambiguous.append(column["name"])
            column |= {
                "kind": kind,
                "form": form,
                "chosen": column["name"] in wanted,
                "keep": keep is None or column["name"] in keep,
            }
            problem = None
            if unfit:
                bad = sum(counts[i][value] for value in unfit)
                error = complaints.unfit(column, bad, unfit, self.prepared.name, sample=not self.prepared.whole)
                problem = error.message
                self._problem(error.code, error.message, **error.fields)
            described.append(
                {
                    "name": column["name"],
                    "original": column["key"],
                    "kind": kind,
                    "guessed": guess.kind,
                    "keep": column["keep"],
                    "missing": guess.missing,
                    "distinct": guess.distinct,
                    "examples": [e[:LONGEST_CELL] for e in guess.examples],
                    "problem": problem,
                }
            )
        if ambiguous:
            self.notes.append(
                f"{names._some(ambiguous)}: the days could be day first or month first; month first is taken. "
                "Say that days come first if they do."
            )
        if unknown := [name for name in wanted if name not in {c["name"] for c in columns}]:
            self.notes.append(f"A kind was chosen for columns that are not there: {names._some(unknown)}.")
        return described

    def _written_kinds(self) -> dict[str, str]:
        """The kinds that a Parquet file of our own says it has."""
        if self.prepared.format != "parquet":
            return {}
        found = table_format.read_meta(self.prepared.path).get("kinds")
        return {n: k for n, k in found.items() if k in table_format.KINDS} if isinstance(found, dict) else {}

    def _preview(self, columns: Sequence[Mapping[str, Any]], table: Any) -> dict[str, Any]:
        missing = {"", *self.options["missing"]}
        shown = table.slice(0, min(PREVIEW_ROWS, max(5, MOST_PREVIEW_CELLS // max(1, len(columns)))))
        trim = self.options["trim"]

        def cell(value: str | None) -> str | None:
            if value is None or (value.strip() if trim else value) in missing:
                return None
            return value if len(value) <= LONGEST_CELL else value[:LONGEST_CELL] + "…"

        listed = [[cell(value) for value in column.to_pylist()] for column in shown.columns]
        return {"rows": [list(row) for row in zip(*listed, strict=True)]}

    def _saw_all(self, rows: int) -> bool:
        return self.prepared.whole and self.prepared.format not in ("parquet",) and rows < HEAD_ROWS

    def _estimate(self, rows: int) -> int | None:
        """About how many rows the file has, where that can be known."""
        if self.prepared.format == "parquet":
            import pyarrow.parquet as pq

            return pq.read_metadata(self.prepared.path).num_rows
        if self._saw_all(rows):
            return rows
        if self.prepared.package.packing or self.prepared.format == "excel" or not rows:
            return None
        with self.prepared.path.open("rb") as file:
            beginning = file.read(preparing.HEAD)
        lines = beginning.count(b"\n")
        return round(self.prepared.package.size / len(beginning) * lines) if lines else None

    def _problem(self, code: str, message: str, **fields: Any) -> None:
        self.problems.append({"code": code, "message": message, "severity": "error", "fields": fields})


def json_keys(connection: Any, path: Path, filename: str) -> list[str]:
    """The fields of all objects, in the order of their first appearance in the first rows, then by name."""
    import duckdb

    objects = scanning.json_objects(path)
    only = "json_type(json) = 'OBJECT'"
    try:
        first = connection.execute(f"SELECT json_keys(json) FROM {objects} WHERE {only} LIMIT 1000").fetchall()
        every = connection.execute(f"SELECT DISTINCT unnest(json_keys(json)) AS k FROM {objects} WHERE {only} ORDER BY k")
        ordered = dict.fromkeys(key for (keys,) in first for key in keys)
        ordered |= dict.fromkeys(key for (key,) in every.fetchall())
    except duckdb.Error as error:
        raise complaints.explain(error, filename) from None
    return list(ordered)


def _has_edges(column: Any) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(column, r"^\s|\s$")).as_py())


def _counts(column: Any, trim: bool) -> dict[Any, int]:
    import pyarrow.compute as pc

    values = pc.utf8_trim_whitespace(column) if trim else column
    counted = pc.value_counts(values.combine_chunks())
    return dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))


def _native_guess(type: str, column: Any) -> kinds.Guess:
    values = column.drop_null()
    examples = [str(v)[:LONGEST_CELL] for v in values.slice(0, 5).to_pylist()]
    distinct = len(values.unique())
    return kinds.Guess(scanning.native_kind(type) or "text", None, column.null_count, distinct, examples)


