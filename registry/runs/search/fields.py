"""What can be asked of a kind of record: its attributes, and groups of names that differ from record to record.

No tables here; `where` and the owner of the records know those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

# Kinds of value.
TEXT = "text"
NUMBER = "number"
EITHER = "either"  # a text that may be compared as a number, too
TIME = "time"  # milliseconds since 1970, or a date, or "2 days ago"
FLAG = "flag"

EQUAL = frozenset({"=", "!="})
SIZE = frozenset({"<", "<=", ">", ">="})
LIKE = frozenset({"LIKE", "ILIKE"})
LISTS = frozenset({"IN", "NOT IN"})
NULLS = frozenset({"IS NULL", "IS NOT NULL"})
ALL_OPERATORS = EQUAL | SIZE | LIKE | LISTS | NULLS | {"RLIKE"}

# What MLflow allows where.
PROTOCOL_NUMBER = EQUAL | SIZE
PROTOCOL_TEXT = EQUAL | LIKE | LISTS
PROTOCOL_PARAM = EQUAL | LIKE | NULLS
PROTOCOL_TAG = EQUAL | LIKE

_BY_KIND = {
    TEXT: EQUAL | LIKE | LISTS | NULLS,
    NUMBER: EQUAL | SIZE | LISTS | NULLS,
    EITHER: EQUAL | SIZE | LIKE | LISTS | NULLS,
    TIME: EQUAL | SIZE | NULLS,
    FLAG: EQUAL,
}


@dataclass(frozen=True, slots=True)
class Name:
    """What a comparison or an order is about. `part` is what stands after the colon, as in `metrics.auc:max`."""

    group: str
    key: str
    part: str = ""


@dataclass(frozen=True)
class Attribute:
    """`lists`: whether IN is understood. `words`: the values there are, when they are few and known."""

    name: str
    kind: str = TEXT
    aliases: tuple[str, ...] = ()
    operators: frozenset[str] | None = None
    lists: bool = True
    search: bool = True
    order: bool = True
    words: tuple[str, ...] = ()

    @property
    def allowed(self) -> frozenset[str]:
        return _BY_KIND[self.kind] if self.operators is None else self.operators


@dataclass(frozen=True)
class Group:
    """Names that people choose themselves, such as params. `keys`: the only ones there are, where they are known."""

    name: str
    kind: str = TEXT
    aliases: tuple[str, ...] = ()
    operators: frozenset[str] | None = None
    keys: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    order: bool = True
    # As the protocol calls it in its errors.
    called: str = ""

    @property
    def allowed(self) -> frozenset[str]:
        return _BY_KIND[self.kind] if self.operators is None else self.operators


@dataclass(frozen=True)
class Fields:
    """`words` are other names of the group "attributes". `strict`: only what MLflow understands, apart from OR, NOT and
    brackets, which no filter of its can be mistaken for."""

    noun: str
    attributes: tuple[Attribute, ...]
    groups: tuple[Group, ...] = ()
    words: tuple[str, ...] = ("attribute", "attr")
    strict: bool = False

    @cached_property
    def by_attribute(self) -> dict[str, Attribute]:
        return {name: a for a in self.attributes for name in (a.name, *a.aliases)}

    @cached_property
    def by_group(self) -> dict[str, Group]:
        return {name: g for g in self.groups for name in (g.name, *g.aliases)}

    @cached_property
    def group_words(self) -> frozenset[str]:
        return frozenset({"attributes", *self.words, *self.by_group})

    def names(self) -> Iterator[str]:
        """What a filter may begin with, for suggestions."""
        yield from (a.name for a in self.attributes)
        yield from (f"{g.name}.…" for g in self.groups)


PARTS = ("last", "min", "max", "best")

RUNS = Fields(
    noun="run",
    attributes=(
        Attribute("run_id"),
        Attribute("name", aliases=("run_name", "run name", "Run name", "Run Name")),
        Attribute("status"),
        Attribute("kind"),
        Attribute("experiment"),
        Attribute("user", aliases=("user_id",)),
        Attribute("created", TIME, aliases=("Created",)),
        Attribute("started", TIME, aliases=("start_time",)),
        Attribute("ended", TIME, aliases=("end_time",)),
        Attribute("duration", NUMBER, aliases=("seconds",)),
        Attribute("source"),
        Attribute("starred", FLAG),
        Attribute("artifact_uri", order=False),
    ),
    groups=(
        Group("metrics", NUMBER, aliases=("metric",), parts=PARTS, called="metric"),
        Group("params", EITHER, aliases=("param", "parameter", "parameters"), called="parameter"),
        Group("tags", EITHER, aliases=("tag",), called="tag"),
        Group(
            "datasets", TEXT, aliases=("dataset",), operators=PROTOCOL_TEXT, keys=("name", "digest", "context"),
            order=False, called="dataset",
        ),
    ),
    words=("attribute", "attr", "run"),
)  # fmt: skip

# The same runs as clients of the tracking protocol ask for them. There, `created` is when a run started.
PROTOCOL_RUNS = Fields(
    noun="run",
    attributes=(
        Attribute("run_id", operators=PROTOCOL_TEXT),
        Attribute(
            "run_name", operators=PROTOCOL_TEXT, aliases=("run name", "Run name", "Run Name"), lists=False
        ),
        Attribute("status", operators=PROTOCOL_TEXT, lists=False),
        Attribute("user_id", operators=PROTOCOL_TEXT, lists=False),
        Attribute("artifact_uri", operators=PROTOCOL_TEXT, lists=False),
        Attribute("start_time", TIME, operators=PROTOCOL_NUMBER, aliases=("created", "Created")),
        Attribute("end_time", TIME, operators=PROTOCOL_NUMBER),
    ),
    groups=(
        Group("metrics", NUMBER, aliases=("metric",), operators=PROTOCOL_NUMBER, called="metric"),
        Group(
            "params", TEXT, aliases=("param", "parameter", "parameters"), operators=PROTOCOL_PARAM, called="parameter"
        ),
        Group("tags", TEXT, aliases=("tag",), operators=PROTOCOL_PARAM, called="tag"),
        Group(
            "datasets", TEXT, aliases=("dataset",), operators=PROTOCOL_TEXT, keys=("name", "digest", "context"),
            order=False, called="dataset",
        ),
    ),
    words=("attribute", "attr", "run"),
    strict=True,
)  # fmt: skip

EXPERIMENTS = Fields(
    noun="experiment",
    attributes=(
        Attribute("name", operators=EQUAL | LIKE, lists=False),
        Attribute("experiment_id", operators=EQUAL | LISTS),
        Attribute("creation_time", TIME, operators=PROTOCOL_NUMBER),
        Attribute("last_update_time", TIME, operators=PROTOCOL_NUMBER),
    ),
    groups=(Group("tags", TEXT, aliases=("tag",), operators=PROTOCOL_PARAM, order=False, called="tag"),),
    words=("attribute",),
    strict=True,
)
