"""What is wrong with a filter: where, and what was perhaps meant."""

import difflib
from collections.abc import Iterable

from registry.errors import Invalid

SHOWN = 60  # characters of what somebody wrote that are repeated to them


class BadFilter(Invalid):
    """`protocol` says the same in the words that clients of the tracking protocol look for."""

    code = "bad-filter"
    status = 400

    @classmethod
    def at(cls, position: int, message: str, *, length: int = 1, protocol: str = "") -> "BadFilter":
        sentence = f"{message} (At character {position + 1}.)"
        return cls(
            sentence,
            fields={"filter": sentence, "position": position, "length": length, "protocol": protocol or message},
        )


def shown(text: str) -> str:
    """Short enough to be repeated in a sentence."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """" Did you mean x?" with its space, or nothing."""
    known = list(known)
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word[:SHOWN].lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean {by_lower[near[0]]}?" if near else ""
