"""What the values of each column look like: counts, quantiles, a histogram or the most frequent values. Django-free.

A column is read alone, so that memory holds two columns at a time and never the table. Up to `EXACT_ROWS` rows
everything is exact; of a longer table the counts, least, largest and mean are exact and the rest is taken from row
groups spread evenly over it, which the profile says (`about`).
"""

import json
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from registry.data import table_format

EXACT_ROWS = 5_000_000
CELLS_AT_ONCE = 1_000_000
BINS = 20
TOP = 10
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LONGEST_TOP = 200


def compute(path: Path, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """{"rows", "about", "columns": [{"name", "kind", "missing", "distinct", …}]}; see the contract of the API."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    columns = table_format.columns(path)
    rows = metadata.num_rows
    groups = _groups(metadata)
    done = 0

    # A few columns at a time: opening the file for each of five thousand would take longer than reading them.
    most = max(1, CELLS_AT_ONCE // max(1, min(rows, EXACT_ROWS)))
    parts = [columns[i : i + most] for i in range(0, len(columns), most)]

    def profile_part(part: list[dict[str, str]]) -> list[dict[str, Any]]:
        nonlocal done
        with pq.ParquetFile(path, metadata=metadata) as file:
            names = [column["name"] for column in part]
            table = file.read(names, use_threads=False) if groups is None else file.read_row_groups(
                groups, names, use_threads=False
            )
            found = [_profile_column(file, column, table.column(column["name"]), groups) for column in part]
        done += len(part)
        if progress:
            progress(done, len(columns))
        return found

    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        profiled = [found for part in pool.map(profile_part, parts) for found in part]
    return {"rows": rows, "about": groups is not None, "columns": profiled}


def keep(profile: dict[str, Any], path: Path) -> None:
    """Write the profile, whole or not at all; a store that cannot be written to does not matter."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        staged.write_text(json.dumps(profile, ensure_ascii=False, allow_nan=False))
        staged.replace(path)
    except OSError:
        staged.unlink(missing_ok=True)


def _groups(metadata: Any) -> list[int] | None:
    """Row groups to look at where not all are, spread evenly; None for all."""
    count = metadata.num_row_groups
    if metadata.num_rows <= EXACT_ROWS or count < 2:
        return None
    wanted = max(1, math.ceil(count * EXACT_ROWS / metadata.num_rows / 2))
    return sorted({round(i * (count - 1) / max(1, wanted - 1)) for i in range(wanted)})


def _profile_column(file: Any, column: dict[str, str], values: Any, groups: list[int] | None) -> dict[str, Any]:
    import pyarrow as pa

    name = column["name"]
    found: dict[str, Any] = {
        **column,
        "missing": 0, "distinct": 0, "min": None, "max": None, "mean": None, "std": None,
        "quantiles": None, "histogram": None, "top": None, "about": groups is not None,
    }  # fmt: skip
    if groups is None:
        found["missing"] = values.null_count
    else:
        found.update(_exact_parts(file, name))
    type = values.type
    if pa.types.is_dictionary(type) or pa.types.is_boolean(type) or pa.types.is_string(type) or pa.types.is_large_string(type):
        _few_valued(found, values)
    elif pa.types.is_integer(type) or pa.types.is_floating(type) or pa.types.is_decimal(type):
        _numeric(found, values)
    elif pa.types.is_timestamp(type) or pa.types.is_date(type):
        _dates(found, values)
    else:
        # Nested values of a script's result: told as text.
        _few_valued(found, pa.array([None if v is None else str(v) for v in values.to_pylist()], pa.string()))
    return found


def _exact_parts(file: Any, name: str) -> dict[str, Any]:
    """What can be known exactly of a long column by going over it once, one row group at a time."""
    import pyarrow.compute as pc
    from pyarrow import types

    missing = seen = 0
    total = 0.0
    least = largest = None
    for group in range(file.num_row_groups):
        values = file.read_row_group(group, [name], use_threads=False).column(0)
        missing += values.null_count
        if not (types.is_integer(values.type) or types.is_floating(values.type)):
            continue
        if types.is_floating(values.type):
            nans = pc.sum(pc.is_nan(values)).as_py() or 0
            missing += nans
            values = values.filter(pc.is_finite(values)) if nans else values
        ends = pc.min_max(values).as_py()
        count = len(values) - values.null_count
        if count:
            least = ends["min"] if least is None else min(least, ends["min"])
            largest = ends["max"] if largest is None else max(largest, ends["max"])
            total += float(pc.sum(values).as_py())
            seen += count
    found: dict[str, Any] = {"missing": missing}
    if seen:
        found |= {"min": _number(least), "max": _number(largest), "mean": _number(total / seen)}
    return found


def _numeric(found: dict[str, Any], values: Any) -> None:
    import numpy as np

    whole = str(values.type).startswith(("int", "uint"))
    array = values.drop_null().to_numpy()
    if array.dtype == object:
        array = array.astype("float64")
    if array.dtype.kind == "f":
        nans = int(np.isnan(array).sum())
        if nans:
            array = array[~np.isnan(array)]
            if not found["about"]:
                found["missing"] += nans
    if not len(array):
        return
    array = np.sort(array)
    found["distinct"] = 1 + int(np.count_nonzero(array[1:] != array[:-1]))
    finite = array if array.dtype.kind != "f" else array[np.isfinite(array)]
    if not len(finite):
        return
    if found["min"] is None:
        found["min"], found["max"] = _number(array[0]), _number(array[-1])
        found["mean"] = _number(finite.mean(dtype="float64"))
    found["std"] = _number(finite.std(dtype="float64", ddof=1)) if len(finite) > 1 else 0.0
    found["quantiles"] = {str(q): _number(_quantile(finite, q)) for q in QUANTILES}
    found["histogram"] = _histogram(finite, whole)
    if found["distinct"] <= TOP and whole:
        numbers, counts = np.unique(finite, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        found["top"] = [{"value": int(numbers[i]), "count": int(counts[i])} for i in order]


def _dates(found: dict[str, Any], values: Any) -> None:
    import numpy as np

    array = values.drop_null().to_numpy().astype("datetime64[us]")
    if not len(array):
        return
    array = np.sort(array)
    found["distinct"] = 1 + int(np.count_nonzero(array[1:] != array[:-1]))
    ticks = array.astype("int64")
    found["min"], found["max"] = _day(ticks[0]), _day(ticks[-1])
    found["mean"] = _day(ticks.mean(dtype="float64"))
    found["quantiles"] = {str(q): _day(_quantile(ticks, q)) for q in QUANTILES}
    histogram = _histogram(ticks, False)
    found["histogram"] = histogram and {"edges": [_day(e) for e in histogram["edges"]], "counts": histogram["counts"]}


def _few_valued(found: dict[str, Any], values: Any) -> None:
    import pyarrow.compute as pc
    from pyarrow import types

    if types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    counted = pc.value_counts(values.drop_null())
    counts = counted.field("counts")
    found["distinct"] = len(counted)
    if not len(counted):
        return
    order = pc.select_k_unstable(counts, k=TOP, sort_keys=[("", "descending")])
    found["top"] = [
        {"value": _short(item["values"]), "count": item["counts"]} for item in counted.take(order).to_pylist()
    ]
    if found["kind"] != "boolean" and not types.is_boolean(values.type):
        lengths = pc.min_max(pc.utf8_length(counted.field("values"))).as_py()
        found["shortest"], found["longest"] = lengths["min"], lengths["max"]


def _histogram(array: Any, whole: bool) -> dict[str, Any] | None:
    """Of a sorted array. Whole numbers of a small range get a bar each."""
    import numpy as np

    least, largest = array[0], array[-1]
    if whole and int(largest) - int(least) < BINS:
        edges = np.arange(int(least), int(largest) + 2, dtype="float64") - 0.5
    elif least == largest:
        edges = np.array([least, largest], dtype="float64")
        return {"edges": [_number(e) for e in edges], "counts": [len(array)]}
    else:
        with np.errstate(over="ignore"):
            edges = np.linspace(float(least), float(largest), BINS + 1)
        if not np.isfinite(edges).all():
            return None
    below = np.searchsorted(array, edges[1:-1], side="left")
    counts = np.diff(np.concatenate([[0], below, [len(array)]]))
    return {"edges": [_number(e) for e in edges], "counts": [int(c) for c in counts]}


def _quantile(array: Any, q: float) -> float:
    """Of a sorted array, by linear interpolation as numpy does."""
    place = q * (len(array) - 1)
    low = math.floor(place)
    high = min(low + 1, len(array) - 1)
    return float(array[low]) + (float(array[high]) - float(array[low])) * (place - low)


def _number(value: Any) -> float | int | str | None:
    if value is None:
        return None
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, int):
        return number if abs(number) < 2**53 else str(number)
    number = float(number)
    if math.isnan(number):
        return None
    return number if math.isfinite(number) else ("∞" if number > 0 else "-∞")


def _day(ticks: Any) -> str:
    import numpy as np

    text = str(np.datetime64(int(ticks), "us").astype("datetime64[s]"))
    return text[:10] if text.endswith("T00:00:00") else text.replace("T", " ")


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_TOP:
        return value[:LONGEST_TOP] + "…"
    return value
