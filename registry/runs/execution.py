"""The verbs of whoever executes runs: claiming, the lease, and moving states by one conditional update each.

Every move writes its news in the same transaction. Nothing here asks who may: the person was asked at submit.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from registry.runs import news, signals, states
from registry.runs.models import Run
from registry.runs.states import RunStatus

# Long against the worst wait for the database's write lock, short against a person's patience. A slot that died on
# this machine is recognised at once by its process, without waiting for this.
LEASE = timedelta(seconds=30)
AT_WORK = (RunStatus.RUNNING, RunStatus.CANCELLING)


def to_execute() -> QuerySet[Run]:
    """Whole runs that are executed here. What a client tracks goes on elsewhere, and nobody here may take it up."""
    return Run.objects.filter(parent=None).exclude(kind="tracked")


def claim(run_pk: int, owner: str, *, is_gone: Callable[[str], bool] = lambda owner: False) -> Run | None:
    """The run, if it is now `owner`'s to execute; None if it is over or somebody else's.

    It may be taken while it is queued, or when whoever held it has lost it: the lease ran out, or `is_gone` knows
    that the holder exists no more. Two who ask at once: the row count of one conditional update decides.
    """
    run = to_execute().filter(pk=run_pk).first()
    if run is None:
        return None
    now = timezone.now()
    ours = {"lease_owner": owner, "lease_until": now + LEASE, "started_at": Coalesce("started_at", now)}
    with transaction.atomic():
        if Run.objects.filter(pk=run_pk, status=RunStatus.QUEUED).update(
            status=RunStatus.RUNNING, attempt=F("attempt") + 1, **ours
        ):
            run = Run.objects.get(pk=run_pk)
            news.of_run(run).save()
            return run
        if run.status not in AT_WORK or not is_lost(run, owner, is_gone):
            return None
        if not Run.objects.filter(
            pk=run_pk, status__in=AT_WORK, lease_owner=run.lease_owner, lease_until=run.lease_until
        ).update(attempt=F("attempt") + 1, **ours):
            return None
        return Run.objects.get(pk=run_pk)


def is_lost(run: Run, owner: str, is_gone: Callable[[str], bool]) -> bool:
    """Whether nobody looks after this running run any more. `owner` itself, asking anew, has lost what it held."""
    if run.lease_until is None or run.lease_until < timezone.now() or run.lease_owner in ("", owner):
        return True
    return is_gone(run.lease_owner)


def renew(run: Run, owner: str) -> bool:
    """Keep the lease. False: somebody else has the run, and we must keep our hands off it."""
    return bool(
        Run.objects.filter(pk=run.pk, lease_owner=owner, status__in=AT_WORK).update(
            lease_until=timezone.now() + LEASE
        )
    )


def release(run: Run, owner: str) -> None:
    """Give the run up without ending it: it may be claimed at once."""
    Run.objects.filter(pk=run.pk, lease_owner=owner, status__in=AT_WORK).update(
        lease_until=None, lease_owner=""
    )


def move(run: Run, status: RunStatus, *, only_from: Collection[RunStatus] = (), **fields: Any) -> bool:
    """Move a run to `status` where that is legal, with its news. False: it moved on meanwhile, and nothing is written.

    `run` carries the new values afterwards. A root run that ends says so on commit.
    """
    allowed = states.sources(status) & frozenset(only_from) if only_from else states.sources(status)
    with transaction.atomic():
        if not Run.objects.filter(pk=run.pk, status__in=allowed).update(status=status, **fields):
            return False
        run.status = status
        for name, value in fields.items():
            setattr(run, name, value)
        (news.of_run(run) if run.parent_id is None else news.of_step(run)).save()
        if run.parent_id is None and states.is_terminal(status):
            transaction.on_commit(partial(signals.run_finished.send_robust, sender=Run, run_id=run.pk))
    return True


def finish(run: Run, owner: str, status: RunStatus, *, error: dict[str, Any] | None = None) -> bool:
    """End a root run that `owner` holds. Its seconds are those on the clock, from the first claim on."""
    now = timezone.now()
    fields: dict[str, Any] = {"ended_at": now, "error": error, "lease_owner": "", "lease_until": None}
    if run.started_at:
        fields["seconds"] = (now - run.started_at).total_seconds()
    with transaction.atomic():
        # The lease is asked inside the transaction: who lost it may not speak for the run any more.
        if not Run.objects.filter(pk=run.pk, lease_owner=owner).exists():
            return False
        return move(run, status, **fields)


def lost(is_gone: Callable[[str], bool]) -> list[int]:
    """Running runs that nobody looks after: the sweep's question."""
    held = to_execute().filter(status__in=AT_WORK).only("lease_owner", "lease_until")
    return [run.pk for run in held if is_lost(run, "", is_gone)]
