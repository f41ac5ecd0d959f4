"""Segments: who shares a process. Drawn graphs, and whatever graph hypothesis can think of."""

from hypothesis import given
from hypothesis import strategies as st

from registry.runs.spec import Source, Step
from studio.engine import segments
from studio.engine.segments import downstream, plan, ready, sources


def step(id: str, *after: str) -> Step:
    return Step(
        id=id,
        title=id,
        component="any",
        version=1,
        inputs={f"p{n}": Source(a, "out") for n, a in enumerate(after)},
    )


def ids(found: list[segments.Segment]) -> list[list[str]]:
    return [segment.ids() for segment in found]


def test_a_chain_is_one_segment():
    chain = [step("n0"), *(step(f"n{n}", f"n{n - 1}") for n in range(1, 40))]

    assert ids(plan(chain, set())) == [[f"n{n}" for n in range(40)]]


def test_a_source_joins_whoever_reads_it_first():
    # data -> split -> train <- algorithm
    steps = [step("algorithm"), step("data"), step("split", "data"), step("train", "algorithm", "split")]

    assert ids(plan(steps, set())) == [["data", "split", "algorithm", "train"]]


def test_a_second_branch_starts_a_segment_of_its_own_as_soon_as_its_input_is_there():
    # split -> one -> score1 ; split -> two -> score2 (which reads the split too) ; both -> evaluate
    steps = [
        step("split"), step("one", "split"), step("two", "split"), step("score1", "one", "split"),
        step("score2", "two", "split"), step("evaluate", "score1", "score2"),
    ]  # fmt: skip
    found = plan(steps, set())

    assert ids(found) == [["split", "one", "score1"], ["two", "score2"], ["evaluate"]]
    assert [segment.waits_for for segment in found] == [set(), {"split"}, {"score1", "score2"}]
    assert ids(ready(found, {"split"})) == [["split", "one", "score1"], ["two", "score2"]]


def test_on_one_core_everything_shares_a_process():
    steps = [step("split"), step("one", "split"), step("two", "split"), step("evaluate", "one", "two")]

    assert ids(plan(steps, set(), cores=1)) == [["split", "one", "two", "evaluate"]]


def test_what_waits_for_a_running_step_does_not_hold_up_what_is_ready():
    steps = [step("after", "running"), step("free", "done")]

    assert ids(ready(plan(steps, {"done"}), {"done"})) == [["free"]]


def test_downstream_is_everything_that_needs_a_step_at_any_distance():
    # a -> b -> c ; d
    steps = [step("a"), step("b", "a"), step("c", "b"), step("d")]

    assert downstream(steps, {"a"}) == {"b", "c"}


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 14))
    return [
        step(f"n{n}", *draw(st.lists(st.sampled_from([f"n{m}" for m in range(n)]), max_size=3, unique=True) if n else st.just([])))
        for n in range(count)
    ]  # fmt: skip


@given(graphs(), st.integers(1, 4), st.data())
def test_every_step_runs_once_in_a_legal_order_and_something_can_always_start(steps, cores, data):
    """Executes plans as the slot does: planning anew whenever something moves, steps finishing in any order."""
    known = {s.id: s for s in steps}
    waiting, finished, running = list(steps), set(), []
    began: list[str] = []
    while waiting or running:
        found = plan(waiting, finished, cores=cores)
        assert sorted(id for segment in found for id in segment.ids()) == sorted(s.id for s in waiting)
        for segment in ready(found, finished)[: max(0, cores - len(running))]:
            running.append(segment.ids())
            taken = set(segment.ids())
            waiting = [s for s in waiting if s.id not in taken]
        assert running, "nothing runs and nothing can start"
        child = data.draw(st.sampled_from(range(len(running))))
        id = running[child].pop(0)
        if not running[child]:
            del running[child]
        # In its process, everything it reads has been computed before: there, or finished elsewhere.
        assert sources(known[id]) <= finished
        began.append(id)
        finished.add(id)
    assert sorted(began) == sorted(known)


@given(graphs(), st.integers(1, 4), st.data())
def test_when_steps_fail_everything_that_does_not_need_them_still_runs(steps, cores, data):
    failing = set(data.draw(st.lists(st.sampled_from([s.id for s in steps]), unique=True)))
    lost = failing | downstream(steps, failing)
    waiting = list(steps)
    finished: set[str] = set()
    while True:
        able = ready(plan(waiting, finished, cores=cores), finished)
        if not able:
            break
        ran = able[0].ids()
        waiting = [s for s in waiting if s.id not in ran]
        for id in ran:
            if id in failing:
                skipped = downstream(steps, {id})
                waiting = [s for s in waiting if s.id not in skipped]
            elif id not in lost:
                finished.add(id)
    assert finished == {s.id for s in steps} - lost
