"""Values on disk: what leaves a port is saved in a folder of its own.

| type            | in the folder |
|-----------------|---------------|
| table           | table.parquet; the schema metadata `atelier` holds kinds, label and scored columns |
| model           | an MLflow model |
| untrained-model | untrained.json |
| transform       | transform.pkl |
| evaluation      | evaluation.json |

Tables and evaluations are known here; the other types are taught by the modules that define them
(`teach`).
"""

import json
import math
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.catalogue import tables, types
from registry.data import table_format
from registry.errors import Invalid

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TABLE_FILE = table_format.TABLE_FILE
EVALUATION_FILE = "evaluation.json"
# A page of a preview reads few groups; a scan still has enough of them for all cores.
ROWS_PER_GROUP = 131_072


@dataclass(frozen=True, slots=True)
class Stored:
    """A value that is on disk already, in the folder `path`: a component may return it in place of the
    value."""

    path: str | Path


@dataclass(frozen=True, slots=True)
class Codec:
    save: Callable[[Any, Path], dict[str, Any]]  # writes into an existing folder, returns the summary
    load: Callable[[Path], Any]


_codecs: dict[str, Codec] = {}


def teach(type: str, save: Callable[[Any, Path], dict[str, Any]], load: Callable[[Path], Any]) -> None:
    """Say how values of `type` are kept. Called once, by the module that defines them."""
    _codecs[type] = Codec(save, load)


def save(value: Any, type: str, folder: Path) -> dict[str, Any]:
    """Write `value` into `folder` (made if need be). Returns a small summary for people, as plain data."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(value, Stored):
        return _save_stored(value, type, folder)
    return _codec(type).save(value, folder)


def load(type: str, folder: Path) -> Any:
    return _codec(type).load(Path(folder))


def opened(value: Any, type: str) -> Any:
    """The value itself: loads what is only `Stored`."""
    return load(type, Path(value.path)) if isinstance(value, Stored) else value


def _codec(type: str) -> Codec:
    try:
        return _codecs[type]
    except KeyError:
        raise LookupError(
            f"nobody taught how to keep a {type}: import designer.components.all first"
        ) from None


def _save_stored(value: Stored, type: str, folder: Path) -> dict[str, Any]:
    """The same files by hard link: no byte is copied, and removing one of the two folders leaves the
    other whole."""
    source = Path(value.path)
    if source.resolve() != folder.resolve():
        for file in (path for path in source.rglob("*") if path.is_file()):
            if type == types.TABLE and file.name != TABLE_FILE:
                continue  # beside the table of a data version stands its profile
            target = folder / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            try:
                os.link(file, target)
            except OSError:  # another file system
                shutil.copyfile(file, target)
    return _table_summary_on_disk(folder) if type == types.TABLE else {}


# Tables.


def _save_table(df: "pd.DataFrame", folder: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    table = to_arrow(df)
    pq.write_table(table, folder / TABLE_FILE, compression="snappy", row_group_size=ROWS_PER_GROUP)
    return {
        "rows": len(df),
        "columns": [{"name": name, "kind": kind} for name, kind in tables.kinds(df).items()],
    }


def to_arrow(df: "pd.DataFrame") -> "pa.Table":
    """The Arrow table of `df` with our metadata in its schema."""
    import pyarrow as pa

    try:
        table = pa.Table.from_pandas(df, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        table = pa.Table.from_pandas(tables.tidy(df, "The table"), preserve_index=False)
    about = {"kinds": tables.kinds(df), **tables.meta(df)}
    return table.replace_schema_metadata({table_format.KEY: table_format.encode(about)})


def _load_table(folder: Path) -> "pd.DataFrame":
    import pyarrow.parquet as pq

    path = folder / TABLE_FILE
    schema = pq.read_schema(path)
    about = table_format.decode(schema.metadata)
    categories = [name for name, kind in (about.get("kinds") or {}).items() if kind == "category"]
    return from_arrow(
        pq.read_table(path, read_dictionary=[c for c in categories if c in schema.names]), about
    )


def from_arrow(table: "pa.Table", about: Mapping[str, Any] | None = None) -> "pd.DataFrame":
    """The DataFrame of an Arrow table: each column in the dtype of its kind, missing values kept as
    missing."""
    import pyarrow as pa

    about = dict(table_format.decode(table.schema.metadata) if about is None else about)
    kinds = about.pop("kinds", None) or {}
    table = _plain_types(table, kinds).replace_schema_metadata(None)
    text = {kind: tables.text_dtype() for kind in (pa.string(), pa.large_string(), pa.string_view())}
    df = table.to_pandas(types_mapper=text.get, date_as_object=False, timestamp_as_object=False)
    for position, column in enumerate(table.columns):
        # Whole numbers and booleans with missing values would become floats and objects.
        if column.null_count and (pa.types.is_integer(column.type) or pa.types.is_boolean(column.type)):
            df.isetitem(position, column.to_pandas(types_mapper=_nullable().get))
    return tables.with_meta(df, about)


def _plain_types(table: "pa.Table", kinds: Mapping[str, str]) -> "pa.Table":
    """Types that pandas has no dtype for, as those it has."""
    import pyarrow as pa

    for position, field in enumerate(table.schema):
        column, wanted = table.column(position), None
        if kinds.get(field.name) == "category" and not pa.types.is_dictionary(field.type):
            column = column.dictionary_encode()
        elif pa.types.is_decimal(field.type):
            wanted = pa.float64()
        elif pa.types.is_timestamp(field.type) and field.type.tz is not None:
            wanted = pa.timestamp(field.type.unit)
        elif pa.types.is_time(field.type) or pa.types.is_null(field.type):
            wanted = pa.string() if pa.types.is_time(field.type) else pa.float64()
        elif (
            pa.types.is_nested(field.type)
            or pa.types.is_binary(field.type)
            or pa.types.is_large_binary(field.type)
        ):
            texts = [None if value is None else str(value) for value in column.to_pylist()]
            column = pa.chunked_array([pa.array(texts, pa.string())])
        if wanted is not None:
            column = column.cast(wanted)
        if column is not table.column(position):
            table = table.set_column(position, field.name, column)
    return table


def _nullable() -> dict[Any, Any]:
    import pandas as pd
    import pyarrow as pa

    return {
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.uint8(): pd.UInt8Dtype(),
        pa.uint16(): pd.UInt16Dtype(),
        pa.uint32(): pd.UInt32Dtype(),
        pa.uint64(): pd.UInt64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }


def _table_summary_on_disk(folder: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    path = folder / TABLE_FILE
    return {"rows": pq.read_metadata(path).num_rows, "columns": table_format.columns(path)}


# Evaluations.


def _save_evaluation(evaluation: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    text = json.dumps(finite(evaluation), allow_nan=False, separators=(",", ":"))
    (folder / EVALUATION_FILE).write_text(text, encoding="utf-8")
    return {
        "task": evaluation["task"],
        "models": [{"name": m["name"], "metrics": finite(m["metrics"])} for m in evaluation["models"]],
    }


def _load_evaluation(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / EVALUATION_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Invalid(f"There is no evaluation in {folder.name}.") from None


def finite(value: Any) -> Any:
    """Plain JSON: NaN and infinities become null, numpy numbers become numbers."""
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if hasattr(value, "tolist"):
        return finite(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


teach(types.TABLE, _save_table, _load_table)
teach(types.EVALUATION, _save_evaluation, _load_evaluation)
