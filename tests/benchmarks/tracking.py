"""How fast runs are logged and read: our server and `mlflow server` side by side in one run, over HTTP.

    python tests/benchmarks/tracking.py [--database postgresql] [--mlflow-python /path/to/python] [--runs 100000]
                                        [--points 10000000] [--rounds 3] [--only write,search,curves,memory]

Both sides are asked by the same raw client, one after the other, with bodies prepared beforehand, so that what is timed is
the server (and the client's reading of its answers). Prints a Markdown table with the targets. Without `--mlflow-python` an
environment with mlflow is made in a temporary folder. What charts take in a browser is measured by `charts.py`.
"""

import argparse
import contextlib
import http.client
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks import tracking_fill as fill  # noqa: E402
from tests.studio.live import StudioServer, free_port  # noqa: E402

BATCH = 1000
NOW = 1_760_000_000_000
PATIENCE = 120  # seconds for the first answer to a search
PARTS = ("write", "search", "curves", "memory")


class Server:
    """Somebody who speaks the protocol, over one connection that stays open."""

    def __init__(self, url: str, token: str = "") -> None:
        self.host = urllib.parse.urlsplit(url).netloc
        self.headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self.connection = http.client.HTTPConnection(self.host, timeout=600)

    def send(self, path: str, body: bytes, method: str = "POST") -> bytes:
        try:
            self.connection.request(method, path, body, self.headers)
            answer = self.connection.getresponse()
            told = answer.read()
        except (http.client.HTTPException, OSError):
            # A server may close a connection that lay idle.
            self.connection.close()
            self.connection.request(method, path, body, self.headers)
            answer = self.connection.getresponse()
            told = answer.read()
        assert answer.status < 300, f"{path}: {answer.status} {told[:500]!r}"
        return told

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return json.loads(self.send(f"/api/2.0/mlflow/{path}", json.dumps(body).encode()))

    def times(self, path: str, bodies: list[bytes]) -> list[float]:
        """How long each of these calls takes."""
        return [timed(partial(self.send, f"/api/2.0/mlflow/{path}", body)) for body in bodies]

    def run(self, experiment: str = "0") -> str:
        return self.call("runs/create", {"experiment_id": experiment, "start_time": NOW})["run"]["info"]["run_id"]


@dataclass
class Table:
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, ours: str, theirs: str, target: str, met: bool | None) -> None:
        self.rows.append((what, ours, theirs, target, "" if met is None else "yes" if met else "no"))
        print(" · ".join(self.rows[-1]), flush=True)

    def show(self) -> None:
        print("\n| what | Atelier | mlflow server | target | met |\n|---|---|---|---|---|")
        for row in self.rows:
            print(f"| {' | '.join(row)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--mlflow-python", help="python of an environment with mlflow 3; made if not given")
    parser.add_argument("--runs", type=int, default=100_000, help="for the search")
    parser.add_argument("--points", type=int, default=10_000_000, help="while memory is watched")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    asked = parser.parse_args()
    parts = asked.only.split(",")
    # Whoever stops us stops the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="atelier-tracking-")))
        ours_at, theirs_at = stack.enter_context(databases(asked.database, home))
        if ours_at:
            os.environ["DATABASE_URL"] = ours_at
        (home / "studio").mkdir()
        studio = stack.enter_context(StudioServer(home / "studio"))
        mlflow = stack.enter_context(mlflow_server(asked.mlflow_python or made(home), theirs_at, home))
        ours, theirs = Server(studio.url, studio.token), Server(mlflow.url)
        table = Table()
        load = os.getloadavg()[0]
        if "write" in parts:
            write(table, ours, theirs, asked.rounds)
        if "search" in parts:
            search(table, ours, theirs, studio, mlflow, asked.runs)
        if "curves" in parts:
            curves(table, ours, studio)
        if "memory" in parts:
            memory(table, ours, studio, asked.points)
        table.show()
        print(
            f"\n{datetime.now(UTC):%-d %B %Y}: {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python "
            f"{platform.python_version()}, {asked.database} both, mlflow {mlflow.version}. Load at the start {load:.1f}, at "
            f"the end {os.getloadavg()[0]:.1f}."
        )


