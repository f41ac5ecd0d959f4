"""A pipeline shows what its steps measured and were set to: as "step name/key", so that tables, searches and clients of
the protocol find it at the run. Django-free; the migration that took old runs over uses it too."""

from collections.abc import Iterable

LONGEST = 250


def names(steps: Iterable[tuple[int, str]]) -> dict[int, str]:
    """What each step is called at its pipeline. Of two with one name the later is "Train Model (2)"."""
    given: dict[int, str] = {}
    taken: set[str] = set()
    for pk, title in steps:
        name, number = title, 2
        while name in taken:
            name, number = f"{title} ({number})", number + 1
        taken.add(name)
        given[pk] = name
    return given


def key_of(name: str, key: str) -> str:
    """The name gives way where both are too long together: what was measured tells more than where."""
    room = max(LONGEST - len(key) - 1, 40)
    return f"{name[:room]}/{key}"[:LONGEST]
