"""One action on many runs: tag, archive, cancel, delete and their opposites. *May they · is it legal · write.*

Done in portions, each a transaction of its own, so that a hundred thousand runs keep nobody from writing. What cannot be
done to a run is said of that run; the others go on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.errors import Conflict, Invalid
from registry.runs import news, notes, services
from registry.runs.models import Run, RunEvent, RunField, Star, Tag
from registry.runs.search import runs
from registry.runs.states import ACTIVE, RunStatus
from registry.runs.table import Question
from registry.workspaces import access
from registry.workspaces.models import Workspace

MOST_NAMED = 10_000
MOST_MATCHING = 100_000
AT_ONCE = 1_000
MOST_REFUSED = 1_000  # that are named one by one

PERMISSIONS = {
    "tag": "runs.edit",
    "untag": "runs.edit",
    "archive": "runs.edit",
    "unarchive": "runs.edit",
    "cancel": "runs.cancel",
    "delete": "runs.edit",
    "restore": "runs.edit",
    "star": "runs.view",
    "unstar": "runs.view",
}


@dataclass
class Result:
    """`changed`: the ids of the runs that are different now. `before`: of a tag the values that it had."""

    changed: list[str] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    before: dict[str, str | None] = field(default_factory=dict)

    def refuse(self, run_id: str, message: str) -> None:
        self.refused.append({"run_id": run_id, "message": message})

    def told(self) -> dict[str, Any]:
        """More ids than could be sent back to undo it are not listed."""
        few = len(self.changed) <= MOST_NAMED
        return {
            "done": len(self.changed),
            "refused": self.refused[:MOST_REFUSED],
            "refused_count": len(self.refused),
            "changed": self.changed if few else None,
            "before": self.before if few else None,
        }


@dataclass(frozen=True)
class Action:
    by: Any
    now: Any
    key: str
    value: str
    result: Result


def act(
    *,
    workspace: Workspace,
    by: Any,
    action: str,
    run_ids: Sequence[str] | None = None,
    question: Question | None = None,
    key: str = "",
    value: str = "",
) -> Result:
    """On the runs named, or on all that a question finds. Asking twice is no mistake: what is so already is left."""
    if action not in PERMISSIONS:
        raise Invalid(
            f"There is no action {action[:40]!r}; there are {', '.join(PERMISSIONS)}.", fields={"action": action[:40]}
        )
    access.require(by, PERMISSIONS[action], workspace)
    if action in ("tag", "untag"):
        key, value = _checked_tag(key, value)
    result = Result()
    todo = Action(by, timezone.now(), key, value, result)
    for portion in _portions(workspace, run_ids, question, result):
        with transaction.atomic():
            _ACTIONS[action](todo, portion)
    return result


def _portions(
    workspace: Workspace, run_ids: Sequence[str] | None, question: Question | None, result: Result
) -> Iterator[list[Run]]:
    rows = Run.objects.filter(workspace=workspace, parent=None).defer("environment", "key_parts")
    if run_ids is not None:
        if len(run_ids) > MOST_NAMED:
            raise Invalid(
                f"At most {MOST_NAMED:,} runs can be named; these are {len(run_ids):,}. Send the filter that finds them as "
                "“query” instead.", code="too-many", fields={"runs": len(run_ids)},
            )  # fmt: skip
        ids = list(dict.fromkeys(run_ids))
        for start in range(0, len(ids), AT_ONCE):
            asked = ids[start : start + AT_ONCE]
            found = {run.run_id: run for run in rows.filter(run_id__in=asked)}
            for run_id in asked:
                if run_id not in found:
                    result.refuse(run_id[:40], "There is no such run in this workspace.")
            yield list(found.values())
        return
    if question is None:
        raise Invalid("Say which runs: “runs” with their ids, or “query” with a filter.", fields={"runs": "missing"})
    keys = sorted(runs.matching(question.scope, question.tree).values_list("pk", flat=True)[: MOST_MATCHING + 1])
    if len(keys) > MOST_MATCHING:
        raise Invalid(
            f"More than {MOST_MATCHING:,} runs match. Narrow the filter first.", code="too-many", fields={"query": "too many"}
        )
    for start in range(0, len(keys), AT_ONCE):
        yield list(rows.filter(pk__in=keys[start : start + AT_ONCE]).order_by("pk"))


def _checked_tag(key: str, value: str) -> tuple[str, str]:
    key, value = key.strip().replace("\0", "\ufffd"), value.replace("\0", "\ufffd")
    if not key:
        raise Invalid("A tag needs a name.", fields={"key": "A tag needs a name."})
    if key.startswith(notes.RESERVED):
        raise Conflict(
            f"Tags that begin with “{notes.RESERVED}” are kept by clients of the protocol. Choose another name.",
            code="reserved-tag", fields={"key": key[:80]},
        )  # fmt: skip
    for name, text, longest in (("key", key, notes.LONGEST_KEY), ("value", value, notes.LONGEST_VALUE)):
        if len(text) > longest:
            why = f"At most {longest:,} characters fit here; this has {len(text):,}."
            raise Invalid(why, fields={name: why})
    return key, value


def _tag(todo: Action, portion: list[Run]) -> None:
    known = dict(Tag.objects.filter(run__in=portion, key=todo.key).values_list("run_id", "value"))
    changed = [run for run in portion if known.get(run.pk) != todo.value]
    Tag.objects.bulk_create(
        [Tag(run=run, key=todo.key, value=todo.value) for run in changed],
        update_conflicts=True, unique_fields=["run", "key"], update_fields=["value"],
    )  # fmt: skip
    experiments = sorted({run.experiment_id for run in changed if run.experiment_id})
    RunField.objects.bulk_create(
        [RunField(experiment_id=pk, kind=RunField.Kind.TAG, key=todo.key) for pk in experiments], ignore_conflicts=True
    )
    todo.result.before |= {run.run_id: known.get(run.pk) for run in changed}
    _noted(todo, changed)


def _untag(todo: Action, portion: list[Run]) -> None:
    rows = Tag.objects.filter(run__in=portion, key=todo.key)
    known = dict(rows.values_list("run_id", "value"))
    rows.delete()
    changed = [run for run in portion if run.pk in known]
    todo.result.before |= {run.run_id: known[run.pk] for run in changed}
    _noted(todo, changed)


def _put(column: str, away: bool, todo: Action, portion: list[Run]) -> None:
    """Into the archive or the bin, or out of it."""
    fit = []
    for run in portion:
        if (getattr(run, column) is None) != away:
            continue
        if away and not run.is_over() and run.spec is not None:
            todo.result.refuse(run.run_id, f"{run.name} is still at work. Cancel it first.")
        else:
            fit.append(run)
    at_work = Q(status__in=ACTIVE, spec__isnull=False)
    rows = Run.objects.filter(pk__in=[run.pk for run in fit], **{f"{column}__isnull": away})
    # One that somebody has started again meanwhile stays.
    (rows.exclude(at_work) if away else rows).update(**{column: todo.now if away else None})
    _noted(todo, fit)


def _cancel(todo: Action, portion: list[Run]) -> None:
    for run in portion:
        if run.status == RunStatus.CANCELLING:
            continue
        try:
            services.cancel(run=run, by=todo.by)
        except Conflict as refusal:
            todo.result.refuse(run.run_id, refusal.message)
        else:
            todo.result.changed.append(run.run_id)


def _star(on: bool, todo: Action, portion: list[Run]) -> None:
    mine = Star.objects.filter(user=todo.by, run__in=portion)
    known = set(mine.values_list("run_id", flat=True))
    changed = [run for run in portion if (run.pk in known) != on]
    if on:
        Star.objects.bulk_create([Star(user=todo.by, run=run) for run in changed], ignore_conflicts=True)
    else:
        mine.delete()
    todo.result.changed += [run.run_id for run in changed]


def _noted(todo: Action, changed: list[Run]) -> None:
    RunEvent.objects.bulk_create([event for run in changed for event in (news.of_run(run), news.of_note(run))])
    todo.result.changed += [run.run_id for run in changed]


_ACTIONS: dict[str, Callable[[Action, list[Run]], None]] = {
    "tag": _tag,
    "untag": _untag,
    "archive": partial(_put, "archived_at", True),
    "unarchive": partial(_put, "archived_at", False),
    "cancel": _cancel,
    "delete": partial(_put, "deleted_at", True),
    "restore": partial(_put, "deleted_at", False),
    "star": partial(_star, True),
    "unstar": partial(_star, False),
}
