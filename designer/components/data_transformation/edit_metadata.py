"""Edit Metadata: renames columns, changes their kind, marks the label."""

from collections.abc import Iterable
from typing import Any

from designer.catalogue import columns as picks
from designer.catalogue import reporting, tables
from designer.catalogue.component import Complaint, Component, Params, Port, Schemas
from designer.catalogue.params import Param
from designer.catalogue.schema import Column, Schema, TableSchema
from designer.catalogue.types import TABLE
from registry.errors import Invalid

KINDS = {"string": "text", "integer": "integer", "double": "number", "boolean": "boolean", "datetime": "date"}
TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0", "on"})
FALSE = frozenset({"false", "f", "no", "n", "0", "0.0", "off"})


def run(
    *,
    rows: Any,
    columns: dict[str, Any],
    data_type: str = "unchanged",
    date_format: str = "",
    categorical: str = "unchanged",
    fields: str = "unchanged",
    new_names: str = "",
) -> dict[str, Any]:
    names = picks.choose(columns, tables.columns(rows))
    about = tables.meta(rows)
    changed = {}
    for name in names:
        original = column = rows[name]
        if data_type != "unchanged":
            column = _as_type(column, data_type, date_format)
        if categorical == "categorical":
            column = _as_category(column)
        elif categorical == "noncategorical":
            column = _as_plain(column)
        if column is not original:
            changed[name] = column
    table = rows.assign(**changed) if changed else rows
    about = _marked(about, names, fields)
    if new_names.strip():
        renamed = dict(zip(names, _new_names(new_names, names), strict=True))
        _refuse_repeats([renamed.get(name, name) for name in table.columns])
        table = table.rename(columns=renamed)
        about = _renamed(about, renamed)
    return {"table": tables.with_meta(table, about)}


def _as_type(column: Any, data_type: str, date_format: str) -> Any:
    import pandas as pd

    source = tables.kind(column.dtype)
    if source == KINDS[data_type]:
        return column
    plain = _as_plain(column)
    source = tables.kind(plain.dtype)
    if source == KINDS[data_type]:
        return plain
    match data_type:
        case "string":
            return _as_text(plain)
        case "boolean":
            converted = _as_boolean(plain)
        case "datetime":
            if source in ("integer", "number", "boolean") and not date_format:
                raise Invalid(
                    f"Column {column.name!r} holds numbers; give the format of its dates (for instance "
                    "%Y%m%d)."
                )
            given = _as_text(plain) if source != "text" else plain
            converted = pd.to_datetime(
                given, format=date_format or None, errors="coerce", utc=not date_format
            )
            if getattr(converted.dtype, "tz", None) is not None:
                converted = converted.dt.tz_convert("UTC").dt.tz_localize(None)
        case _:
            if source == "date":
                raise Invalid(f"Column {column.name!r} holds dates, which cannot become numbers.")
            converted = pd.to_numeric(plain.astype("object"), errors="coerce").astype("float64")
            if data_type == "integer":
                fractional = converted.notna() & (converted % 1 != 0)
                if fractional.any():
                    raise Invalid(
                        f"Column {column.name!r} has {int(fractional.sum()):,} values that are not whole "
                        "numbers, "
                        f"such as {converted[fractional].iloc[0]}; choose Double."
                    )
                converted = converted.astype("Int64")
    lost = int((converted.isna() & plain.notna()).sum())
    if lost:
        reporting.say(
            f"{column.name}: {lost:,} of {len(column):,} values could not be read as {data_type}; now "
            "missing."
        )
    return converted


def _as_plain(column: Any) -> Any:
    """Values as they are, no longer a category."""
    import pandas as pd

    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    return tables.plain(column)


def _as_text(column: Any) -> Any:
    return tables.as_text(column)


def _as_boolean(column: Any) -> Any:
    words = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
    return _as_text(column).str.strip().str.lower().map(words).astype("boolean")


def _as_category(column: Any) -> Any:
    return tables.as_category(column)


def _marked(about: dict[str, Any], names: list[str], fields: str) -> dict[str, Any]:
    match fields:
        case "label":
            if len(names) != 1:
                raise Invalid(f"A table has one label column; {len(names)} are selected.", code="one-label")
            return {**about, "label": names[0]}
        case "features" | "clear-label":
            return {key: value for key, value in about.items() if key != "label" or value not in names}
        case "clear-score":
            return {key: value for key, value in about.items() if key != "scored"}
    return about


def _new_names(text: str, names: list[str]) -> list[str]:
    new = [name.strip() for name in text.split(",")]
    if len(new) != len(names):
        raise Invalid(f"{len(names)} columns are selected and {len(new)} new names given; give one for each.")
    if "" in new:
        raise Invalid("A new column name is empty.")
    return new


