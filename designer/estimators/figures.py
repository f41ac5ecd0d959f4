"""Charts of an evaluation: Plotly figures as plain data, each with its numbers as a table.

Colours and fonts are the page's, light or dark; here stands only what a figure means. Nothing of the
plotly package is imported: building these dictionaries with it would cost more than computing what they
show.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

Figure = dict[str, Any]

GREY = "#868e96"
MOST_POINTS = 400  # of a line
MOST_MARKS = 2000  # of a cloud


def figure(
    id: str,
    title: str,
    traces: Sequence[Mapping[str, Any]],
    *,
    x: str,
    y: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    **layout: Any,
) -> Figure:
    axes = {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}}
    for axis in axes:
        axes[axis] |= layout.pop(axis, {})
    return {
        "id": id,
        "title": title,
        "figure": {"data": list(traces), "layout": {**axes, "showlegend": len(traces) > 1, **layout}},
        "table": {"columns": list(columns), "rows": [list(row) for row in rows]},
    }


def line(name: str, x: Sequence[float], y: Sequence[float], **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "name": name, "x": list(x), "y": list(y), **more}


def marks(name: str, x: Sequence[float], y: Sequence[float], **more: Any) -> dict[str, Any]:
    # Drawn by WebGL only where there are many: a browser allows few such canvases on a page.
    return {
        "type": "scatter", "mode": "markers", "name": name, "x": list(x), "y": list(y),
        "marker": {"size": 5, "opacity": 0.55}, **more,
    }  # fmt: skip


def bars(name: str, x: Sequence[Any], y: Sequence[float], **more: Any) -> dict[str, Any]:
    return {"type": "bar", "name": name, "x": list(x), "y": list(y), **more}


def reference(x: Sequence[float], y: Sequence[float], name: str) -> dict[str, Any]:
    """A dashed grey line to compare with."""
    return line(name, x, y, line={"dash": "dash", "color": GREY, "width": 1}, hoverinfo="skip")


def heatmap(labels: Sequence[str], matrix: "np.ndarray") -> dict[str, Any]:
    import numpy as np

    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    trace = {
        "type": "heatmap", "x": list(labels), "y": list(labels), "z": figures(shares),
        "customdata": matrix.tolist(), "colorscale": "Blues", "zmin": 0, "zmax": 1,
        "colorbar": {"title": {"text": "Share"}},
        "hovertemplate": "true %{y}<br>predicted %{x}<br>%{customdata} rows, %{z:.1%}<extra></extra>",
    }  # fmt: skip
    if len(labels) <= 12:
        trace |= {"text": matrix.tolist(), "texttemplate": "%{text}"}
    return trace


def figures(values: "np.ndarray", digits: int = 6) -> list[Any]:
    """As plain numbers with so many significant digits: nobody reads more, and the file is a third of
    the size."""
    import numpy as np

    values = np.asarray(values, dtype="float64")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
        scale = 10.0 ** np.clip(np.where(np.isfinite(magnitude), digits - 1 - magnitude, 0), -300, 300)
        rounded = np.round(values * scale) / scale
    return np.where(np.isfinite(rounded), rounded, values).tolist()


def thinned(x: "np.ndarray", y: "np.ndarray", most: int = MOST_POINTS) -> "np.ndarray":
    """Positions of at most `most` points that keep the shape of a line, both ends among them: equally
    far apart along it."""
    import numpy as np

    if len(x) <= most:
        return np.arange(len(x))
    width = (np.ptp(x) or 1.0), (np.ptp(y) or 1.0)
    along = np.r_[0.0, np.cumsum(np.abs(np.diff(x)) / width[0] + np.abs(np.diff(y)) / width[1])]
    return np.unique(np.searchsorted(along, np.linspace(0, along[-1], most)).clip(0, len(x) - 1))


def sample(count: int, most: int = MOST_MARKS) -> "np.ndarray":
    """Positions of at most `most` of `count` rows, the same every time."""
    import numpy as np

    if count <= most:
        return np.arange(count)
    return np.sort(np.random.RandomState(0).choice(count, most, replace=False))


def share_shown(count: int, most: int = MOST_MARKS) -> str:
    """For a title: nothing is left out without a word."""
    return f" ({most:,} of {count:,} rows)" if count > most else ""
