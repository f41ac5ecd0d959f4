"""`manage.py up`: one command that starts everything, says what is wrong in one sentence, and ends everything."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from tests.studio.live import ROOT, StudioServer, free_port

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A studio of this module's own: it is killed and started again."""
    with StudioServer(tmp_path_factory.mktemp("up")) as server:
        yield server


def up(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "up", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={**{k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}, **env},
    )  # fmt: skip


def only_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    said = (done.stdout + done.stderr).strip()
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1, said
    return said


def children(server: StudioServer) -> list[psutil.Process]:
    return psutil.Process(server.pid).children(recursive=True)


def child(server: StudioServer, name: str) -> psutil.Process | None:
    """The web process, the runner, or the queue, which has given itself another title."""
    for process in psutil.Process(server.pid).children():
        try:
            words = " ".join(process.cmdline())
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        if name == ("web" if "operations.web" in words else "runner" if "engine.runner" in words else "queue"):
            return process
    return None


def until(true, within: float = 20.0, what: str = ""):
    deadline = time.monotonic() + within
    while not (value := true()):
        assert time.monotonic() < deadline, what or "it did not happen"
        time.sleep(0.05)
    return value


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        assert f"Port {port} of 127.0.0.1 is taken" in only_sentence(up("--port", str(port), "--data-dir", str(tmp_path)))


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path):
    file = tmp_path / "file"
    file.write_text("")

    assert "is a file" in only_sentence(up("--data-dir", str(file)))
    assert "cannot be written: Not a directory" in only_sentence(up("--data-dir", str(file / "below")))
    assert "cannot be written" in only_sentence(up("--data-dir", "/proc/atelier"))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--port", "99999", "is not a port"), ("--host", "no.such.host.invalid", "is not an address")],
)
def test_nonsense_is_said_in_one_sentence(tmp_path, option, value, said):
    assert said in only_sentence(up("--data-dir", str(tmp_path), option, value))


def test_settings_that_make_no_sense_are_said_in_one_sentence(tmp_path):
    done = up("--data-dir", str(tmp_path), ATELIER_CPU_SLOTS="many")

    assert only_sentence(done) == "ATELIER_CPU_SLOTS must be a whole number, not 'many'."


def test_the_first_start_prints_one_address_that_signs_in_once(studio):
    addresses = re.findall(r"http://\S+", studio.said())
    assert len(addresses) == 1

    with urllib.request.urlopen(addresses[0], timeout=10) as page:
        assert "Continue as" in page.read().decode()


def test_the_sample_workspace_has_data_and_pipelines(studio):
    def ask(what: str) -> list[dict]:
        request = urllib.request.Request(f"{studio.url}/api/v1/w/sample/{what}", headers={"Authorization": f"Bearer {studio.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            import json

            return json.loads(answer.read())["results"]

    assert len(ask("data")) >= 4
    assert {p["sample"] for p in ask("pipelines")} >= {"binary", "multiclass", "regression", "clustering"}


def test_a_second_studio_on_the_same_folder_is_refused(studio):
    said = only_sentence(up("--port", str(free_port()), "--data-dir", str(studio.data_dir)))

    assert studio.url in said and str(studio.pid) in said


@pytest.mark.parametrize("name", ["web", "runner", "queue"])
def test_a_process_that_is_killed_comes_back(studio, name):
    before = until(lambda: child(studio, name))

    before.kill()

    until(lambda: (now := child(studio, name)) and now.pid != before.pid, what=f"{name} did not come back")
    until(studio.answers)


def test_the_end_takes_all_children_along_and_the_next_start_finds_everything(studio):
    running = children(studio)
    assert len(running) >= 3
    began = time.monotonic()

    code = studio.stop()

    assert (code, time.monotonic() - began < 5.5) == (0, True)
    until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in running), 1.0)
    secret = (studio.data_dir / "secret-key").read_text()
    studio.start()
    assert (studio.data_dir / "secret-key").read_text() == secret
    assert studio.said().count("Making the sample workspace") == 1
    assert studio.said().count("Atelier is ready") >= 1


def test_an_interrupt_ends_it_also_where_a_script_put_it_into_the_background(studio):
    studio.stop()
    mine = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell script does for `up &`
    try:
        studio.start()
    finally:
        signal.signal(signal.SIGINT, mine)

    assert studio.stop() == 0
    studio.start()


def test_nothing_goes_on_when_up_itself_is_killed(studio):
    running = children(studio)

    os.kill(studio.pid, signal.SIGKILL)
    studio.process.wait()

    until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in running), 10.0)
    studio.start()  # at once, on the same port


def test_create_token_prints_a_token_that_works_and_says_who_there_is_otherwise(studio):
    token = studio.manage("create_token", "admin", "--name", "test").strip()
    request = urllib.request.Request(f"{studio.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200

    done = subprocess.run(
        [sys.executable, "manage.py", "create_token", "nobody"], cwd=ROOT, env=studio.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "CommandError: There is nobody called 'nobody'. There are: admin."
