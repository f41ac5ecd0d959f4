"""How fast data comes in and is looked at, through a live studio and side by side with DuckDB alone in the same run.

    python tests/benchmarks/data.py [--rounds 3]

Prints figures while it goes and a markdown table at the end. Needs about 2 GB of disk and some minutes.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.studio.live import StudioServer  # noqa: E402

CHUNK = 8 * 1024 * 1024
CSV_BYTES = 200_000_000
COLUMNS = """
    i AS id, (random() * 100)::INT AS age, round(random() * 1e5, 2) AS income, random() AS x1, random() * 10 AS x2,
    round(random() * 50, 3) AS x3, round(random() * 50, 4) AS x4, round(random() * 500, 1) AS x5, round(random() * 9, 5) AS x6,
    round(random() * 9, 2) AS x7, round(random() * 9, 2) AS x8, (random() * 1000)::INT AS k1, (random() * 10)::INT AS k2,
    (random() * 100000)::INT AS k3, ['red', 'green', 'blue', 'black'][1 + (random() * 3)::INT] AS colour,
    'City ' || (random() * 40)::INT AS city, md5(random()::VARCHAR)[:12] AS code,
    (DATE '2020-01-01' + (random() * 1000)::INT) AS day, random() < 0.3 AS flag,
    CASE WHEN random() < 0.1 THEN NULL ELSE round(random() * 70, 2) END AS gap
