"""A filter cut into tokens, each with its place."""

import re
from dataclasses import dataclass

from registry.runs.search.errors import BadFilter, shown

LONGEST = 1_000_000  # characters; ten thousand run ids fit

_TOKEN = re.compile(
    r"""
    (?P<space>\s++)
  | (?P<single>'(?:[^']|'')*+')
  | (?P<double>"(?:[^"]|"")*+")
  | (?P<back>`(?:[^`]|``)*+`)
  | (?P<number>[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+(?![\w.]))
  | (?P<operator><=|>=|!=|==|<>|=|<|>)
  | (?P<mark>[(),;])
  | (?P<word>[^\s'"`=<>!(),;]++)
    """,
    re.VERBOSE,
)
QUOTED = frozenset({"single", "double", "back"})


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # "single" | "double" | "back" | "number" | "operator" | "mark" | "word" | "end"
    text: str
    start: int
    end: int

    @property
    def length(self) -> int:
        return max(1, self.end - self.start)

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.upper() in words

    def is_mark(self, mark: str) -> bool:
        return self.kind == "mark" and self.text == mark

    def unquoted(self) -> str:
        """A quote inside is written twice."""
        if self.kind not in QUOTED:
            return self.text
        quote = self.text[0]
        return self.text[1:-1].replace(quote * 2, quote)


def cut(source: str) -> list[Token]:
    """Without the spaces; the last one is of kind "end"."""
    if len(source) > LONGEST:
        raise BadFilter.at(
            LONGEST, f"This filter has {len(source):,} characters; at most {LONGEST:,} are read.",
            protocol="Invalid filter: it is too long",
        )  # fmt: skip
    if (nul := source.find("\0")) >= 0:
        raise BadFilter.at(nul, "A filter may not hold a NUL character.", protocol="Invalid filter: NUL character")
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            raise _unreadable(source, at)
        if found.lastgroup != "space":
            tokens.append(Token(str(found.lastgroup), found.group(), at, found.end()))
        at = found.end()
    tokens.append(Token("end", "", len(source), len(source)))
    return tokens


def _unreadable(source: str, at: int) -> BadFilter:
    char = source[at]
    rest = shown(source[at:])
    if char in "'\"`":
        return BadFilter.at(
            at, f"The quote {char} opened here is never closed.", length=len(source) - at,
            protocol=f"Invalid clause(s) in filter string: '{rest}'. Parameter value is either not quoted or "
            "unidentified quote types used for string value",
        )  # fmt: skip
    hint = " Did you mean !=, or NOT?" if char == "!" else ""
    return BadFilter.at(
        at, f"{char!r} makes no sense here.{hint}", protocol=f"Invalid clause(s) in filter string: '{rest}'"
    )
