"""Where runs are looked for, before any filter."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from registry.errors import Invalid
from registry.runs.models import Experiment
from registry.workspaces.models import Workspace

# "kept" is all that is not in the bin: what the tracking protocol calls active.
LIFECYCLES: dict[str, Q] = {
    "active": Q(archived_at=None, deleted_at=None),
    "archived": Q(archived_at__isnull=False, deleted_at=None),
    "kept": Q(deleted_at=None),
    "deleted": Q(deleted_at__isnull=False),
    "all": Q(),
}


@dataclass(frozen=True)
class Scope:
    """`experiments`: their keys, of this workspace (whoever makes the scope has seen to that); None for all there is.
    `ids`: only these runs. `roots`: without those nested in others. `user`: whose stars are meant."""

    workspace: Workspace
    experiments: tuple[int, ...] | None = None
    lifecycle: str = "active"
    ids: tuple[str, ...] | None = None
    roots: bool = False
    user: Any = None

    def __post_init__(self) -> None:
        if self.lifecycle not in LIFECYCLES:
            raise Invalid(
                f"There is no lifecycle {self.lifecycle!r}; there are {', '.join(LIFECYCLES)}.",
                fields={"lifecycle": self.lifecycle},
            )

    def runs(self) -> Q:
        """The condition on runs. Steps belong to no experiment, so an experiment need not be asked for its roots."""
        found = LIFECYCLES[self.lifecycle]
        if self.experiments is None:
            found &= Q(workspace=self.workspace, parent=None)
        else:
            found &= Q(experiment__in=self.experiments)
        if self.ids is not None:
            found &= Q(run_id__in=self.ids)
        if self.roots:
            found &= Q(nested_in=None)
        return found

    def divided(self) -> list["Scope"]:
        """One scope per experiment, where an order is kept by experiment and they are few enough to be merged."""
        keys = self.experiments
        if keys is None:
            keys = tuple(Experiment.objects.filter(workspace=self.workspace).order_by().values_list("pk", flat=True)[:MANY + 1])
        if not 0 < len(keys) <= MANY:
            return [self]
        return [Scope(self.workspace, (key,), self.lifecycle, self.ids, self.roots, self.user) for key in keys]


MANY = 16
