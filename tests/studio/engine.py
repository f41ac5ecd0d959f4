"""A live studio whose database the test reads and writes itself, and the names of its processes."""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from registry.runs.spec import RunSpec, Source, Step

PATIENCE = 60.0  # seconds; a kill test waits for restarts on a machine that may be busy


class LiveEngine:
    """Speaks to the engine as any page does: by the services, on the same database."""

    def __init__(self, server: Any, folder: Path) -> None:
        from registry.accounts.models import User
        from registry.workspaces.models import Workspace

        self.server = server
        self.folder = folder  # where the nodes of a test leave their traces
        self.work = Path(server.data_dir) / "work"
        self.workspace = Workspace.objects.get(slug=server.workspace)
        self.person = User.objects.filter(
            memberships__workspace=self.workspace, memberships__role="owner"
        ).first()

    def submit(self, *steps: Step, **spec: Any) -> Any:
        from registry.runs import services as runs

        spec = {"reuse": False} | spec
        return runs.submit(
            workspace=self.workspace, by=self.person, kind="pipeline", name="Test",
            spec=RunSpec(kind="pipeline", steps=steps, **spec),
        )  # fmt: skip

    def until(self, what: Callable[[], Any], within: float = PATIENCE) -> Any:
        """The first truthy answer. Looks, because what is awaited happens in other processes."""
        deadline = time.monotonic() + within
        while not (found := what()):
            assert time.monotonic() < deadline, f"not within {within:g} s; the studio said:\n{self.said()}"
            time.sleep(0.02)
        return found

    def over(self, run: Any, within: float = PATIENCE) -> Any:
        def is_over() -> bool:
            run.refresh_from_db()
            return run.is_over()

        self.until(is_over, within)
        return run

    def steps(self, run: Any) -> dict[str, str]:
        from registry.runs.models import Run

        return dict(Run.objects.filter(parent=run).order_by("id").values_list("node_id", "status"))

    def step(self, run: Any, node: str) -> Any:
        from registry.runs.models import Run

        return Run.objects.get(parent=run, node_id=node)

    def words(self, run: Any, node: str) -> list[str]:
        from registry.runs.models import LogLine

        lines = (
            LogLine.objects.filter(run__parent=run, run__node_id=node)
            .exclude(stream="studio")
            .order_by("seq")
        )
        return list(lines.values_list("text", flat=True))

    # Nodes that can be held and counted.

    def node(self, id: str, *after: str, held: bool = False, code: str = "") -> Step:
        """Leaves a trace when it begins; `held`: goes on only when the test opens its gate."""
        lines = [
            "import os, time, pandas as pd",
            "def azureml_main(one=None, two=None):",
            f"    with open({str(self.folder / f'{id}.began')!r}, 'a') as trace: trace.write('x')",
            f"    print('{id} begins')",
        ]
        if held:
            lines += [f"    while not os.path.exists({str(self.folder / f'{id}.gate')!r}): time.sleep(0.01)"]
        lines += [f"    {line}" for line in code.splitlines()]
        lines += [
            f"    print('{id} ends')",
            "    return pd.DataFrame({'x': [1, 2, 3]}) if one is None else one",
        ]
        return script(id, "\n".join(lines), *after)

    def open(self, id: str) -> None:
        (self.folder / f"{id}.gate").touch()

    def began(self, id: str) -> int:
        trace = self.folder / f"{id}.began"
        return len(trace.read_text()) if trace.exists() else 0

    # Processes.

    def child(self, run: Any, node: str) -> int:
        """The process that computes this node's segment."""

        def find() -> int | None:
            for path in (self.work / "runs" / run.run_id).glob("*/pid.json"):
                segment = json.loads((path.parent / "segment.json").read_text())
                if node not in (step["id"] for step in segment["steps"]):
                    continue
                pid = json.loads(path.read_text())["pid"]
                if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                    return pid
            return None

        return self.until(find)

    def slot(self, run: Any) -> int:
        def find() -> int | None:
            run.refresh_from_db()
            return int(run.lease_owner.split(":")[1]) if run.lease_owner else None

        return self.until(find)

    def slots(self) -> list[int]:
        pids = [int(path.stem) for path in (self.work / "slots").glob("[0-9]*.json")]
        return [pid for pid in pids if psutil.pid_exists(pid)]

    def queue(self) -> int:
        return os.getpgid(self.until(self.slots)[0])

    def process(self, part: str) -> int:
        """A child of `up`, by a part of its command line."""

        def find() -> int | None:
            for child in psutil.Process(self.server.pid).children():
                with contextlib.suppress(psutil.Error):
                    if part in " ".join(child.cmdline()):
                        return child.pid
            return None

        return self.until(find)

    def said(self) -> str:
        logs = [
            path.read_text(errors="replace")[-3000:]
            for path in Path(self.server.data_dir, "logs").glob("*.log")
        ]
        return "\n".join([self.server.said()[-2000:], *logs])


def script(id: str, code: str, *after: str) -> Step:
    """An Execute Python Script node. `after`: the nodes whose first output it reads, at most two."""
    return Step(
        id=id, title=id.capitalize(), component="python-script", version=1, params={"script": code},
        inputs={port: Source(step, "first") for port, step in zip(("first", "second"), after, strict=False)},
        outputs={"first": "table", "second": "table"},
    )  # fmt: skip


@contextlib.contextmanager
def database_of(server: Any, settings: Any, monkeypatch: Any, django_db_blocker: Any) -> Iterator[None]:
    """Django's connection, moved to the live studio's database for the time of a test."""
    from django.db import connections
    from django_q.conf import Conf

    data = Path(server.data_dir)
    settings.DATA_DIR, settings.STORE_DIR, settings.WORK_DIR = data, data / "store", data / "work"
    # What is put into the queue is signed with the studio's own key.
    monkeypatch.setattr(Conf, "SECRET_KEY", (data / "secret-key").read_text().strip())
    connection = connections["default"]
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(data / "atelier.sqlite3")
    try:
        with django_db_blocker.unblock():
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
