"""How fast charts are there: `python -m tests.benchmarks.charts`. Prints a Markdown table.

A live studio is filled over the tracking protocol: a run with one metric of 1,000,000 points, one with 100 metrics of
10,000 points each, one with 5,000 metric names, and 100 runs. Then pages are opened in headless Chromium, which draws in
software on the machine's own cores. Every figure is the median of five fresh pages; time runs from the moment the address
is asked for, so that it has everything in it: page, scripts, names, values, painting. The browser has the studio's files in
its cache, as that of somebody who has been there before.

With `--url` and `--token` a studio that is running already is filled and measured, once: `--runs` takes its runs again.
"""

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.studio.live import StudioServer, browser_for_stories

BATCH = 1000
TRIES = 5
# Painted, and handed to the screen: two frames after the chart says that it is drawn.
FIRST_PICTURE = """() => new Promise(done => {
  const look = () => {
    const charts = document.querySelectorAll('.studio-chart-surface[data-drawn]');
    const lines = [...charts].filter(chart => chart.closest('[data-panel]') && !chart.closest('.studio-chart-body')
      .querySelector('.studio-chart-empty:not([hidden])') && !chart.closest('[aria-label=""]'));
    const ready = [...lines].some(chart => chart.parentElement.getAttribute('aria-label'));
    if (!ready) { requestAnimationFrame(look); return; }
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
  };
  look();
})"""
WHOLE_WINDOW = """() => new Promise(done => {
  const look = () => {
    const seen = [...document.querySelectorAll('[data-panel]')].filter(panel => {
      const box = panel.getBoundingClientRect();
      return box.bottom > 0 && box.top < innerHeight;
    });
    const ready = seen.length && seen.every(panel => panel.querySelector('.studio-chart[aria-label] [data-drawn]'));
    if (!ready) { requestAnimationFrame(look); return; }
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
  };
  look();
})"""


class Client:
    """The tracking protocol, as far as filling takes."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/api/2.0/mlflow/{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.loads(response.read() or "{}")

    def run(self, experiment: str, name: str, params: dict[str, Any] | None = None) -> str:
        made = self.call(
            "runs/create", {"experiment_id": experiment, "run_name": name, "start_time": 1_760_000_000_000}
        )
        run = made["run"]["info"]["run_id"]
        given = [{"key": key, "value": str(value)} for key, value in (params or {}).items()]
        if given:
            self.call("runs/log-batch", {"run_id": run, "params": given})
        return run

    def metrics(self, run: str, metrics: list[tuple[str, float, int]]) -> None:
        """Key, value, step; a second passes between steps."""
        for start in range(0, len(metrics), BATCH):
            batch = [
                {"key": key, "value": told(value), "step": step, "timestamp": 1_760_000_000_000 + step * 1000}
                for key, value, step in metrics[start : start + BATCH]
            ]
            self.call("runs/log-batch", {"run_id": run, "metrics": batch})

    def end(self, run: str) -> None:
        self.call("runs/update", {"run_id": run, "status": "FINISHED", "end_time": 1_760_001_000_000})


def told(value: float) -> float | str:
    """JSON has no numbers that are not finite; the protocol writes words."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def wave(step: int, of: int, shift: float = 0.0) -> float:
    return 2.5 * math.exp(-4 * step / of) + 0.2 + 0.05 * math.sin(step * 12.9898 + shift)


def fill(client: Client) -> dict[str, str]:
    experiment = client.call("experiments/create", {"name": f"Charts {time.time():.0f}"})["experiment_id"]
    runs = {"experiment": experiment}

    say("1,000,000 points of one metric …")
    runs["long"] = client.run(experiment, "Long")
    client.metrics(runs["long"], [("loss", wave(step, 1_000_000), step) for step in range(1_000_000)])
    client.end(runs["long"])

    say("100 metrics of 10,000 points …")
    runs["wide"] = client.run(experiment, "Wide")
    names = [f"group{n // 10}/metric{n % 10}" for n in range(100)]
    client.metrics(
        runs["wide"],
        [(name, wave(step, 10_000, at), step) for step in range(10_000) for at, name in enumerate(names)],
    )
    client.end(runs["wide"])

    say("5,000 metric names …")
    runs["many"] = client.run(experiment, "Many")
    client.metrics(
        runs["many"],
        [(f"layer{n % 50}/weight{n}", wave(step, 5, n), step) for n in range(5000) for step in range(5)],
    )
    client.end(runs["many"])

    say("100 runs of 1,000 points …")
    sweep = client.call("experiments/create", {"name": f"Sweep {time.time():.0f}"})["experiment_id"]
    runs["sweep"] = sweep
    for at in range(100):
        run = client.run(
            sweep,
            f"trial {at}",
            {"learning_rate": 10 ** (-5 + 4 * (at * 37 % 100) / 100), "depth": at % 5 + 2},
        )
        client.metrics(run, [("val/loss", wave(step, 1000, at) + at % 5 / 10, step) for step in range(1000)])
        client.end(run)
    return runs