"""
ALONE = "import duckdb, sys; duckdb.connect().execute(f\"COPY (FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd)\")"
TIMED = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="atelier-benchmark-") as folder:
        home = Path(folder)
        million, large = _files(home)
        (home / "studio").mkdir()
        with StudioServer(home / "studio") as server:
            Benchmark(server, home).run(million, large, rounds)


class Benchmark:
    def __init__(self, server: StudioServer, home: Path) -> None:
        self.server = server
        self.home = home
        self.base = f"{server.url}/api/v1/w/{server.workspace}/data"
        self.lines: list[tuple[str, str, str]] = []

    def run(self, million: Path, large: Path, rounds: int) -> None:
        # The first use of everything after a start pays for imports; a person's second file does not.
        self._bring(million, "warm")
        web = _web_process(self.server.pid)
        before = _memory(web)
        peak = Peak(web)
        name = self._bring(million, "million")[0]
        self._profiled(name)
        alone, ours, parts = [], [], []
        for round_ in range(rounds):
            alone.append(self._duckdb(large))
            asset, seconds, stages = self._bring(large, f"large {round_}")
            # Its profile is still being computed, which DuckDB alone does not do: it must not disturb the next round.
            stages["profile after it"] = self._profiled(asset)
            ours.append(seconds)
            parts.append(stages)
            print(f"  DuckDB alone {alone[-1]:.2f} s, upload to ready {seconds:.2f} s: {_words(stages)}", flush=True)
        peak.stop()
        looking = Peak(web)
        self._looks(name, rounds)
        looking.stop()
        best = ours.index(min(ours))
        ratio = statistics.median(o / a for o, a in zip(ours, alone, strict=True))
        size = large.stat().st_size / 1e6
        self._add("DuckDB alone, the same Parquet", f"{statistics.median(alone):.2f} s", "")
        self._add(f"Upload to ready of a {size:.0f} MB CSV", f"{statistics.median(ours):.2f} s", _words(parts[best]))
        self._add("… as a multiple of DuckDB alone", f"{ratio:.2f}", "at most 1.5")
        work = statistics.median((o - p["upload"]) / a for o, a, p in zip(ours, alone, parts, strict=True))
        self._add("… from the last byte", f"{work:.2f}", "")
        self._add("Web process, memory before", f"{before / 1e6:.0f} MB", "")
        self._add("Web process, peak while files came in", f"{peak.bytes / 1e6:.0f} MB", "flat")
        self._add("Web process, peak while tables were looked at", f"{looking.bytes / 1e6:.0f} MB", "bounded, any size of table")
        self._report()

    def _looks(self, name: str, rounds: int) -> None:
        rows = f"{self.base}/{name}/versions/1/rows"
        looks = [
            ("First screen of 1,000,000 × 20", "", "under 300 ms"),
            ("A sort by a number", "sort=-{x}", "under 1 s"),
            ("A sort by a text", "sort=code", "under 1 s"),
            ("A page in the middle of that sort", "sort=code&offset=500000", ""),
            ("A filter", "filter=" + urllib.parse.quote('[{"column":"age","op":">","value":{n}}]', safe="{}"), ""),
            ("A search in all columns", "search=city+{n}", ""),
        ]
        for title, query, target in looks:
            # Another column or value each time: the second answer to the same question would be a remembered one.
            times = [
                self._timed(f"{rows}?limit=100&{query.replace('{x}', f'x{n + 1}').replace('{n}', str(30 + n))}")
                for n in range(max(3, rounds))
            ]
            self._add(title, f"{statistics.median(times) * 1000:.0f} ms", target)
        stored = self._timed(f"{self.base}/{name}/versions/1/profile")
        self._add("The stored profile", f"{stored * 1000:.0f} ms", "")
        biggest = max((self.server.data_dir / "store" / "data").glob("*/1/table.parquet"), key=lambda p: p.stat().st_size)
        for label, code in (
            ("Profile of 1,000,000 × 20", "from registry.data import profile; profile.compute(__import__('pathlib').Path(sys.argv[1]))"),
            ("SUMMARIZE of DuckDB, for comparison", "duckdb.execute(f\"SUMMARIZE FROM '{sys.argv[1]}'\").fetchall()"),
        ):
            program = "import sys, duckdb, numpy, pyarrow.parquet, pyarrow.compute; " + TIMED.format(code)
            times = [float(_python(program, str(biggest))) for _ in range(3)]
            self._add(label, f"{statistics.median(times):.2f} s", "under 5 s" if label.startswith("Profile") else "")

    def _bring(self, path: Path, name: str) -> tuple[str, float, dict[str, float]]:
        """Upload, let it be looked at, import; the seconds until it is ready, and of the stages."""
        start = time.perf_counter()
        upload = self._ask("POST", f"{self.base}/uploads", {"filename": path.name, "size": path.stat().st_size})
        address = f"{self.base}/uploads/{upload['id']}"
        offset = 0
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                answer = self._ask("PATCH", address, chunk, {"Upload-Offset": str(offset)})
                offset = answer["received"]
        uploaded = time.perf_counter()
        self._until(address, lambda seen: seen["status"] == "inspected")
        inspected = time.perf_counter()
        asset = urllib.parse.quote(name)
        made = self._ask("POST", f"{address}/import", {"name": name})
        version = f"{self.base}/{asset}/versions/{made['number']}"
        self._until(version, lambda seen: seen["status"] == "ready")
        ready = time.perf_counter()
        stages = {"upload": uploaded - start, "inspection": inspected - uploaded, "import": ready - inspected}
        return asset, ready - start, stages

    def _until(self, address: str, arrived) -> None:
        while not arrived(seen := self._ask("GET", address)):
            if seen.get("error"):
                raise SystemExit(seen["error"]["message"])
            # A page asks far less often; asking without a pause would take a core from what is measured.
            time.sleep(0.05)

    def _profiled(self, asset: str) -> float:
        """Seconds until the profile is there too."""
        start = time.perf_counter()
        while self._ask("GET", f"{self.base}/{asset}/versions/1")["progress"]:
            time.sleep(0.05)
        return time.perf_counter() - start

    def _duckdb(self, path: Path) -> float:
        program = "import duckdb, sys; " + TIMED.format(ALONE.split("; ", 1)[1])
        return float(_python(program, str(path), str(self.home / "alone.parquet")))

    def _timed(self, address: str) -> float:
        start = time.perf_counter()
        self._ask("GET", address)
        return time.perf_counter() - start

    def _ask(self, method: str, address: str, body=None, headers=None):
        raw = isinstance(body, bytes)
        request = urllib.request.Request(
            address,
            method=method,
            data=body if raw or body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.server.token}",
                "Content-Type": "application/octet-stream" if raw else "application/json",
                **(headers or {}),
            },
        )
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read())

    def _add(self, what: str, figure: str, target: str) -> None:
        self.lines.append((what, figure, target))
        print(f"{what}: {figure}" + (f" ({target})" if target else ""), flush=True)

    def _report(self) -> None:
        print(f"\n{_machine()}, {datetime.now(UTC):%d %B %Y}, load {os.getloadavg()[0]:.1f}\n")
        print("| what | figure | target or parts |\n|---|---|---|")
        for line in self.lines:
            print("| " + " | ".join(line) + " |")


class Peak:
    """The largest memory of a process while it is watched."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.bytes = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.over.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.over.wait(0.05):
            self.bytes = max(self.bytes, _memory(self.pid))


def _files(home: Path) -> tuple[Path, Path]:
    import duckdb

    million, large = home / "million.parquet", home / "large.csv"
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t AS SELECT {COLUMNS} FROM range(1000000) r(i)")
    connection.execute(f"COPY t TO '{million}' (FORMAT parquet)")
    connection.execute(f"COPY (FROM t LIMIT 100000) TO '{large}' (HEADER)")
    rows = round(100_000 * CSV_BYTES / large.stat().st_size)
    connection.execute(f"COPY (SELECT * FROM (FROM t UNION ALL FROM t) LIMIT {rows}) TO '{large}' (HEADER)")
    return million, large


def _python(program: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def _web_process(parent: int) -> int:
    """The child of `up` that serves HTTP."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rsplit(")", 1)[1].split()[1]) != parent:
                continue
            if b"studio.operations.web" in (status.parent / "cmdline").read_bytes():
                return int(status.parent.name)
        except (OSError, ValueError):
            continue
    raise SystemExit("The web process was not found among the children of `up`.")


def _memory(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def _words(stages: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.2f} s" for name, seconds in stages.items())


def _machine() -> str:
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), platform.machine())
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
