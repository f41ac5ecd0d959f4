"""What runs leave behind: log lines, metrics, parameters, outputs. Always in bulk, inside the caller's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from registry.runs import news, tracking
from registry.runs.models import LogLine, Param, Run, RunEvent, RunOutput

# SQLite and PostgreSQL both limit the variables of one statement.
AT_ONCE = 500


def last_seq(run: Run) -> int:
    return LogLine.objects.filter(run=run).aggregate(last=Max("seq"))["last"] or 0


@transaction.atomic
def record_log(run: Run, lines: Sequence[tuple[datetime, str, str]], after: int) -> int:
    """Write (time, stream, text) lines, numbered on from `after`. Returns the last number. News included."""
    if not lines:
        return after
    LogLine.objects.bulk_create(
        [
            LogLine(run=run, seq=after + n, timestamp=time, stream=stream, text=storable(text))
            for n, (time, stream, text) in enumerate(lines, 1)
        ],
        batch_size=AT_ONCE,
    )
    seq = after + len(lines)
    news.of_log(run, seq).save()
    return seq


def record_metrics(run: Run, points: Sequence[tuple[str, float, int, datetime]]) -> None:
    """Write (key, value, step, time) points."""
    told = [(key[:250], float(value), step, int(time.timestamp() * 1000)) for key, value, step, time in points]
    tracking.write(tracking.Batch(run.pk, metrics=told))


@transaction.atomic
def record_settings(settings: Mapping[Run, Mapping[str, Any]]) -> None:
    """With what every step of a new run was started; what nobody set is left out."""
    rows = [
        _param(run, key, value)
        for run, params in settings.items()
        for key, value in params.items()
        if value is not None and value != ""
    ]
    Param.objects.bulk_create(rows, batch_size=AT_ONCE)


def _param(run: Run, key: str, value: Any) -> Param:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return Param(run=run, key=key[:250], value=storable(text))


def record_params(run: Run, params: Mapping[str, Any]) -> None:
    """What was set or found, as text. A parameter told twice keeps the last word."""
    Param.objects.bulk_create(
        [_param(run, key, value) for key, value in params.items()],
        update_conflicts=True,
        unique_fields=["run", "key"],
        update_fields=["value"],
        batch_size=AT_ONCE,
    )


@transaction.atomic
def record_outputs(run: Run, outputs: Iterable[Mapping[str, Any]]) -> None:
    """What a step left on its ports; told again, the last word counts. The step's own news tells of them."""
    RunOutput.objects.bulk_create(
        [
            RunOutput(
                run=run,
                port=o["port"],
                type=o["type"],
                path=o["path"],
                bytes=o["bytes"],
                summary=o["summary"],
            )
            for o in outputs
        ],
        update_conflicts=True,
        unique_fields=["run", "port"],
        update_fields=["type", "path", "bytes", "summary"],
        batch_size=AT_ONCE,
    )


@transaction.atomic
def record_progress(run: Run, progress: Mapping[str, Any]) -> None:
    run.progress = dict(progress)
    Run.objects.filter(pk=run.pk).update(progress=run.progress)
    news.of_progress(run).save()


def tell(events: Sequence[RunEvent]) -> None:
    """Write many news at once."""
    RunEvent.objects.bulk_create(events, batch_size=AT_ONCE)


def storable(text: str) -> str:
    # PostgreSQL refuses NUL in text, and no database takes half a surrogate pair.
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
