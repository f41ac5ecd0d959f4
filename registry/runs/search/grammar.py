"""Filters, from text to tree. AND binds closer than OR; NOT closer than both.

    filter     = and { OR and }
    and        = part { AND part }
    part       = NOT part | "(" filter ")" | comparison
    comparison = name operator value | name [NOT] IN "(" value {"," value} ")" | name IS [NOT] NULL
"""

from registry.runs.search import names, values
from registry.runs.search.errors import BadFilter, shown
from registry.runs.search.fields import Fields
from registry.runs.search.tokens import Token, cut
from registry.runs.search.tree import And, Compare, Not, Or, Tree

MOST_COMPARISONS = 200
# SQLite's own parser gives up soon after.
DEEPEST = 20
KEYWORDS = ("AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE", "RLIKE")


def parse(source: str | None, fields: Fields) -> Tree | None:
    """None where nothing is asked. Raises `BadFilter`."""
    if not source or not source.strip():
        return None
    reader = _Reader(cut(source), fields)
    tree = reader.either(0)
    reader.expect_end()
    return tree


class _Reader:
    def __init__(self, tokens: list[Token], fields: Fields) -> None:
        self.tokens = tokens
        self.fields = fields
        self.at = 0
        self.comparisons = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def either(self, depth: int) -> Tree:
        parts = [self.all(depth)]
        while self.token.is_word("OR"):
            self.at += 1
            parts.append(self.all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all(self, depth: int) -> Tree:
        parts = [self.part(depth)]
        while self.token.is_word("AND"):
            self.at += 1
            parts.append(self.part(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def part(self, depth: int) -> Tree:
        token = self.token
        if depth > DEEPEST:
            raise BadFilter.at(
                token.start, f"Brackets and NOTs may be nested {DEEPEST} deep.",
                protocol="Invalid clause(s) in filter string: nested too deep",
            )  # fmt: skip
        if token.is_word("NOT"):
            self.at += 1
            return Not(self.part(depth + 1))
        if token.is_mark("("):
            self.at += 1
            inner = self.either(depth + 1)
            if not self.token.is_mark(")"):
                raise self._wrong("A closing bracket is missing here.")
            self.at += 1
            return inner
        return self.comparison()

    def comparison(self) -> Compare:
        start = self.token
        if not names.may_begin(start) or start.is_word(*KEYWORDS):
            raise self._wrong("A condition is missing here, such as metrics.auc > 0.9.")
        self.comparisons += 1
        if self.comparisons > MOST_COMPARISONS:
            raise BadFilter.at(
                start.start, f"A filter may hold {MOST_COMPARISONS} conditions. Many values of one field go into a list: "
                "run_id IN ('…', '…').", protocol="Invalid filter: too many clauses",
            )  # fmt: skip
        following = self.tokens[self.at + 1]
        if following.kind == "end" or following.is_word("AND", "OR"):
            raise self._wrong(f"{shown(start.text)} is compared with nothing. Write {shown(start.text)} = 'a', for example.")
        name, known, self.at = names.read(self.tokens, self.at, self.fields)
        operator, written = self.operator()
        values.check_operator(name, known, operator, written, self.fields)
        value = None if operator.startswith("IS") else self.value(name, known, operator)
        return Compare(name, operator, value, start.start)

    def operator(self) -> tuple[str, Token]:
        token = self.token
        if token.kind == "operator":
            if token.text in ("==", "<>"):
                meant = {"==": "=", "<>": "!="}[token.text]
                raise BadFilter.at(
                    token.start, f"{token.text} is not understood. Did you mean {meant}?", length=token.length,
                    protocol=f"Invalid comparator '{token.text}'",
                )  # fmt: skip
            self.at += 1
            return token.text, token
        if token.is_word("LIKE", "ILIKE", "RLIKE", "IN"):
            self.at += 1
            return token.text.upper(), token
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if token.is_word("NOT") and following.is_word("IN"):
            self.at += 2
            return "NOT IN", token
        if token.is_word("IS") and following.is_word("NULL"):
            self.at += 2
            return "IS NULL", token
        if token.is_word("IS") and following.is_word("NOT") and self.tokens[self.at + 2].is_word("NULL"):
            self.at += 3
            return "IS NOT NULL", token
        hint = " Write NOT before the field: NOT tags.team LIKE 'a%'." if token.is_word("NOT") else ""
        raise self._wrong(f"A comparison such as =, > or LIKE is missing here.{hint}")

    def value(self, name: names.Name, known: names.Known, operator: str) -> values.Value:
        if operator in ("IN", "NOT IN"):
            return self.list_(name, known)
        token = self.token
        if token.is_mark("("):
            raise self._wrong(f"A list in brackets goes with IN, not with {operator}.")
        value = values.read(token, name, known, operator, self.fields)
        self.at += 1
        return value

    def list_(self, name: names.Name, known: names.Known) -> values.Value:
        opening = self.token
        if not opening.is_mark("("):
            raise self._wrong("A list is missing here: IN ('a', 'b').")
        values.check_list(opening, name, known, self.fields)
        found: list[str | int | float] = []
        self.at += 1
        while not self.token.is_mark(")"):
            if found:
                if not self.token.is_mark(","):
                    raise self._wrong("A comma or the closing bracket of the list is missing here.")
                self.at += 1
                if self.token.is_mark(")"):  # a comma behind the last one
                    break
            if len(found) == values.LONGEST_LIST:
                raise self._wrong(f"A list may hold {values.LONGEST_LIST:,} values.")
            found.append(values.of_list(self.token, name, known, self.fields))
            self.at += 1
        if not found:
            raise BadFilter.at(
                opening.start, "This list is empty, so nothing could ever be in it.", length=2,
                protocol="While parsing a list in the query, expected a non-empty list of string values, but got empty list",
            )  # fmt: skip
        self.at += 1
        return tuple(found)  # type: ignore[return-value]

    def expect_end(self) -> None:
        token = self.token
        if token.kind == "end":
            return
        if token.is_mark(";"):
            raise BadFilter.at(
                token.start, "One filter at a time; join conditions with AND or OR.",
                protocol="Search filter contained multiple expression. Provide AND-ed expression list.",
            )  # fmt: skip
        if token.is_mark(")"):
            raise self._wrong("There is no opening bracket for this one.")
        raise self._wrong("AND or OR is missing here.")

    def _wrong(self, message: str) -> BadFilter:
        token = self.token
        protocol = f"Invalid clause(s) in filter string: '{shown(token.text)}'. {message}"
        if token.kind == "end":
            message += " The filter ends too early."
            protocol = f"Invalid comparison clause. Invalid clause(s) in filter string: {message}"
        return BadFilter.at(token.start, message, length=token.length, protocol=protocol)
