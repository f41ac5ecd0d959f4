"""What a comparison of a filter means for runs."""

from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat

from registry.runs import goals
from registry.runs.models import DatasetUse, MetricSummary, Param, Star, Tag
from registry.runs.search import where
from registry.runs.search.errors import BadFilter, did_you_mean, shown
from registry.runs.search.tree import Compare, Tree
from registry.runs.states import RunStatus

# As the tracking protocol calls the states of runs.
PROTOCOL_STATUS = {
    "SCHEDULED": (RunStatus.QUEUED,),
    "RUNNING": (RunStatus.RUNNING, RunStatus.CANCELLING),
    "FINISHED": (RunStatus.COMPLETED,),
    "FAILED": (RunStatus.FAILED, RunStatus.ERRORED),
    "KILLED": (RunStatus.CANCELLED, RunStatus.SKIPPED),
}
OUR_STATUS = {str(status): (status,) for status in RunStatus}
CONTEXT = "mlflow.data.context"
NAME_TAG = "mlflow.runName"  # kept as the run's own name

COLUMNS = {"last": "last", "min": "minimum", "max": "maximum"}
TEXTS = {
    "run_id": "run_id",
    "name": "name",
    "run_name": "name",
    "kind": "kind",
    "experiment": "experiment__name",
    "user": "created_by__username",
    "user_id": "client_user",
    "source": "source",
}
TIMES = {
    "created": "created_at",
    "started": "started_at",
    "start_time": "started_at",
    "ended": "ended_at",
    "end_time": "ended_at",
}
NUMBERS = {"duration": "seconds"}


def metric_column(key: str, part: str) -> str:
    """The column of a summary that `metrics.key:part` names."""
    if part == "best":
        return "minimum" if goals.direction(key) == "min" else "maximum"
    return COLUMNS[part or "last"]


def condition(tree: Tree | None, user: Any = None, *, strict: bool = False) -> Q:
    """`strict`: in the words of the tracking protocol. `user`: whose stars."""
    return where.all_of(tree, lambda c: one(c, user, strict))


def one(c: Compare, user: Any = None, strict: bool = False) -> Q:
    match c.name.group:
        case "metrics":
            return _metric(c)
        case "params":
            return where.related(Param, "run", c)
        case "tags" if c.name.key == NAME_TAG:
            return where.text("name", c)
        case "tags":
            return where.related(Tag, "run", c)
        case "datasets":
            return _dataset(c)
    key = c.name.key
    if key == "user_id":
        # As the protocol tells it: whom the client named, else who sent it.
        return where.text_of(Coalesce("client_user", "created_by__username", Value("unknown")), c)
    if key in TEXTS:
        return where.text(TEXTS[key], c)
    if key in TIMES:
        return where.moment(TIMES[key], c)
    if key in NUMBERS:
        return where.number(NUMBERS[key], c)
    if key == "status":
        return _status(c, strict)
    if key == "starred":
        mine = Exists(Star.objects.filter(run=OuterRef("pk"), user=user))
        return Q(mine) if (c.value == "true") == (c.operator == "=") else Q(~mine)
    return _artifact_uri(c)


def metric_value(column: str, c: Compare) -> Q:
    """Of one summary. Not-a-number (null there) differs from every number, and is no larger or smaller than any."""
    if c.operator == "!=":
        return Q(**{f"{column}__isnull": True}) | ~Q(**{column: c.value})
    if c.operator == "NOT IN":
        return Q(**{f"{column}__isnull": True}) | where.number(column, c)
    return where.number(column, c)


def _metric(c: Compare) -> Q:
    column = metric_column(c.name.key, c.name.part)
    rows = MetricSummary.objects.filter(run=OuterRef("pk"), key=c.name.key)
    if c.operator in ("IS NULL", "IS NOT NULL"):
        return Q(~Exists(rows)) if c.operator == "IS NULL" else Q(Exists(rows))
    return Q(Exists(rows.filter(metric_value(column, c))))


def _dataset(c: Compare) -> Q:
    uses: QuerySet[DatasetUse] = DatasetUse.objects.filter(run=OuterRef("pk"))
    if c.name.key == "context":
        # Keys with dots are texts of their own in JSON; Django would take them for a path.
        uses = uses.annotate(context=Cast(KeyTextTransform(CONTEXT, "tags"), TextField()))
        matching = uses.filter(where.text("context", c))
    else:
        matching = uses.filter(where.text(f"dataset__{c.name.key}", c))
    return Q(Exists(matching))


def _status(c: Compare, strict: bool) -> Q:
    if strict:
        return where.words("status", c, PROTOCOL_STATUS)
    known = {**OUR_STATUS, **PROTOCOL_STATUS}
    asked = c.value if isinstance(c.value, tuple) else (c.value,)
    if c.operator in ("=", "!=", "IN", "NOT IN"):
        for word in asked:
            if word not in known:
                raise BadFilter.at(
                    c.at, f"There is no state {shown(str(word))!r}; there are {', '.join(OUR_STATUS)}."
                    + did_you_mean(str(word), OUR_STATUS)
                )  # fmt: skip
        meant = {status for word in asked for status in known[str(word)]}
        found = Q(status__in=sorted(meant))
        return found if c.operator in ("=", "IN") else ~found
    return where.words("status", c, OUR_STATUS)


def _artifact_uri(c: Compare) -> Q:
    """As the protocol makes it of where the experiment keeps its artifacts, and the run's id."""
    ours = Case(
        When(experiment__is_default=True, then=Value("mlflow-artifacts:/0")),
        default=Concat(Value("mlflow-artifacts:/"), Cast("experiment_id", CharField())),
        output_field=CharField(),
    )
    folder = Case(When(experiment__artifact_location="", then=ours), default=F("experiment__artifact_location"))
    address = Concat(folder, Value("/"), F("run_id"), Value("/artifacts"), output_field=CharField())
    return Q(experiment__isnull=False) & where.text_of(address, c)
