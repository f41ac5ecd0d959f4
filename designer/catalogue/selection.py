"""A selection of columns, {"all", "kinds", "names", "except"}: which columns of a table it means.

The columns come in the table's own order. The same function serves the checks, the schemas foreseen before a run and
the running component, so that all three mean the same columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from designer.catalogue.nearest import closest
from designer.catalogue.schema import TableSchema
from registry.errors import Invalid

__all__ = ["EVERYTHING", "NOTHING", "closest", "is_empty", "normal", "resolve", "unknown_column"]

NOTHING: dict[str, Any] = {"all": False, "kinds": [], "names": [], "except": []}
EVERYTHING: dict[str, Any] = {"all": True, "kinds": [], "names": [], "except": []}


def normal(selection: Mapping[str, Any] | None) -> dict[str, Any]:
    """With every key present, names once each. Two selections that mean the same rules are equal."""
    chosen = {**NOTHING, **(selection or {})}
    return {
        "all": bool(chosen["all"]),
        "kinds": sorted(set(chosen["kinds"])),
        "names": list(dict.fromkeys(chosen["names"])),
        "except": list(dict.fromkeys(chosen["except"])),
    }


def is_empty(selection: Mapping[str, Any] | None) -> bool:
    """It can mean no column, whatever the table."""
    chosen = normal(selection)
    return not (chosen["all"] or chosen["kinds"] or chosen["names"])


def resolve(
    selection: Mapping[str, Any] | None, schema: TableSchema, *, kinds: Sequence[str] = ()
) -> list[str]:
    """The names that are meant, in the table's order. Raises `Invalid` where a named column is not there.

    `kinds` restricts what "all" and the chosen kinds can mean; columns chosen by name are always taken.
    Where the schema is not known, the named columns are all that can be told.
    """
    chosen = normal(selection)
    excluded = set(chosen["except"])
    if not schema.known:
        return [name for name in chosen["names"] if name not in excluded]
    for name in chosen["names"]:
        if schema.find(name) is None:
            raise Invalid(unknown_column(name, schema.names()), code="unknown-column", fields={"column": name})
    named, wanted = set(chosen["names"]), set(chosen["kinds"])
    return [
        column.name
        for column in schema.columns
        if column.name not in excluded
        and (
            column.name in named
            or ((chosen["all"] or column.kind in wanted) and (not kinds or column.kind in kinds))
        )
    ]


def unknown_column(name: str, names: Iterable[str]) -> str:
    """The sentence for a column that is not there, with the nearest that is."""
    hint = closest(str(name), map(str, names))
    return f"There is no column “{name}”." + (f" Did you mean “{hint}”?" if hint else "")
