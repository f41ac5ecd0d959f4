"""Many runs under a short key: a thousand ids do not fit into an address."""

import hashlib
from collections.abc import Iterable

from registry.errors import Invalid, NotFound
from registry.runs.models import Selection
from registry.workspaces.models import Workspace

MOST_RUNS = 2000
LONGEST_ID = 32


def keep(workspace: Workspace, run_ids: Iterable[str]) -> str:
    """The key of these runs, in this order. Whether they exist is asked when somebody looks."""
    ids = distinct(run_ids)
    if not ids:
        raise Invalid("Choose at least one run.", fields={"runs": "empty"})
    if bad := next((id for id in ids if not is_id(id)), None):
        raise Invalid(f"{bad[:60]!r} is not the id of a run.", code="bad-id", fields={"run": bad[:60]})
    key = hashlib.sha256(",".join(ids).encode()).hexdigest()[:20]
    Selection.objects.get_or_create(workspace=workspace, key=key, defaults={"run_ids": ids})
    return key


def kept(workspace: Workspace, key: str) -> list[str]:
    # A NUL is refused by PostgreSQL before it is looked for.
    found = None if "\0" in key else Selection.objects.filter(workspace=workspace, key=key).values_list("run_ids", flat=True).first()
    if found is None:
        raise NotFound("There is no such selection of runs in this workspace. Choose the runs in the list once more.")
    return list(found)


def distinct(run_ids: Iterable[str]) -> list[str]:
    """Each once, in the order given; spaces and empty ones left out."""
    ids = list(dict.fromkeys(id for given in run_ids if (id := given.strip())))
    if len(ids) > MOST_RUNS:
        raise Invalid(
            f"At most {MOST_RUNS:,} runs can be compared at once; these are {len(ids):,}. Narrow the list with a filter first.",
            code="too-many",
            fields={"runs": len(ids), "most": MOST_RUNS},
        )
    return ids


def is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and text.isascii() and text.isalnum()
