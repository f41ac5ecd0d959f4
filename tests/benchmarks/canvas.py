"""How the canvas feels: `python -m tests.benchmarks.canvas`. Prints a markdown table.

300 nodes are panned and zoomed while a recorder of its own, on requestAnimationFrame, notes when each frame came. A
pipeline of 1,000 nodes is opened and saved. Headless Chromium draws in software on the machine's own cores, so a machine
that is busy, or has two cores, shows its load here; a person's graphics card does better.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.e2e.canvas import Canvas, graph, node
from tests.studio.live import StudioServer, browser_for_stories

RECORDER = """() => {
  const frames = [];
  const longTasks = [];
  new PerformanceObserver(list => longTasks.push(...list.getEntries().map(entry => entry.duration)))
    .observe({entryTypes: ['longtask']});
  let last = performance.now();
  let on = true;
  const tick = now => { frames.push(now - last); last = now; if (on) requestAnimationFrame(tick); };
  requestAnimationFrame(now => { last = now; requestAnimationFrame(tick); });
  window.stopRecording = () => { on = false; return {frames, longTasks}; };
}"""


def drawn(count: int, columns: int) -> dict[str, Any]:
    """A grid of nodes, each fed by the one above it."""
    nodes = [node(f"n{i}", "split-data", (i % columns) * 270, (i // columns) * 160) for i in range(count)]
    return graph(nodes, *[f"n{i}.first > n{i + columns}.rows" for i in range(count - columns)])


def record(canvas: Canvas, act: Any) -> dict[str, float]:
    page = canvas.page
    page.evaluate(RECORDER)
    act(page)
    seen = page.evaluate("window.stopRecording()")
    frames = sorted(seen["frames"])
    return {
        "frames": len(frames),
        "p50": statistics.median(frames),
        "p95": frames[int(len(frames) * 0.95) - 1],
        "long": len(seen["longTasks"]),
    }


def wheel(page: Any, dx: float, dy: float, *, zoom: bool = False) -> None:
    """Three seconds there and back, one event a frame as from a touchpad, sent from inside the page, so that the driver
    is not what is measured."""
    page.evaluate(
        """([dx, dy, ctrlKey]) => new Promise(done => {
          const pane = document.querySelector('.react-flow__pane');
          const box = pane.getBoundingClientRect();
          const began = performance.now();
          const step = () => {
            const spent = performance.now() - began;
            if (spent > 3000) { setTimeout(done, 250); return; }
            const back = spent > 1500 ? -1 : 1;
            pane.dispatchEvent(new WheelEvent('wheel', {deltaX: dx * back, deltaY: dy * back, ctrlKey, bubbles: true,
              cancelable: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}));
            requestAnimationFrame(step);
          };
          step();
        })""",
        [dx, dy, zoom],
    )


def measure(server: StudioServer, page: Any) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []

    def frames(what: str, canvas: Canvas, act: Any) -> None:
        print(f"{what} …", file=sys.stderr)  # noqa: T201
        seen = record(canvas, act)
        rows.append(
            (what, f"p50 {seen['p50']:.1f} ms, p95 {seen['p95']:.1f} ms ({seen['frames']} frames, {seen['long']} long tasks)")
        )

    idle = Canvas(page, server, name="An empty canvas")
    frames("nothing, for comparison", idle, lambda page: wheel(page, 0, 0))

    canvas = Canvas(page, server, name="300 nodes", drawn=drawn(300, 20))
    page.wait_for_function("() => document.querySelectorAll('.dnode').length >= 300")
    page.wait_for_timeout(1500)
    frames("300 nodes, all in sight: pan", canvas, lambda page: wheel(page, 12, 8))
    frames("300 nodes, all in sight: zoom", canvas, lambda page: wheel(page, 0, -6, zoom=True))
    canvas.focus()
    canvas.press("0")
    page.wait_for_timeout(600)
    frames("300 nodes, at 100 %: pan", canvas, lambda page: wheel(page, 24, 16))
    frames("300 nodes, at 100 %: zoom out and in", canvas, lambda page: wheel(page, 0, 5, zoom=True))

    thousand = drawn(1000, 40)
    canvas = Canvas(page, server, name="1,000 nodes", drawn=thousand)
    began = time.perf_counter()
    page.goto(canvas.url, wait_until="commit")
    page.wait_for_function("() => document.querySelectorAll('.dnode').length > 0")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    rows.append(("1,000 nodes: from the address to the first frame with nodes", f"{time.perf_counter() - began:.2f} s"))
    page.wait_for_timeout(2000)
    frames("1,000 nodes, all in sight: pan", canvas, lambda page: wheel(page, 12, 8))
    canvas.focus()
    canvas.press("Control+a", "ArrowRight")
    began = time.perf_counter()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok) as saved:
        pass
    canvas.expect_saved()
    waited = time.perf_counter() - began
    spent = saved.value.request.timing["responseEnd"]
    rows.append(("1,000 nodes, each moved: until it says Saved, with the half second of waiting", f"{waited:.2f} s"))
    rows.append(("1,000 nodes: the save itself", f"{spent:.0f} ms"))
    return rows


def main() -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        StudioServer(Path(folder)) as server,
        browser_for_stories() as browser,
    ):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(server.sign_in_link())
        page.get_by_role("button", name="Continue as").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        rows = measure(server, page)
    print("| what | measured |\n|---|---|")  # noqa: T201
    for row in rows:
        print("| {} | {} |".format(*row))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
