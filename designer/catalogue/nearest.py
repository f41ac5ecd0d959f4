"""The name that was probably meant."""

import difflib
from bisect import bisect
from collections.abc import Iterable
from functools import lru_cache

# Comparing spellings is slow, tables have thousands of columns, and one column that is gone can break hundreds of
# nodes: so only names that begin or end alike are compared.
AROUND = 8
LONGEST = 100


def closest(name: str, names: Iterable[str]) -> str | None:
    """First without regard to case, then by spelling."""
    folded, forward, backward = _index(tuple(names))
    asked = name.strip().casefold()[:LONGEST]
    if asked in folded:
        return folded[asked]
    near = _around(asked, forward) + [text[::-1] for text in _around(asked[::-1], backward)]
    matches = difflib.get_close_matches(asked, dict.fromkeys(near), n=1)
    return folded[matches[0]] if matches else None


def _around(text: str, ordered: list[str]) -> list[str]:
    place = bisect(ordered, text)
    return ordered[max(0, place - AROUND) : place + AROUND]


@lru_cache(maxsize=32)
def _index(names: tuple[str, ...]) -> tuple[dict[str, str], list[str], list[str]]:
    folded = {name.strip().casefold()[:LONGEST]: name for name in reversed(names)}
    return folded, sorted(folded), sorted(text[::-1] for text in folded)
