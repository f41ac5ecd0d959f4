"""What every place to compute must be able to do: one suite for all drivers, with real processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.compute import folders, sockets
from studio.compute.drivers import Alive, Ended, Unavailable
from studio.compute.local import Local
from studio.compute.processes import started
from studio.engine import tail

pytestmark = pytest.mark.live
ROOT = Path(__file__).resolve().parents[2]


class LocalKit:
    """The local driver with a runner, in a folder whose path is too long for a socket."""

    def __init__(self, root: Path) -> None:
        self.work = root / ("deep-" * 20) / "work"
        self.driver = Local(self.work)
        self.start()

    def start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_WAIT_POLICY": "PASSIVE"}
        self.runner = subprocess.Popen(
            [sys.executable, "-m", "studio.engine.runner", str(self.work)],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        until(self.answers)

    def answers(self) -> bool:
        with contextlib.suppress(Unavailable):
            return bool(self.driver._ask({"do": "ping"}))
        return False

    def stop(self) -> None:
        self.runner.terminate()
        self.runner.wait(10)
        with contextlib.suppress(FileNotFoundError):
            sockets.address(self.work).unlink()


@pytest.fixture(scope="module", params=[LocalKit], ids=["local"])
def kit(request, tmp_path_factory):
    kit = request.param(tmp_path_factory.mktemp("driver"))
    yield kit
    kit.stop()


@pytest.fixture
def segment(kit):
    numbers = iter(range(100))

    def make(code: str) -> Path:
        folder = kit.work / folders.RUNS / f"run-{time.monotonic_ns()}" / str(next(numbers))
        folder.mkdir(parents=True)
        step = {
            "id": "n", "title": "N", "component": "python-script", "params": {"script": code}, "inputs": {},
            "outputs": {"first": "table"}, "prefix": "runs/r/n",
        }  # fmt: skip
        document = {
            "kind": "steps",
            "steps": [step],
            "external": {},
            "store": str(kit.work / "store"),
            "cores": 1,
        }
        folders.write_json(folder / folders.SEGMENT, document)
        return folder

    return make


SAY = "import os, pandas as pd\ndef azureml_main():\n    print('pid', os.getpid())\n    return pd.DataFrame({'x': [1]})\n"
WAIT = (
    "import time, os, pandas as pd\ndef azureml_main():\n    print('pid', os.getpid())\n    time.sleep(60)\n"
)


def until(what, within: float = 40):
    deadline = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def ended(kit, folder) -> Ended:
    return until(lambda: state if isinstance(state := kit.driver.poll(folder), Ended) else None)


def words(folder) -> list[str]:
    return [e["text"] for e in tail.read(folder, tail.Cursor()).events if e["e"] == "log"]


def test_what_is_started_computes_and_ends(kit, segment):
    folder = segment(SAY)

    kit.driver.start(folder)

    assert ended(kit, folder) == Ended(0)
    assert [e["e"] for e in tail.read(folder, tail.Cursor()).events] == [
        "node-started", "log", "node-finished", "segment-finished",
    ]  # fmt: skip
    assert (kit.work / "store" / "runs" / "r" / "n" / "first" / "table.parquet").exists()


def test_starting_twice_starts_once(kit, segment):
    folder = segment(SAY)
    for _ in range(5):
        kit.driver.start(folder)
    ended(kit, folder)
    kit.driver.start(folder)
    time.sleep(0.2)

    assert len(words(folder)) == 1


def test_stopping_ends_everything_before_it_returns_and_again_does_nothing(kit, segment):
    folder = segment(WAIT)
    kit.driver.start(folder)
    until(lambda: words(folder))
    assert isinstance(kit.driver.poll(folder), Alive)
    pid = folders.read_json(folder / folders.PID)["pid"]

    kit.driver.stop(folder)

    assert started(pid) is None
    assert ended(kit, folder).code == -signal.SIGKILL
    kit.driver.stop(folder)


def test_what_was_stopped_before_it_was_born_never_computes(kit, segment):
    folder = segment(SAY)
    kit.driver.stop(folder)
    kit.driver.start(folder)

    ended(kit, folder)
    assert words(folder) == []


def test_how_a_process_ended_is_told(kit, segment):
    killed, exited = segment(WAIT), segment("import os\ndef azureml_main():\n    os._exit(7)\n")
    kit.driver.start(killed)
    kit.driver.start(exited)
    until(lambda: words(killed))
    os.kill(folders.read_json(killed / folders.PID)["pid"], signal.SIGKILL)

    assert ended(kit, killed) == Ended(-9)
    assert ended(kit, exited) == Ended(7)


def test_nonsense_on_the_socket_harms_nobody(kit, segment):
    for nonsense in (
        b"",
        b"{",
        b'{"do": "dance"}\n',
        b"[1]\n",
        b'"x"\n',
        b'{"do": "start"}\n',
        b"\xff\xfe\n",
    ):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(sockets.address(kit.work)))
            connection.sendall(nonsense)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(5)
            assert "error" in json.loads(connection.makefile().readline())
    assert kit.answers()
    assert oct(sockets.address(kit.work).stat().st_mode)[-3:] == "600"


def test_an_end_that_nobody_saw_is_told_as_such_and_a_stopped_studio_blames_nobody(kit, segment):
    unseen, stopped = segment(WAIT), segment(WAIT)
    for folder in (unseen, stopped):
        kit.driver.start(folder)
        until(lambda folder=folder: words(folder))
    kit.runner.kill()
    kit.runner.wait()
    os.kill(folders.read_json(unseen / folders.PID)["pid"], signal.SIGKILL)
    with pytest.raises(Unavailable):
        kit.driver.start(segment(SAY))

    assert ended(kit, unseen) == Ended(None)
    assert isinstance(kit.driver.poll(stopped), Alive)
    kit.start()
    kit.stop()  # a new runner ends the children of the old one too
    assert ended(kit, stopped) == Ended(None, stopped=True)
    kit.start()
