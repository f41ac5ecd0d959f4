"""How a table lies on disk: one Parquet file whose metadata says what each column means. Django-free.

The file's key-value metadata has the key `atelier` with JSON {"kinds": {column: kind}, …}; whatever else a writer
wants to remember about the table (its label, its scores) stands beside `kinds`. Data versions and the outputs of runs
have the same form.
"""

import json
from pathlib import Path
from typing import Any

KEY = b"atelier"
TABLE_FILE = "table.parquet"
PROFILE_FILE = "profile.json"
KINDS = ("integer", "number", "boolean", "date", "category", "text")

# What a kind becomes in the file. A category is text there; its kind stands in the metadata.
DUCKDB_TYPES = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "TIMESTAMP",
    "category": "VARCHAR",
    "text": "VARCHAR",
}


def encode(meta: dict[str, Any]) -> bytes:
    return json.dumps(meta, ensure_ascii=False, separators=(",", ":")).encode()


def decode(metadata: dict[bytes, bytes] | None) -> dict[str, Any]:
    """What the metadata of an arrow schema says; {} where it says nothing that we wrote."""
    try:
        meta = json.loads((metadata or {}).get(KEY, b"{}"))
    except ValueError:
        return {}
    return meta if isinstance(meta, dict) else {}


def read_meta(path: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    return decode(pq.read_schema(path).metadata)


def columns(path: Path) -> list[dict[str, str]]:
    """[{"name", "kind"}] of the table in `path`: the kind that was written down, else that of the type."""
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    kinds = decode(schema.metadata).get("kinds") or {}
    return [
        {"name": field.name, "kind": kinds.get(field.name) or kind_of(field.type)}
        for field in schema
        if not _is_index(field.name)
    ]


def kind_of(type: Any) -> str:
    """The kind of an arrow type."""
    from pyarrow import types

    if types.is_dictionary(type):
        return "category"
    if types.is_boolean(type):
        return "boolean"
    if types.is_integer(type):
        return "integer"
    if types.is_floating(type) or types.is_decimal(type):
        return "number"
    if types.is_date(type) or types.is_timestamp(type):
        return "date"
    return "text"


def _is_index(name: str) -> bool:
    # pandas keeps an index that is not a plain range as a column of this name.
    return name.startswith("__index_level_") and name.endswith("__")