def write(table: Table, ours: Server, theirs: Server, rounds: int) -> None:
    for what, metrics_of in (
        ("log_batch, 1,000 metrics of one step", lambda at: [(f"metric/{n:04d}", at, n) for n in range(BATCH)]),
        ("log_batch, 1,000 steps of one metric", lambda at: [("loss", at * BATCH + n, n) for n in range(BATCH)]),
    ):
        rates: dict[Server, list[float]] = {ours: [], theirs: []}
        for _ in range(rounds):
            for server, batches in ((ours, 60), (theirs, 12)):
                run = server.run()
                bodies = [batch(run, metrics_of(at)) for at in range(batches)]
                rates[server].append(BATCH * batches / sum(server.times("runs/log-batch", bodies)))
        us, they = statistics.median(rates[ours]), statistics.median(rates[theirs])
        table.add(
            what, f"{us:,.0f} points/s", f"{they:,.0f} points/s", f"≥ 10 times ({us / they:.1f}) and ≥ 50,000 points/s",
            us >= 10 * they and us >= 50_000,
        )  # fmt: skip
    rates = {ours: [], theirs: []}
    for _ in range(rounds):
        for server, calls in ((ours, 500), (theirs, 60)):
            run = server.run()
            bodies = [
                json.dumps({"run_id": run, "key": "loss", "value": 1 / (n + 1), "step": n, "timestamp": NOW + n}).encode()
                for n in range(calls)
            ]
            rates[server].append(calls / sum(server.times("runs/log-metric", bodies)))
    us, they = statistics.median(rates[ours]), statistics.median(rates[theirs])
    table.add(
        "log_metric, one client", f"{us:,.0f}/s ({1000 / us:.1f} ms)", f"{they:,.0f}/s ({1000 / they:.1f} ms)",
        f"≥ 3 times ({us / they:.1f})", us >= 3 * they,
    )  # fmt: skip


def search(table: Table, ours: Server, theirs: Server, studio: StudioServer, mlflow: "Mlflow", runs: int) -> None:
    mine = studio.manage("shell", "-v", "0", "-c", fill.OURS.format(runs=runs)).split()[-1]
    its = mlflow.python_says(fill.THEIRS.format(runs=runs, store=mlflow.store)).split()[-1]
    questions = {
        "filter and order on a metric": {"filter": "metrics.auc > 0.5", "order_by": ["metrics.loss ASC"]},
        "filter on a metric and a param": {"filter": "metrics.auc > 0.9 AND params.depth = '3'", "order_by": ["metrics.auc DESC"]},
    }
    found = {what: asked_for(ours, mine, question, tries=9) for what, question in questions.items()}
    ids = [run["info"]["run_id"] for run in ours.call("runs/search", {"experiment_ids": [mine], "max_results": 1000})["runs"]]
    prefix = f"/api/v1/w/{studio.workspace}"
    key = json.loads(ours.send(f"{prefix}/runs/selections", json.dumps({"runs": ids}).encode()))["key"]
    us = statistics.median(timed(lambda: ours.send(f"{prefix}/runs/compare?set={key}", b"", "GET")) for _ in range(5))
    table.add(f"Comparison of {len(ids):,} runs", f"{us * 1000:,.0f} ms", "", "< 1 s", us < 1)
    # Theirs last: a question that it does not answer in time goes on computing.
    for what, question in questions.items():
        names, us = found[what]
        try:
            theirs_names, they = asked_for(theirs, its, question, tries=3)
            said, differ = f"{they * 1000:,.0f} ms", names != theirs_names or not names
        except TimeoutError:
            they, differ = PATIENCE, False
            said = f"no answer in {PATIENCE} s"
        table.add(
            f"A page of 100 among {runs:,} runs, {what}{' (THE ANSWERS DIFFER)' if differ else ''}", f"{us * 1000:,.0f} ms",
            said, f"< 100 ms and ≥ 10 times ({they / us:.0f})", us < 0.1 and they >= 10 * us,
        )  # fmt: skip


def asked_for(server: Server, experiment: str, question: dict[str, Any], tries: int) -> tuple[list[str], float]:
    """The names on the page, and the median time of several tries. Raises `TimeoutError` where the first takes too long."""
    body = json.dumps({"experiment_ids": [experiment], "max_results": 100, **question}).encode()
    patient = http.client.HTTPConnection(server.host, timeout=PATIENCE)
    patient.request("POST", "/api/2.0/mlflow/runs/search", body, server.headers)
    told = json.loads(patient.getresponse().read())
    names = [run["info"]["run_name"] for run in told.get("runs", [])]
    return names, statistics.median(server.times("runs/search", [body] * tries))


