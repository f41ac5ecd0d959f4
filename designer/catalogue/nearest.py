"""The name that was probably meant."""

import difflib
from collections.abc import Iterable

# Comparing spellings is slow; tables have thousands of columns, and a broken drawing asks for hundreds of them.
LONGEST = 100
MOST = 300


def closest(name: str, names: Iterable[str]) -> str | None:
    """First without regard to case, then by spelling, among the names of like length."""
    names = list(names)
    folded = name.strip().casefold()
    for candidate in names:
        if candidate.strip().casefold() == folded:
            return candidate
    asked = name[:LONGEST]
    alike = [candidate for candidate in names if abs(len(candidate) - len(asked)) <= 2 + len(asked) // 3]
    # Nearly everybody gets the first letter right.
    alike.sort(key=lambda candidate: candidate[:1].casefold() != folded[:1])
    matches = difflib.get_close_matches(asked, alike[:MOST], n=1)
    return matches[0] if matches else None