def _refuse_repeats(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Invalid(f"Two columns would be named {name!r}; choose another name.", code="name-taken")
        seen.add(name)


def _renamed(about: dict[str, Any], renamed: dict[str, str]) -> dict[str, Any]:
    about = dict(about)
    if "label" in about:
        about["label"] = renamed.get(about["label"], about["label"])
    if "scored" in about:
        about["scored"] = {
            key: [renamed.get(v, v) for v in value]
            if key in ("probabilities", "features", "distances")
            else renamed.get(value, value)
            if key in ("label", "labels")
            else value
            for key, value in about["scored"].items()
        }
    return about


def infer(params: Params, inputs: Schemas) -> dict[str, Schema]:
    rows = inputs.get("rows")
    if not isinstance(rows, TableSchema):
        return {}
    names = picks.foreseen(params.get("columns"), rows)
    try:
        about = _marked(
            {"label": rows.label, "scored": rows.scored}, names, params.get("fields", "unchanged")
        )
        new = (params.get("new_names") or "").strip()
        renamed = dict(zip(names, _new_names(new, names), strict=True)) if new else {}
    except Invalid:
        return {"table": TableSchema(rows.columns, known=False, label=rows.label)}
    about = _renamed({key: value for key, value in about.items() if value}, renamed)
    changed, chosen = [], set(names)
    for column in rows.columns:
        kind = column.kind
        if column.name in chosen:
            kind = KINDS.get(params.get("data_type", "unchanged"), kind)
            if params.get("categorical") == "categorical":
                kind = "category"
            elif params.get("categorical") == "noncategorical" and kind == "category":
                kind = "text"
        changed.append(Column(renamed.get(column.name, column.name), kind, column.missing))
    return {"table": TableSchema(tuple(changed), rows.known, about.get("label"), about.get("scored"))}


def check(params: Params, inputs: Schemas) -> Iterable[Complaint]:
    rows = inputs.get("rows")
    if not isinstance(rows, TableSchema) or not rows.known:
        return
    names = picks.foreseen(params.get("columns"), rows)
    if not names:
        return  # a required setting; named as such already
    try:
        _marked({}, names, params.get("fields", "unchanged"))
    except Invalid as error:
        yield Complaint(error.message, param="fields")
    if new := (params.get("new_names") or "").strip():
        try:
            renamed = dict(zip(names, _new_names(new, names), strict=True))
            _refuse_repeats([renamed.get(name, name) for name in rows.names()])
        except Invalid as error:
            yield Complaint(error.message, param="new_names")


COMPONENT = Component(
    id="edit-metadata",
    version=1,
    title="Edit Metadata",
    family="Data transformation",
    description="Renames columns, changes their data type, or marks the label.",
    help=(
        "Select columns, then say what changes: their data type, whether they are categories, what they "
        "are for, "
        "or their names. What is left at Unchanged stays as it is.\n\n"
        "Values that cannot be read in the new data type become missing, and the log says how many. A column "
        "marked as the label is taken by Train Model when no label column is chosen there."
    ),
    keywords=("rename", "cast", "convert type", "categorical", "label", "target", "kind"),
    inputs=(Port("rows", TABLE, "Dataset"),),
    outputs=(Port("table", TABLE, "Results dataset"),),
    params=(
        Param("columns", "columns", "Column", default=picks.NONE, port="rows"),
        Param(
            "data_type",
            "choice",
            "Data type",
            default="unchanged",
            choices=(
                ("unchanged", "Unchanged"),
                ("string", "String"),
                ("integer", "Integer"),
                ("double", "Double"),
                ("boolean", "Boolean"),
                ("datetime", "DateTime"),
            ),
        ),
        Param(
            "date_format",
            "text",
            "DateTime format",
            default="",
            required=False,
            when={"data_type": ["datetime"]},
            help="As in Python, for instance %d.%m.%Y. Empty: found out from the values.",
        ),
        Param(
            "categorical",
            "choice",
            "Categorical",
            default="unchanged",
            choices=(
                ("unchanged", "Unchanged"),
                ("categorical", "Categorical"),
                ("noncategorical", "NonCategorical"),
            ),
        ),
        Param(
            "fields",
            "choice",
            "Fields",
            default="unchanged",
            choices=(
                ("unchanged", "Unchanged"),
                ("features", "Features"),
                ("label", "Label"),
                ("clear-label", "Clear label"),
                ("clear-score", "Clear score"),
            ),
        ),
        Param(
            "new_names",
            "text",
            "New column names",
            default="",
            required=False,
            help="A name for each selected column, in the table's order, commas between. Empty: unchanged.",
        ),
    ),
    run=run,
    infer=infer,
    check=check,
)
