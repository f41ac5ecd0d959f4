"""SQL over a prepared file: its rows as texts, or as the values that a person wants. Django-free."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from registry.data import casting
from registry.data.duck import identifier, literal

LONGEST_LINE = 16 * 1024**2  # the reader takes buffers of at least this, one for each thread
BUFFER = 32 * 1024**2
# Binary columns are left out; these types of Parquet are what they are called.
NATIVE = {
    "BOOLEAN": "boolean", "TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer",
    "UTINYINT": "integer", "USMALLINT": "integer", "UINTEGER": "integer", "UBIGINT": "integer", "FLOAT": "number",
    "DOUBLE": "number", "DATE": "date", "TIMESTAMP": "date", "TIMESTAMP_S": "date", "TIMESTAMP_MS": "date",
    "TIMESTAMP_NS": "date", "TIMESTAMP WITH TIME ZONE": "date", "VARCHAR": "text",
}  # fmt: skip
NESTED = ("STRUCT", "MAP", "LIST", "UNION", "[")

Column = Mapping[str, Any]


def texts(path: Path, format: str, options: Mapping[str, Any], columns: Sequence[Column], *, forgiving: bool) -> tuple[str, list[str]]:
    """A FROM clause and, for each column, SQL for its text with missing ones as NULL. `forgiving` leaves bad rows out
    and notes them in the table `reject_errors`."""
    if format == "parquet":
        return _parquet(path), [_native_text(c, options) for c in columns]
    if format == "jsonl":
        return _json(path, columns), [casting.present(f"cells[{i}]", options) for i in range(1, len(columns) + 1)]
    width = options["width"]
    source = delimited(path, options, ["VARCHAR"] * width, forgiving=forgiving)
    return source, [casting.present(cell(c["position"]), options, blanks_gone=True) for c in columns]


def values(path: Path, format: str, options: Mapping[str, Any], columns: Sequence[Column]) -> tuple[str, list[str]]:
    """A FROM clause and, for each column, SQL for its value, which stops the query at a value that does not fit."""
    if format == "parquet":
        return _parquet(path), [_native_value(c, options) for c in columns]
    skipping = options.get("bad_rows") == "skip"
    if format == "jsonl" or skipping:
        # With types, the reader would also leave out rows whose values do not fit: that is never wanted.
        source, raw = texts(path, format, options, columns, forgiving=skipping)
        source, named = staged(source, raw)
        return source, [casting.strict(c, text, options) for c, text in zip(columns, named, strict=True)]
    types = ["VARCHAR"] * options["width"]
    first = []
    for column in columns:
        name = cell(column["position"])
        if by_reader := casting.typed(column, options):
            types[column["position"]] = by_reader
            first.append(name)
        else:
            first.append(casting.present(name, options, blanks_gone=True))
    source, named = staged(delimited(path, options, types, forgiving=False), first)
    return source, [
        casting.from_typed(c, name) if casting.typed(c, options) else casting.strict(c, name, options)
        for c, name in zip(columns, named, strict=True)
    ]


def staged(source: str, expressions: Sequence[str]) -> tuple[str, list[str]]:
    """The expressions under short names: used several times by the next stage, each is computed once."""
    named = [f"t{i}" for i in range(len(expressions))]
    listed = ", ".join(f"{sql} AS {name}" for sql, name in zip(expressions, named, strict=True))
    return f"(SELECT {listed} FROM {source})", named


def delimited(path: Path, options: Mapping[str, Any], types: Sequence[str], *, forgiving: bool) -> str:
    columns = ", ".join(f"{literal(cell(i))}: {literal(type)}" for i, type in enumerate(types))
    quote = options.get("quote") or ""
    asked = [
        literal(str(path)),
        "auto_detect=false",
        f"delim={literal(options['separator'])}",
        f"quote={literal(quote)}",
        f"escape={literal(quote)}",
        f"header={'true' if options['header'] else 'false'}",
        f"skip={int(options.get('skip_rows') or 0)}",
        f"columns={{{columns}}}",
        f"nullstr={casting.missing_list(options)}",
        f"max_line_size={LONGEST_LINE}",
        f"buffer_size={BUFFER}",
    ]
    if options.get("bad_rows") == "pad":
        # Padding and quoted line breaks go together only in one thread.
        asked += ["null_padding=true", "parallel=false"]
    if forgiving:
        asked += ["ignore_errors=true", "store_rejects=true"]
    return f"read_csv({', '.join(asked)})"


def json_objects(path: Path) -> str:
    return f"read_json_objects({literal(str(path))}, format={literal(json_layout(path))}, maximum_object_size={LONGEST_LINE})"


def json_layout(path: Path) -> str:
    with path.open("rb") as file:
        return "array" if file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[") else "newline_delimited"


def cell(position: int) -> str:
    return f"c{position}"


def native_kind(type: str) -> str | None:
    """The kind of a Parquet column of that DuckDB type; None for one that holds no values a table can have."""
    if type == "BLOB" or type.startswith(("BIT", "GEOMETRY")):
        return None
    if type.startswith("DECIMAL"):
        return "number"
    return NATIVE.get(type, "text")


def _parquet(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _json(path: Path, columns: Sequence[Column]) -> str:
    pointers = [literal("/" + c["key"].replace("~", "~0").replace("/", "~1")) for c in columns]
    listed = f"[{', '.join(pointers)}]"
    return f"(SELECT json_extract_string(json, {listed}) AS cells FROM {json_objects(path)})"


def _native_text(column: Column, options: Mapping[str, Any]) -> str:
    name = identifier(column["key"])
    if column["type"] == "VARCHAR":
        return casting.present(name, options)
    if column["type"].startswith(NESTED) or column["type"].endswith("]"):
        return f"to_json({name})::VARCHAR"
    return f"CAST({name} AS VARCHAR)"


def _native_value(column: Column, options: Mapping[str, Any]) -> str:
    name, type, kind = identifier(column["key"]), column["type"], column["kind"]
    native = native_kind(type)
    if type != "VARCHAR" and native == kind != "text":
        match kind:
            case "number":
                return f"CAST({name} AS DOUBLE)"
            case "integer":
                return f"CAST({name} AS BIGINT)"
            case "date":
                local = f"timezone('UTC', {name})" if type == "TIMESTAMP WITH TIME ZONE" else name
                return f"CAST({local} AS TIMESTAMP)"
        return name
    if native == "integer" and kind == "number":
        return f"CAST({name} AS DOUBLE)"
    return casting.strict(column, _native_text(column, options), options)
