"""Which steps share a process, and what may start now. Pure: steps in, segments out.

A segment is a list of steps executed one after the other in one child. It starts when everything it reads from
outside is finished, so segments cannot wait for each other; what could run at the same time is put into different
segments, except where there is only one core to run on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from registry.runs.spec import Step

# A longer segment would make a killed child cost more than it saves.
LONGEST = 500


@dataclass(slots=True)
class Segment:
    """`waits_for`: the steps outside that must be finished before it starts."""

    steps: list[Step]
    waits_for: set[str] = field(default_factory=set)
    # Steps outside that are certainly finished when this segment begins.
    before: set[str] = field(default_factory=set)

    def ids(self) -> list[str]:
        return [step.id for step in self.steps]


def sources(step: Step) -> set[str]:
    return {source.step for source in step.inputs.values()}


def plan(waiting: Sequence[Step], finished: Collection[str], *, cores: int = 2) -> list[Segment]:
    """Put the waiting steps, given in a legal order, into segments.

    `finished` are steps whose outputs are there. Inputs from any other step outside `waiting` (one that runs just
    now) are waited for. Only the first segments may be ready; the caller plans anew when something has finished.
    """
    segments: list[Segment] = []
    home: dict[str, Segment] = {}
    floating: dict[str, Step] = {}  # read nothing unfinished; they join whoever reads them first

    def place(step: Step, segment: Segment) -> None:
        segment.steps.append(step)
        home[step.id] = segment

    for step in waiting:
        needs = sources(step) - set(finished)
        if not needs and cores > 1:
            floating[step.id] = step
            continue
        settled = needs - floating.keys()
        segment = _that_continues(segments, settled, home, cores)
        if segment is None:
            segment = _new(segments, settled, home)
        segment.waits_for |= {id for id in settled if home.get(id) is not segment}
        # In the order given, which is a legal one.
        for id in [id for id in floating if id in needs]:
            place(floating.pop(id), segment)
        place(step, segment)
    for step in floating.values():
        place(step, _new(segments, set(), home))
    return segments


def ready(segments: Iterable[Segment], finished: Collection[str]) -> list[Segment]:
    return [segment for segment in segments if segment.waits_for <= set(finished)]


def downstream(steps: Iterable[Step], of: Collection[str]) -> set[str]:
    """Everything that needs one of these steps, at any distance. `steps` in a legal order."""
    found: set[str] = set()
    for step in steps:
        if sources(step) & (found | set(of)):
            found.add(step.id)
    return found


def _that_continues(
    segments: list[Segment], needs: set[str], home: Mapping[str, Segment], cores: int
) -> Segment | None:
    """The segment whose last step this one reads, if all else it reads is there by then."""
    if cores == 1:
        # Nothing can run beside it, so one process for as much as possible. It must not wait for what others compute.
        outside = {id for id in needs if id not in home}
        last = segments[-1] if segments and len(segments[-1].steps) < LONGEST else None
        return last if last and outside <= last.before | last.waits_for else None
    for id in needs:
        segment = home.get(id)
        if segment is None or segment.steps[-1].id != id or len(segment.steps) >= LONGEST:
            continue
        if all(home.get(other) is segment or other in segment.before for other in needs):
            return segment
    return None


def _new(segments: list[Segment], waits_for: set[str], home: Mapping[str, Segment]) -> Segment:
    segment = Segment([], set(waits_for))
    for id in waits_for:
        segment.before.add(id)
        if (other := home.get(id)) is not None:
            ids = other.ids()
            segment.before |= other.before | set(ids[: ids.index(id)])
    segments.append(segment)
    return segment
