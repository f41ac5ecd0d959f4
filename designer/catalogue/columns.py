"""Which columns a person meant: the selections of `columns` parameters, resolved against what arrives.

A selection {"all", "kinds", "names", "except"} means: every column or none, and those of these kinds,
and these by name; less the excepted. The same code answers at design time (schemas) and at run time
(tables), and says the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from designer.catalogue.nearest import closest
from designer.catalogue.schema import Column, TableSchema
from registry.errors import Invalid

EVERY: dict[str, Any] = {"all": True, "kinds": [], "names": [], "except": []}
NONE: dict[str, Any] = {"all": False, "kinds": [], "names": [], "except": []}


def normal(selection: Mapping[str, Any] | None) -> dict[str, Any]:
    """With every key present and each name once, so that two selections of the same rules are equal."""
    chosen = {**NONE, **(selection or {})}
    return {
        "all": bool(chosen["all"]),
        "kinds": sorted(set(chosen["kinds"])),
        "names": list(dict.fromkeys(chosen["names"])),
        "except": list(dict.fromkeys(chosen["except"])),
    }


def is_empty(selection: Mapping[str, Any]) -> bool:
    """Whether it means no column, whatever the table."""
    return not (selection.get("all") or selection.get("kinds") or selection.get("names"))


def choose(
    selection: Mapping[str, Any] | None,
    columns: Iterable[Column],
    *,
    kinds: Sequence[str] = (),
    keep_order: bool = False,
) -> list[str]:
    """The names that are selected, in the table's order (or, with `keep_order`, names in the order given).

    `kinds` limits what "all" means. Raises `Invalid` for a name that is not there.
    """
    selection = selection or EVERY
    columns = list(columns)
    known = [column.name for column in columns]
    names = list(selection.get("names") or ())
    present = set(known)
    for name in names:
        if name not in present:
            require(name, known)
    excepted = set(selection.get("except") or ())
    of_kinds = set(selection.get("kinds") or ())
    chosen = {
        column.name
        for column in columns
        if (selection.get("all") and (not kinds or column.kind in kinds)) or column.kind in of_kinds
    }
    chosen |= set(names)
    chosen -= excepted
    if keep_order:
        first = [name for name in dict.fromkeys(names) if name in chosen]
        return first + [name for name in known if name in chosen and name not in set(first)]
    return [name for name in known if name in chosen]


def require(name: str, known: Iterable[str]) -> None:
    """Raises `Invalid` with the nearest name where `name` is not among `known`."""
    known = list(known)
    if name not in known:
        raise Invalid(missing(name, known), code="unknown-column", fields={"column": name})


def missing(name: str, known: Sequence[str]) -> str:
    """The sentence for a column that is not there."""
    if close := closest(str(name), map(str, known)):
        return f"There is no column {name!r} in the table. Did you mean {close!r}?"
    some = ", ".join(repr(other) for other in known[:5])
    more = f" and {len(known) - 5} more" if len(known) > 5 else ""
    return (
        f"There is no column {name!r} in the table; it has {some}{more}."
        if known
        else "The table has no columns."
    )


def unknown(name: str) -> Column:
    """A column of which only the name is known."""
    return Column(name, "unknown")


def foreseen(
    selection: Mapping[str, Any] | None,
    schema: TableSchema,
    *,
    kinds: Sequence[str] = (),
    keep_order: bool = False,
) -> list[str]:
    """As `choose`, at design time: a name that is not there is left out (the compiler's check names it)."""
    known = set(schema.names())
    selection = dict(selection or EVERY)
    selection["names"] = [name for name in selection.get("names") or () if name in known]
    return choose(selection, schema.columns, kinds=kinds, keep_order=keep_order)
