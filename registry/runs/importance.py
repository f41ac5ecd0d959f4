"""Which parameters made the difference: how much worse a random forest guesses a metric when one of them is shuffled.

The forest is small and written here in NumPy, so that the web process needs no scikit-learn, and bounded in rows,
parameters and time, so that an answer takes a second at most. Importance is measured on the runs that a tree has not
seen (those its bootstrap left out), which keeps a parameter of many values from looking important by being remembered.
Of two parameters that move together each looks less important than it is; correlations are given beside it.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LEAST_RUNS = 5
MOST_RUNS = 1500
MOST_PARAMS = 40
MOST_CATEGORIES = 40
TREES = 48
LEAST_TREES = 8
DEPTH = 7
DRAWS = 3  # thresholds tried for each parameter at a node
SECONDS = 1.2
METHOD = "permutation importance of a random forest"


@dataclass(frozen=True, slots=True)
class Importance:
    key: str
    importance: float  # the share of the metric's variance that guesses lose when the parameter is shuffled
    correlation: float | None  # of ranks (Spearman), from -1 to 1; none for texts
    is_number: bool
    runs: int  # that have it


@dataclass(frozen=True, slots=True)
class Findings:
    runs: int
    trees: int
    # The share of the variance that the forest guesses right in runs it has not seen. Below 0: worse than the mean.
    explained: float
    params: list[Importance] = field(default_factory=list)
    left_out: int = 0  # parameters beyond the bound
    reason: str = ""  # why there is nothing to say


def importance(params: Mapping[str, Sequence[str | None]], target: Sequence[float | None]) -> Findings:
    """`params` has one value per run, None where a run has none; `target` the metric of each run."""
    import numpy as np

    values = np.array([np.nan if value is None else value for value in target], dtype=float)
    kept = np.flatnonzero(np.isfinite(values))
    random = np.random.default_rng(1)  # the same runs give the same answer
    if len(kept) > MOST_RUNS:
        kept = np.sort(random.choice(kept, MOST_RUNS, replace=False))
    y = values[kept]
    if len(kept) < LEAST_RUNS:
        return Findings(len(kept), 0, 0.0, reason=f"At least {LEAST_RUNS} runs with this metric are needed.")
    columns = {key: [given[at] for at in kept] for key, given in params.items()}
    varying = [key for key, given in columns.items() if len(set(given)) > 1]
    # What is set in most runs says more than what is set in few.
    varying.sort(key=lambda key: sum(value is None for value in columns[key]))
    chosen = varying[:MOST_PARAMS]
    if not chosen:
        return Findings(len(kept), 0, 0.0, reason="These runs have no parameter that differs.")
    spread = float(y.max() - y.min())
    if not spread or not np.isfinite(spread):
        return Findings(len(kept), 0, 0.0, reason="The metric is the same in all of these runs.")

    y = (y - y.mean()) / y.std()
    encoded = [_encoded(columns[key]) for key in chosen]
    table = np.column_stack([column for column, _ in encoded])
    is_text = np.array([not is_number for _, is_number in encoded])
    losses, explained, trees = _forest(table, y, is_text, random)
    found = [
        Importance(
            key=key,
            importance=max(0.0, float(loss)),
            correlation=_spearman(columns[key], y) if is_number else None,
            is_number=is_number,
            runs=sum(value is not None for value in columns[key]),
        )
        for key, loss, (_, is_number) in zip(chosen, losses, encoded, strict=True)
    ]
    found.sort(key=lambda one: (-one.importance, one.key))
    return Findings(len(kept), trees, explained, found, left_out=len(varying) - len(chosen))


def as_number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None and "_" not in text else None
    except ValueError:
        return None
    return number if number is not None and number - number == 0 else None


def _encoded(given: Sequence[str | None]) -> tuple[Any, bool]:
    """Ranks of numbers, so that 1e-5 … 1e-1 is as wide as 1 … 5; numbers of texts. Without a value: a place of its own."""
    import numpy as np

    numbers = [as_number(value) for value in given]
    if all((number is None) == (value is None) for number, value in zip(numbers, given, strict=True)):
        places = {
            value: place for place, value in enumerate(sorted({n for n in numbers if n is not None}), 1)
        }
        most = max(len(places), 1)
        return np.array([-0.5 if n is None else places[n] / most for n in numbers]), True
    counts: dict[str | None, int] = {}
    for value in given:
        counts[value] = counts.get(value, 0) + 1
    # The frequent ones by themselves, the rare ones together.
    codes = {
        value: code
        for code, value in enumerate(
            sorted(counts, key=lambda v: (-counts[v], str(v)))[: MOST_CATEGORIES - 1]
        )
    }
    return np.array([float(codes.get(value, MOST_CATEGORIES - 1)) for value in given]), False


def _forest(table: Any, y: Any, is_text: Any, random: Any) -> tuple[Any, float, int]:
    import numpy as np

    rows, columns = table.shape
    began = time.monotonic()
    losses = np.zeros(columns)
    guesses, guessed, trees = np.zeros(rows), np.zeros(rows), 0
    for _ in range(TREES):
        if trees >= LEAST_TREES and time.monotonic() - began > SECONDS:
            break
        drawn = random.integers(0, rows, rows)
        unseen = np.setdiff1d(np.arange(rows), drawn)
        if not len(unseen):
            continue
        tree = _Tree(table[drawn], y[drawn], is_text, random)
        held = table[unseen]
        guess = tree.guess(held)
        guesses[unseen] += guess
        guessed[unseen] += 1
        error = np.mean((y[unseen] - guess) ** 2)
        for column in range(columns):
            shuffled = held.copy()
            shuffled[:, column] = random.permutation(shuffled[:, column])
            losses[column] += np.mean((y[unseen] - tree.guess(shuffled)) ** 2) - error
        trees += 1
    seen = guessed > 0
    explained = (
        1.0 - float(np.mean((y[seen] - guesses[seen] / guessed[seen]) ** 2) / max(np.var(y[seen]), 1e-12))
        if seen.any()
        else 0.0
    )
    return losses / max(trees, 1), explained, trees


class _Tree:
    """Splits at random thresholds, the best of a few. Texts get random places at every node, which makes a threshold a
    random division of them."""

    def __init__(self, table: Any, y: Any, is_text: Any, random: Any) -> None:
        import numpy as np

        self.is_text = is_text
        self.column, self.threshold, self.below, self.above, self.value = [], [], [], [], []  # type: ignore[var-annotated]
        self.places: list[Any] = []
        self._grow(table, y, random, 0)
        self.column = np.array(self.column)
        self.threshold, self.value = np.array(self.threshold), np.array(self.value)
        self.below, self.above = np.array(self.below), np.array(self.above)
        self.places = np.array(self.places)

    def _grow(self, table: Any, y: Any, random: Any, depth: int) -> int:
        import numpy as np

        node = len(self.column)
        places = random.random(MOST_CATEGORIES)
        for column, start in (
            (self.column, -1),
            (self.threshold, 0.0),
            (self.below, 0),
            (self.above, 0),
            (self.value, float(y.mean())),
        ):
            column.append(start)
        self.places.append(places)
        if depth >= DEPTH or len(y) < 4 or y.max() == y.min():
            return node
        placed = table.copy()
        placed[:, self.is_text] = places[table[:, self.is_text].astype(int)]
        low, high = placed.min(axis=0), placed.max(axis=0)
        thresholds = low + random.random((DRAWS, placed.shape[1])) * (high - low)
        is_below = placed[None, :, :] <= thresholds[:, None, :]
        count = is_below.sum(axis=1)
        total = (is_below * y[None, :, None]).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = total**2 / count + (y.sum() - total) ** 2 / (len(y) - count)
        gain = np.where((count > 0) & (count < len(y)), gain, -np.inf)
        # Of half of the parameters, another half at every node: the strongest one must not hide the others.
        passed = random.random(placed.shape[1]) < 0.5
        if passed.any() and not passed.all():
            gain[:, passed] = -np.inf
        draw, column = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if not np.isfinite(gain[draw, column]):
            return node
        goes_below = is_below[draw, :, column]
        self.column[node], self.threshold[node] = int(column), float(thresholds[draw, column])
        self.below[node] = self._grow(table[goes_below], y[goes_below], random, depth + 1)
        self.above[node] = self._grow(table[~goes_below], y[~goes_below], random, depth + 1)
        return node

    def guess(self, table: Any) -> Any:
        import numpy as np

        at = np.zeros(len(table), dtype=int)
        rows = np.arange(len(table))
        for _ in range(DEPTH):
            column = self.column[at]
            inner = column >= 0
            if not inner.any():
                break
            given = table[rows, column]
            text = self.is_text[column] & inner
            given = np.where(text, self.places[at, np.where(text, given, 0).astype(int)], given)
            at = np.where(inner, np.where(given <= self.threshold[at], self.below[at], self.above[at]), at)
        return self.value[at]


def _spearman(given: Sequence[str | None], y: Any) -> float | None:
    import numpy as np

    numbers = [as_number(value) for value in given]
    there = np.array([number is not None for number in numbers])
    x = np.array([number for number in numbers if number is not None])
    if len(x) < 3:
        return None
    one, other = _ranks(x), _ranks(y[there])
    if one.std() == 0 or other.std() == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: Any) -> Any:
    """Equal values share the mean of their ranks."""
    import numpy as np

    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[place]