def curves(table: Table, ours: Server, studio: StudioServer) -> None:
    prefix = f"/api/v1/w/{studio.workspace}"

    def ask(run: str, keys: list[str], **more: Any) -> tuple[float, dict[str, Any]]:
        body = json.dumps({"runs": [run], "keys": keys, "points": 500, **more}).encode()
        answers = []
        seconds = statistics.median(timed(lambda: answers.append(ours.send(f"{prefix}/metrics/curves", body))) for _ in range(5))
        return seconds, json.loads(answers[0])

    long = ours.run()
    for at in range(1000):
        ours.send("/api/2.0/mlflow/runs/log-batch", batch(long, [("loss", at * BATCH + n, n) for n in range(BATCH)]))
    seconds, told = ask(long, ["loss"])
    assert told["curves"][0]["count"] == 1_000_000
    table.add("Curve of 1,000,000 points", f"{seconds * 1000:,.0f} ms", "", "drawn < 1 s (see charts.py)", seconds < 1)
    seconds, _ = ask(long, ["loss"], low=500_000, high=500_400)
    table.add("The same, zoomed to 400 steps", f"{seconds * 1000:,.0f} ms", "", "", None)
    wide, keys = ours.run(), [f"metric/{n:02d}" for n in range(100)]
    for at in range(1000):
        points = [(key, at * 10 + step, n) for step in range(10) for n, key in enumerate(keys)]
        ours.send("/api/2.0/mlflow/runs/log-batch", batch(wide, points))
    seconds, told = ask(wide, keys)
    assert sum(curve["count"] for curve in told["curves"]) == 1_000_000
    table.add("100 metrics × 10,000 steps in one request", f"{seconds * 1000:,.0f} ms", "", "first picture < 1 s", seconds < 1)


def memory(table: Table, ours: Server, studio: StudioServer, points: int) -> None:
    before, start = resident(studio), size(studio)
    run, began, seen = ours.run(), time.perf_counter(), []
    steps = points // BATCH
    for at in range(steps):
        ours.send("/api/2.0/mlflow/runs/log-batch", batch(run, [(f"metric/{n:04d}", at, n) for n in range(BATCH)]))
        if at % max(steps // 20, 1) == 0:
            seen.append(resident(studio))
    rate = points / (time.perf_counter() - began)
    flat = max(seen[len(seen) // 2 :]) - seen[len(seen) // 4]
    table.add(
        f"Web process while {points:,} points are written", f"{before} MB before, {seen[len(seen) // 4]} MB after a quarter, "
        f"{max(seen)} MB at most", "", "flat", flat < 20,
    )  # fmt: skip
    table.add(
        "The same: sustained, with the client's making of bodies", f"{rate:,.0f} points/s", "", "≥ 50,000 points/s",
        rate >= 50_000,
    )  # fmt: skip
    if start:
        table.add("On disk", f"{(size(studio) - start) / points:.0f} bytes per point", "", "", None)


def batch(run: str, points: list[tuple[str, int, int]]) -> bytes:
    metrics = [
        {"key": key, "value": random.random() + n, "timestamp": NOW + step, "step": step} for key, step, n in points
    ]
    return json.dumps({"run_id": run, "metrics": metrics}).encode()


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def resident(studio: StudioServer) -> int:
    """MB of the web process, a child of `up`."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == studio.pid and b"studio.operations.web" in words:
                pages = int((process / "statm").read_text().split()[1])
                return pages * os.sysconf("SC_PAGE_SIZE") // 1024**2
    raise AssertionError("The web process was not found.")


def size(studio: StudioServer) -> int:
    return sum(file.stat().st_size for file in studio.data_dir.glob("atelier.sqlite3"))


@contextlib.contextmanager
def databases(kind: str, home: Path) -> Iterator[tuple[str, str]]:
    """(ours, theirs), ours empty for the studio's own SQLite."""
    if kind == "sqlite":
        yield "", f"sqlite:///{home}/mlflow.db"
        return
    import psycopg

    from tests.studio.postgresql import postgresql

    with postgresql() as server:
        with psycopg.connect(server.address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE mlflow")
        yield server.address, server.address.rsplit("/", 1)[0] + "/mlflow"


@dataclass
class Mlflow:
    url: str
    python: str
    store: str
    version: str

    def python_says(self, program: str) -> str:
        done = subprocess.run([self.python, "-c", program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextlib.contextmanager
def mlflow_server(python: str, store: str, home: Path) -> Iterator[Mlflow]:
    port = free_port()
    command = [python, "-m", "mlflow", "server", "--backend-store-uri", store, "--port", str(port), "--host", "127.0.0.1"]
    said = (home / "mlflow.log").open("wb")
    made = Mlflow(f"http://127.0.0.1:{port}", python, store, "")
    made.version = made.python_says("import mlflow; print(mlflow.__version__)").strip()
    process = subprocess.Popen(
        [*command, "--artifacts-destination", str(home / "mlflow-artifacts")], cwd=home, stdout=said, stderr=said,
        start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 180
        while True:
            try:
                Server(made.url).send("/health", b"", "GET")
                break
            except (OSError, AssertionError, http.client.HTTPException):
                assert process.poll() is None and time.monotonic() < deadline, (home / "mlflow.log").read_text()[-3000:]
                time.sleep(0.3)
        yield made
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        process.wait(30)
        said.close()


def made(home: Path) -> str:
    """An environment with mlflow of its own."""
    python = home / "mlflow-environment" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(home / "mlflow-environment")], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", "mlflow==3.17.*", "psycopg2-binary"], check=True)
    return str(python)


if __name__ == "__main__":
    main()
