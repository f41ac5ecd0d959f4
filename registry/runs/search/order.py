"""Orders: `metrics.auc DESC`, "attributes.`run name`", `start_time asc`."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.runs.search import names
from registry.runs.search.errors import BadFilter, shown
from registry.runs.search.fields import Attribute, Fields, Name
from registry.runs.search.tokens import cut
from registry.runs.search.tree import name_text

MOST = 8


@dataclass(frozen=True, slots=True)
class Order:
    name: Name
    descending: bool = False

    def __str__(self) -> str:
        return f"{name_text(self.name)} {'DESC' if self.descending else 'ASC'}"


def parse_all(sources: Sequence[str], fields: Fields) -> list[Order]:
    if len(sources) > MOST:
        raise BadFilter.at(0, f"Records can be ordered by at most {MOST} fields.")
    orders = [parse(source, fields) for source in sources]
    if len({order.name for order in orders}) < len(orders):
        raise BadFilter.at(
            0, "A field stands twice in the order.", protocol=f"`order_by` contains duplicate fields: {list(sources)}"
        )
    return orders


def parse(source: str, fields: Fields) -> Order:
    tokens = cut(source)
    if not names.may_begin(tokens[0]):
        raise _unreadable(source, 0)
    name, known, at = names.read(tokens, 0, fields)
    if not known.order:
        protocol = f"Invalid order_by entity: {name.group}. Invalid identifier type '{getattr(known, 'called', '')}'"
        if isinstance(known, Attribute):
            valid = sorted(attribute.name for attribute in fields.attributes if attribute.order)
            protocol = f"Invalid attribute key '{name.key}' specified. Valid keys are '{valid}'"
        raise BadFilter.at(
            0, f"One cannot order by {name_text(name)}.", length=len(source), protocol=protocol
        )
    direction = tokens[at]
    if direction.kind == "end":
        return Order(name)
    if tokens[at + 1].kind != "end":
        raise _unreadable(source, direction.start)
    if not direction.is_word("ASC", "DESC"):
        raise BadFilter.at(
            direction.start, "Behind the field stands ASC or DESC, or nothing.", length=direction.length,
            protocol=f"Invalid ordering key in order_by clause '{shown(source)}'.",
        )  # fmt: skip
    return Order(name, direction.is_word("DESC"))


def _unreadable(source: str, position: int) -> BadFilter:
    return BadFilter.at(
        position, "This is no order. Write metrics.auc DESC, for example.", length=max(1, len(source) - position),
        protocol=f"Invalid order_by clause '{shown(source)}'. Could not be parsed.",
    )
