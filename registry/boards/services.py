"""Keeping views. *May they · is it legal · write.*

A view for oneself may be kept by whoever sees the runs; a shared one changes what the others see, and is for those who may
change runs.
"""

import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.boards.models import FirstView, SavedView
from registry.errors import Conflict, Invalid, Refused
from registry.workspaces import access
from registry.workspaces.models import Workspace

KINDS = ("runs", "charts", "compare", "models")
LARGEST = 200_000  # bytes of a state
MOST = 200  # views of one person in one workspace
LONGEST_NAME = 120


@transaction.atomic
def create(*, workspace: Workspace, by: Any, name: str, kind: str, state: Any, shared: bool = False) -> SavedView:
    access.require(by, "runs.edit" if shared else "runs.view", workspace)
    if kind not in KINDS:
        raise Invalid(f"There is no kind of view {kind[:40]!r}; there are {', '.join(KINDS)}.", fields={"kind": kind[:40]})
    if SavedView.objects.filter(workspace=workspace, owner=by).count() >= MOST:
        raise Conflict(f"You keep {MOST} views here already. Delete one that you no longer need.", code="too-many-views")
    return SavedView.objects.create(
        workspace=workspace, owner=by, name=_name(name), kind=kind, state=_state(state), shared=shared
    )


@transaction.atomic
def change(
    *, view: SavedView, by: Any, name: str | None = None, state: Any = None, shared: bool | None = None
) -> SavedView:
    """By its owner alone."""
    access.require(by, "runs.view", view.workspace)
    if view.owner_id != by.pk:
        raise Refused(f"“{view.name}” belongs to {view.owner.username}. Save a copy of your own to change it.")
    if shared and not view.shared:
        access.require(by, "runs.edit", view.workspace)
    if name is not None:
        view.name = _name(name)
    if state is not None:
        view.state = _state(state)
    if shared is not None:
        view.shared = shared
        if not shared:
            # Others no longer see it.
            FirstView.objects.filter(view=view).exclude(user=by).delete()
    view.updated_at = timezone.now()
    view.save(update_fields=["name", "state", "shared", "updated_at"])
    return view


@transaction.atomic
def show_first(*, view: SavedView, by: Any, on: bool) -> None:
    """Whether the page opens with this view, for this person."""
    access.require(by, "runs.view", view.workspace)
    if on:
        FirstView.objects.update_or_create(
            user=by, workspace=view.workspace, kind=view.kind, defaults={"view": view}
        )
    else:
        FirstView.objects.filter(user=by, view=view).delete()


@transaction.atomic
def delete(*, view: SavedView, by: Any) -> None:
    """By its owner; a shared one by an owner of the workspace too."""
    access.require(by, "runs.view", view.workspace)
    if view.owner_id != by.pk and not access.allowed(by, "members.manage", view.workspace):
        raise Refused(f"“{view.name}” belongs to {view.owner.username}. Only they, or an owner of the workspace, can delete it.")
    view.delete()


def _name(name: str) -> str:
    name = name.replace("\0", "\ufffd").strip()
    if not name:
        raise Invalid("A view needs a name.", fields={"name": "A view needs a name."})
    if len(name) > LONGEST_NAME:
        why = f"At most {LONGEST_NAME} characters fit here; this has {len(name):,}."
        raise Invalid(why, fields={"name": why})
    return name


def _state(state: Any) -> Any:
    try:
        text = json.dumps(state, allow_nan=False)
    except (ValueError, RecursionError):
        raise Invalid("This view cannot be kept as JSON.", fields={"state": "No JSON."}) from None
    if len(text) > LARGEST:
        why = f"A view may have {LARGEST:,} bytes; this has {len(text):,}. Show fewer columns or charts."
        raise Invalid(why, code="view-too-large", fields={"state": why})
    if "\\u0000" in text:
        raise Invalid("A view may not hold a NUL character.", fields={"state": "NUL"})
    return state