def measure(browser: Any, sign_in: str, url: str, runs: dict[str, str]) -> list[tuple[str, str, str]]:
    home = f"{url}/w/sample/runs"
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(sign_in)
    page.get_by_role("button", name="Continue as").click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    rows: list[tuple[str, str, str]] = []

    def opened(what: str, address: str, until: str, goal: str) -> None:
        say(f"{what} …")
        times = []
        for attempt in range(TRIES + 1):
            fresh = context.new_page()
            fresh.goto(address, wait_until="commit")
            took = fresh.evaluate(until)
            if attempt:  # the first fills the caches
                times.append(took)
            fresh.close()
        rows.append(
            (what, f"{statistics.median(times):,.0f} ms ({min(times):,.0f} – {max(times):,.0f})", goal)
        )

    opened(
        "1,000,000 points, address to drawn chart",
        f"{home}/{runs['long']}/?tab=metrics",
        FIRST_PICTURE,
        "1,000 ms",
    )
    opened(
        "100 metrics × 10,000 steps, first picture",
        f"{home}/{runs['wide']}/?tab=metrics",
        FIRST_PICTURE,
        "1,000 ms",
    )
    opened("the same, all charts in the window", f"{home}/{runs['wide']}/?tab=metrics", WHOLE_WINDOW, "")
    opened(
        "5,000 metric names, all charts in the window",
        f"{home}/{runs['many']}/?tab=metrics",
        WHOLE_WINDOW,
        "",
    )

    page.goto(f"{home}/{runs['long']}/?tab=metrics")
    page.evaluate(FIRST_PICTURE)
    rows.append(("zoom into a tenth of 1,000,000 points, drawn", f"{zoom(page):,.0f} ms", ""))
    page.goto(f"{home}/{runs['many']}/?tab=metrics")
    page.evaluate(WHOLE_WINDOW)
    rows.append(("scroll through 5,000 charts, frames", scroll(page), ""))
    context.close()
    return rows


def zoom(page: Any) -> float:
    """From letting go of the mouse to the picture of the answer."""
    page.evaluate("""() => {
      window.answered = new Promise(done => {
        const open = window.fetch;
        window.fetch = async (...asked) => {
          const answer = await open(...asked);
          if (String(asked[0]).includes('/metrics/curves')) setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(
            () => done(performance.now()))));
          return answer;
        };
      });
      document.addEventListener('pointerup', () => { window.released = performance.now(); }, {capture: true});
    }""")
    box = page.locator(".studio-chart").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.58, box["y"] + 62, steps=3)
    page.mouse.up()
    return float(page.evaluate("window.answered.then(at => at - window.released)"))


def scroll(page: Any) -> str:
    frames = sorted(
        page.evaluate("""() => new Promise(done => {
          const frames = []; let last = performance.now(); const began = last;
          const step = now => {
            frames.push(now - last); last = now;
            window.scrollBy(0, 60);
            if (now - began < 3000) requestAnimationFrame(step); else done(frames);
          };
          requestAnimationFrame(step);
        })""")
    )
    charts = page.locator(".studio-panel-card").count()
    return f"p50 {statistics.median(frames):.0f} ms, p95 {frames[int(len(frames) * 0.95) - 1]:.0f} ms; {charts} charts alive"


def say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url")
    parser.add_argument("--token")
    parser.add_argument("--sign-in", help="a one-time link of that studio")
    parser.add_argument("--runs", help="JSON of an earlier filling")
    given = parser.parse_args()
    with browser_for_stories() as browser:
        if given.url:
            runs = json.loads(given.runs) if given.runs else fill(Client(given.url, given.token))
            say(json.dumps(runs))
            rows = measure(browser, given.sign_in, given.url, runs)
        else:
            with tempfile.TemporaryDirectory() as folder, StudioServer(Path(folder)) as server:
                runs = fill(Client(server.url, server.token))
                rows = measure(browser, server.sign_in_link(), server.url, runs)
    print("| what | measured | goal |\n| --- | --- | --- |")  # noqa: T201
    for row in rows:
        print(f"| {' | '.join(row)} |")  # noqa: T201


if __name__ == "__main__":
    main()
