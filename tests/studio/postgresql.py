"""A PostgreSQL of our own for tests: a fresh cluster in a temporary folder, on a free port of this machine only."""

import contextlib
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.studio.live import free_port


@dataclass(frozen=True)
class Database:
    address: str  # for DATABASE_URL
    restart: Callable[[], None]  # as after a power cut


@contextlib.contextmanager
def postgresql() -> Iterator[Database]:
    """Skips where PostgreSQL is not installed; with CI=true that is a failure."""
    programs = _programs()
    if programs is None:
        why = "No PostgreSQL server on this machine. On Debian: apt-get install postgresql."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(why)
        pytest.skip(why)
    # The server refuses to run as root, and its folder must be its own; sockets have short paths.
    folder = Path(tempfile.mkdtemp(prefix="atelier-pg-"))
    is_root = os.geteuid() == 0
    if is_root:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    user = "postgres" if is_root else getpass.getuser()

    def run(*command: str) -> None:
        as_user = ["setpriv", f"--reuid={user}", "--regid=postgres", "--clear-groups"] if is_root else []
        done = subprocess.run(
            [*as_user, *command], cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, done.stderr

    port = free_port()
    data, log = folder / "data", folder / "log"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-s"]
    try:
        run(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "atelier", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        run(*control, "-l", str(log), "-o", options, "start")
        try:
            yield Database(f"postgresql://atelier@127.0.0.1:{port}/postgres", lambda: run(*control, "-l", str(log), "-m", "immediate", "restart"))
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    if found := shutil.which("initdb"):
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
