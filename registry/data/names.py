"""Names of files, assets and columns as people and files give them, made fit to be kept. Django-free."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from registry.errors import Invalid

LONGEST_ASSET = 80
LONGEST_COLUMN = 200
# The addresses below …/data/ that are not assets.
RESERVED = frozenset({"uploads", "upload", "new", ".", ".."})
PACKINGS = (".gz", ".gzip", ".zip")


def file_name(name: str) -> str:
    """The last part of what a browser or program calls the file. It is shown and never used as a path."""
    last = PurePosixPath(str(name).replace("\\", "/")).name
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    return clean[-255:] or "file"


def asset_name(name: object) -> str:
    """Raises `Invalid` where it cannot be the name of an asset."""
    if not isinstance(name, str) or not name.strip():
        raise Invalid("Give the data a name.", code="bad-name", fields={"name": "missing"})
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if len(clean) > LONGEST_ASSET:
        raise Invalid(
            f"The name has {len(clean)} characters; {LONGEST_ASSET} is the most.", code="bad-name", fields={"name": "long"}
        )
    if "/" in clean or "\\" in clean or any(unicodedata.category(c)[0] == "C" for c in clean):
        raise Invalid(
            "A name cannot contain / or \\ or invisible characters.", code="bad-name", fields={"name": "characters"}
        )
    if clean.lower() in RESERVED:
        raise Invalid(f"“{clean}” is a name the studio needs itself. Choose another.", code="bad-name", fields={"name": "reserved"})
    return clean


def suggested(filename: str) -> str:
    """A name for the asset, from that of the file."""
    stem = file_name(filename)
    lower = stem.lower()
    for packing in PACKINGS:
        if lower.endswith(packing):
            stem = stem[: -len(packing)]
            break
    stem = re.sub(r"\.(csv|tsv|tab|txt|jsonl|ndjson|json|xlsx|xlsm|parquet|pq)$", "", stem, flags=re.IGNORECASE)
    stem = stem.replace("\\", " ").replace("/", " ").strip(" .")[:LONGEST_ASSET].strip()
    return f"{stem} data" if stem.lower() in RESERVED else stem or "Data"


def column_names(given: Sequence[object]) -> tuple[list[str], list[str]]:
    """The columns' names, none empty and no two alike whatever their case, and sentences about what was changed."""
    empty: list[str] = []
    twice: list[str] = []
    shortened = 0
    taken: set[str] = set()
    originals = {_clean(name).lower() for name in given}
    names: list[str] = []
    for position, raw in enumerate(given, 1):
        name = _clean(raw)
        if len(name) > LONGEST_COLUMN:
            name, shortened = name[:LONGEST_COLUMN].rstrip(), shortened + 1
        wanted = name or f"column_{position}"
        unique, again = wanted, 2
        while unique.lower() in taken or (unique != wanted and unique.lower() in originals):
            unique, again = f"{wanted}_{again}", again + 1
        taken.add(unique.lower())
        names.append(unique)
        if not name:
            empty.append(unique)
        elif unique != name:
            twice.append(f"{name} → {unique}")
    notes = []
    if empty:
        notes.append(f"{_counted(len(empty), 'column')} without a name {_was(empty)} called {_some(empty)}.")
    if twice:
        notes.append(f"{_counted(len(twice), 'column name')} that stood there already {_was(twice)} changed: {_some(twice)}.")
    if shortened:
        notes.append(f"{_counted(shortened, 'column name')} of more than {LONGEST_COLUMN} characters were cut.")
    return names, notes


def _clean(name: object) -> str:
    text = "" if name is None else str(name)
    return " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in text).split())


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _was(items: Sequence[str]) -> str:
    return "was" if len(items) == 1 else "were"


def _some(items: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most:,} more"
