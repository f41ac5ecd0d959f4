"""What the studio adds to the computing itself. Run by hand; prints a Markdown table:

    python tests/benchmarks/overhead.py [--rounds 7] [--url http://… --token … --session …]

Starts a studio of its own in a temporary folder, unless told of one that runs. Everything is measured from outside, as
a browser sees it: from the request that submits a run to the news of its end on the WebSocket.

1. A ten-node pipeline on adult.csv (prepare, train, evaluate, cross-validate) against a plain script that does the same
   in this process, alternating, both warm. The same without the cross-validation stands beside it: the less there is to
   compute, the more what the studio adds shows (each table kept, a process forked, a queue, news).
2. Forty trivial nodes in a chain, nothing reused.
3. From the click on Run to the first log line.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # as the studio's own children have it

ADULT = ROOT.parent / "shared" / "data" / "adult.csv"
CHAIN = 40
FOLDS = 10


@dataclass
class Data:
    name: str
    label: str
    path: Path  # the table of the studio's own version: both sides read the same bytes
    text: list[str]
    numbers: list[str]


class Studio:
    """An API token for requests and a signed-in socket for news."""

    def __init__(self, url: str, token: str, session: str, workspace: str) -> None:
        import httpx

        self.workspace = workspace
        self.http = httpx.Client(
            base_url=f"{url}/api/v1/w/{workspace}/", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        from websockets.sync.client import connect

        opened = connect(
            url.replace("http", "ws", 1) + "/ws/news", origin=url, additional_headers={"Cookie": session}
        )
        self.socket = contextlib.ExitStack().enter_context(opened)
        self.socket.send(json.dumps({"topic": "workspace", "id": workspace}))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.http.request(method, path, json=body)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text[:800]}"
        return reply.json() if reply.content else None

    def pipeline(self, name: str, graph: dict[str, Any]) -> dict[str, Any]:
        return self.call("POST", "pipelines", {"name": name, "graph": graph})

    def run(self, pipeline: dict[str, Any]) -> tuple[float, float]:
        """(seconds to the first log line, seconds to the end), both from the click."""
        clicked = time.perf_counter()
        body = {"revision": pipeline["revision"], "mode": "all", "reuse": False}
        run_id = self.call("POST", f"pipelines/{pipeline['id']}/runs", body)["run_id"]
        self.socket.send(json.dumps({"topic": "run", "id": run_id, "after": 0}))
        first = None
        while True:
            news = json.loads(self.socket.recv(timeout=600))
            if news["type"] == "log" and first is None and news["topic"] == "run":
                first = time.perf_counter() - clicked
            if news["type"] == "run" and news["body"]["run_id"] == run_id:
                status = news["body"]["status"]
                if status in ("failed", "errored", "cancelled"):
                    raise AssertionError(news["body"]["error"])
                if status == "completed" and (news["topic"] == "run" or first is not None):
                    ended = time.perf_counter() - clicked
                    self.socket.send(json.dumps({"topic": "run", "id": run_id, "stop": True}))
                    return first if first is not None else float("nan"), ended

    def upload(self, source: Path, name: str) -> None:
        content = source.read_bytes()
        upload = self.call("POST", "data/uploads", {"filename": source.name, "size": len(content)})
        at = 0
        while at < len(content):
            part = content[at : at + upload["chunk_size"]]
            headers = {"Upload-Offset": str(at), "Content-Type": "application/octet-stream"}
            reply = self.http.patch(f"data/uploads/{upload['id']}", content=part, headers=headers)
            assert reply.is_success, reply.text
            at += len(part)
        self._until(lambda: self.call("GET", f"data/uploads/{upload['id']}")["status"] == "inspected")
        self.call("POST", f"data/uploads/{upload['id']}/import", {"name": name})
        self._until(lambda: self.call("GET", f"data/{name}/versions")["results"][0]["status"] == "ready")

    def _until(self, done: Any) -> None:
        deadline = time.monotonic() + 120
        while not done():
            assert time.monotonic() < deadline
            time.sleep(0.1)


def node(id: str, component: str, **params: Any) -> dict[str, Any]:
    return {
        "id": id,
        "component": component,
        "version": 1,
        "title": id,
        "x": 0,
        "y": 0,
        "params": params,
        "comment": "",
    }


def edge(source: str, port: str, target: str, target_port: str = "rows") -> dict[str, str]:
    return {"source": source, "source_port": port, "target": target, "target_port": target_port}


def ten_nodes(data: Data, *, folds: int) -> dict[str, Any]:
    """Ten nodes; with no folds nine, Select Columns in place of Cross-Validate makes them ten again."""
    every = {"all": True, "kinds": [], "names": [], "except": []}
    text = {"all": False, "kinds": [], "names": data.text, "except": []}
    numbers = {"all": False, "kinds": [], "names": data.numbers, "except": []}
    nodes = [
        node("data", "data", asset={"name": data.name, "version": None}),
        node("clean", "clean-missing-data", columns=every, mode="mode"),
        node("normalize", "normalize-data", columns=numbers),
        node("indicators", "indicator-values", columns=text, overwrite=True)
        if data.text
        else node("indicators", "edit-metadata"),
        node("split", "split-data", fraction=0.7, seed=1),
        node("algorithm", "two-class-boosted-tree", trees=100, leaves=20),
        node("train", "train-model", label=data.label),
        node("score", "score-model"),
        node("evaluate", "evaluate-model"),
    ]
    edges = [
        edge("clean", "table", "normalize"),
        edge("normalize", "table", "indicators"),
        edge("indicators", "table", "split"),
        edge("split", "first", "train"),
        edge("algorithm", "untrained", "train", "untrained"),
        edge("train", "model", "score", "model"),
        edge("split", "second", "score"),
        edge("score", "table", "evaluate", "scored"),
    ]
    if folds:
        nodes.append(node("cross-validate", "cross-validate", label=data.label, folds=folds))
        edges += [
            edge("data", "table", "clean"),
            edge("algorithm", "untrained", "cross-validate", "untrained"),
            edge("split", "first", "cross-validate"),
        ]
    else:
        nodes.append(node("select", "select-columns", columns=every))
        edges += [edge("data", "table", "select"), edge("select", "table", "clean")]
    return {"format": 1, "nodes": nodes, "edges": edges}


def plain_script(data: Data, *, folds: int) -> float:
    """The same work as a person would write it: nothing is kept but the scored rows, the model and the evaluation."""
    import joblib
    import lightgbm
    import numpy as np
    import pandas as pd
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import (
        confusion_matrix,
        f1_score,
        log_loss,
        precision_recall_curve,
        roc_auc_score,
        roc_curve,
    )
    from sklearn.model_selection import StratifiedKFold, train_test_split
    from sklearn.preprocessing import StandardScaler

    began = time.perf_counter()
    df = pd.read_parquet(data.path)
    for column in df.columns:
        if df[column].isna().any():
            df[column] = df[column].fillna(df[column].mode()[0])
    df[data.numbers] = StandardScaler().fit_transform(df[data.numbers])
    df = pd.get_dummies(df, columns=data.text)
    df.columns = [str(name).replace(" ", "_") for name in df.columns]
    label = df.pop(data.label).astype("str")
    classes = np.unique(label)
    first, second, y_first, y_second = train_test_split(df, label, train_size=0.7, random_state=1)
    plain = [f"f{n}" for n in range(first.shape[1])]
    first, second = first.set_axis(plain, axis=1), second.set_axis(plain, axis=1)
    settings = {
        "n_estimators": 100,
        "num_leaves": 20,
        "learning_rate": 0.2,
        "min_child_samples": 10,
        "verbose": -1,
    }
    model = lightgbm.LGBMClassifier(**settings).fit(first, y_first)

    def judge(probability: Any, label: Any) -> dict[str, Any]:
        truth, said = (label == classes[1]).to_numpy(), probability >= 0.5
        return {
            "auc": roc_auc_score(truth, probability),
            "log_loss": log_loss(truth, probability),
            "f1": f1_score(truth, said),
            "confusion": confusion_matrix(truth, said).tolist(),
            "roc": [part.tolist() for part in roc_curve(truth, probability)],
            "pr": [part.tolist() for part in precision_recall_curve(truth, probability)],
            "calibration": [part.tolist() for part in calibration_curve(truth, probability, n_bins=10)],
        }

    probability = model.predict_proba(second)[:, 1]
    found = {"test": judge(probability, y_second)}
    if folds:
        out_of_fold = np.zeros(len(first))
        for train, test in StratifiedKFold(folds, shuffle=True, random_state=0).split(first, y_first):
            fold = lightgbm.LGBMClassifier(**settings).fit(first.iloc[train], y_first.iloc[train])
            out_of_fold[test] = fold.predict_proba(first.iloc[test])[:, 1]
            truth = y_first.iloc[test] == classes[1]
            found[f"fold {len(found)}"] = {"auc": roc_auc_score(truth, out_of_fold[test])}
        found["all folds"] = judge(out_of_fold, y_first)
    with tempfile.TemporaryDirectory() as folder:
        second.assign(probability=probability).to_parquet(f"{folder}/scored.parquet")
        joblib.dump(model, f"{folder}/model.joblib")
        Path(folder, "evaluation.json").write_text(json.dumps(found))
    return time.perf_counter() - began


def chain() -> dict[str, Any]:
    """Each takes a small table, says its length and hands it on."""
    start = "import pandas as pd\ndef azureml_main():\n    print('begin')\n    return pd.DataFrame({'x': range(100)}),\n"
    each = "def azureml_main(table):\n    print(len(table))\n    return table,\n"
    nodes = [node(f"n{n}", "python-script", script=each if n else start) for n in range(CHAIN)]
    edges = [edge(f"n{n - 1}", "first", f"n{n}", "first") for n in range(1, CHAIN)]
    return {"format": 1, "nodes": nodes, "edges": edges}


def the_data(studio: Studio, data_dir: Path | None) -> Data:
    if ADULT.exists() and data_dir is not None:
        studio.upload(ADULT, "adult")
        name, label = "adult", "income"
    else:
        name, label = "Breast cancer", "diagnosis"
    columns = {c["name"]: c["kind"] for c in studio.call("GET", f"data/{name}/versions/1/profile")["columns"]}
    assert data_dir is not None, "The plain script reads the studio's own table: it needs --data-dir."
    import sqlite3

    with contextlib.closing(sqlite3.connect(data_dir / "atelier.sqlite3")) as database:
        query = (
            "select v.path from data_dataversion v join data_dataasset a on a.id = v.asset_id "
            "where a.name = ? and v.status = 'ready' order by v.id desc"
        )
        path = data_dir / "store" / database.execute(query, [name]).fetchone()[0]
    return Data(
        name, label, path,
        [c for c, kind in columns.items() if kind in ("text", "category", "boolean") and c != label],
        [c for c, kind in columns.items() if kind in ("integer", "number")],
    )  # fmt: skip


@contextlib.contextmanager
def the_studio(options: argparse.Namespace) -> Iterator[tuple[Studio, Path | None]]:
    if options.url:
        yield Studio(options.url, options.token, options.session, options.workspace), options.data_dir
        return
    from tests.studio.live import StudioServer

    with tempfile.TemporaryDirectory() as folder, StudioServer(Path(folder)) as server:
        yield Studio(server.url, server.token, sign_in(server.sign_in_link()), server.workspace), Path(folder)


def sign_in(link: str) -> str:
    import re

    import httpx

    with httpx.Client(follow_redirects=False) as browser:
        page = browser.get(link)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text[:500]
        browser.post(link, data={"csrfmiddlewaretoken": token[1]}, headers={"Referer": link})
        return next(f"{name}={value}" for name, value in browser.cookies.items() if "session" in name)


def machine() -> str:
    cpu = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), cpu)
    load = os.getloadavg()[0]
    return f"{cpu}, {os.cpu_count()} cores, load {load:.1f}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--url", default="")
    parser.add_argument("--token", default="")
    parser.add_argument("--session", default="", help="the session cookie of a signed-in browser, NAME=VALUE")
    parser.add_argument("--workspace", default="sample")
    parser.add_argument("--data-dir", type=Path, default=None, help="the running studio's data folder")
    options = parser.parse_args()
    with the_studio(options) as (studio, data_dir):
        data = the_data(studio, data_dir)
        measured: dict[str, list[tuple[float, float]]] = {}
        for folds in (FOLDS, 0):
            ten = studio.pipeline(f"Benchmark: ten, {folds} folds", ten_nodes(data, folds=folds))
            plain_script(data, folds=folds), studio.run(ten)  # warm
            what = "with 10-fold cross-validation" if folds else "without cross-validation"
            measured[what] = [
                (plain_script(data, folds=folds), studio.run(ten)[1]) for _ in range(options.rounds)
            ]
        forty = studio.pipeline("Benchmark: forty", chain())
        studio.run(forty)
        chains = [studio.run(forty) for _ in range(options.rounds)]
    report(data, measured, chains)


def report(
    data: Data, measured: dict[str, list[tuple[float, float]]], chains: list[tuple[float, float]]
) -> None:
    rows: list[tuple[str, str, str, Any]] = []
    for what, pairs in measured.items():
        plain, ours = [p for p, _ in pairs], [o for _, o in pairs]
        ratio = statistics.median(ours) / statistics.median(plain)
        rows += [
            (f"Ten nodes on {data.name}, {what}: plain script", seconds(plain), "", ""),
            (f"Ten nodes on {data.name}, {what}: studio", seconds(ours), "", ""),
            ("… ratio of the medians", f"{ratio:.2f}", "≤ 1.15", ratio <= 1.15),
        ]
    firsts, ends = [first for first, _ in chains], [end for _, end in chains]
    rows += [
        (
            f"{CHAIN} trivial nodes in a chain, click to done",
            seconds(ends),
            "≤ 1.2 s",
            statistics.median(ends) <= 1.2,
        ),
        ("Click to first log line", seconds(firsts), "< 0.5 s", statistics.median(firsts) < 0.5),
    ]
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    print(f"{today}, {machine()}; median (least … most) of {len(chains)}\n")  # noqa: T201
    print("| what | measured | target | met |\n|---|---|---|---|")  # noqa: T201
    for what, found, target, met in rows:
        print(f"| {what} | {found} | {target} | {'' if met == '' else 'yes' if met else 'no'} |")  # noqa: T201


def seconds(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} s ({min(values):.2f} … {max(values):.2f})"


if __name__ == "__main__":
    main()
