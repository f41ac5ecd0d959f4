"""The running studio: what `up` does from the first check to the last process that ends."""

import errno
import fcntl
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections, connection
from django.urls import reverse

from registry.accounts import services as accounts
from studio import frontend
from studio.engine import health
from studio.operations import first_start
from studio.operations.children import Child, end_all, trim

LOOK = 0.25  # seconds between two looks at the children
SWEEP = 1.0
TRIM = 60.0
END_WITHIN = 4.0  # of the five seconds that Ctrl-C may take
LETS_GO = 5.0
SILENT_WEB = 120.0  # a web process that answers nobody for so long has hung


class CannotStart(Exception):
    """One sentence that says why, and the way out."""


class Studio:
    def __init__(self, *, host: str, port: int, slots: int, say: Callable[..., None]) -> None:
        self.host, self.port, self.slots, self.say = host, port, slots, say
        self.address = ""
        self.children: list[Child] = []
        self.is_ending = False

    def run(self) -> int:
        """Start everything and stay until somebody ends it. Raises `CannotStart`."""
        self._prepare_folders()
        # Held until this process is gone, however it goes.
        lock, was_killed = take_lock(settings.DATA_DIR / "up.lock")
        # After a kill the old web process needs a moment to let go of the port.
        listening = listen(self.host, self.port, patience=LETS_GO if was_killed else 0.0)
        self.address = f"http://{_called(self.host)}:{listening.getsockname()[1]}"
        note(lock, self.address)
        self._hear_signals()
        try:
            self._build()
            self._migrate()
            owner = self._first_start()
            self._start(listening)
            self._watch(owner)
        except CannotStart:
            if not self.is_ending:  # else it is only what Ctrl-C did to a step on the way
                raise
        finally:
            self._end()
            lock.truncate(0)
        return 0

    def _prepare_folders(self) -> None:
        for folder in (settings.STORE_DIR, settings.WORK_DIR, settings.UPLOAD_DIR, settings.LOG_DIR):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CannotStart(f"The folder {folder} cannot be made: {error.strerror}.") from None

    def _build(self) -> None:
        if os.environ.get("ATELIER_DIST_DIR") or not frontend.has_sources():
            return  # somebody else builds, or a wheel carries it
        try:
            frontend.build(say=self.say)
        except frontend.BuildFailed as error:
            raise CannotStart(str(error)) from None

    def _migrate(self) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError as error:
            raise CannotStart(
                f"The database {settings.DATABASES['default']['NAME']} cannot be brought up to date: {error}. Was it made "
                "by a newer Atelier? Choose another folder with --data-dir."
            ) from None

    def _first_start(self) -> Any:
        owner = first_start.administrator()
        made = first_start.sample_workspace(owner)
        if made is not None:
            self.say("Making the sample workspace …")
            # A process of its own: it imports pandas and scikit-learn, and this one stays for weeks.
            done = subprocess.run(
                [sys.executable, "-m", "studio.operations", "add_samples", made.slug],
                env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            )
            if done.returncode and not self.is_ending:
                self.say(
                    f"The samples could not be made: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}\n"
                    f"The studio works without. To try again: python manage.py add_samples {made.slug}"
                )
        return owner

    def _start(self, listening: socket.socket) -> None:
        env = self._environment()
        given = {name: value for name, value in env.items() if os.environ.get(name) != value}
        web = [sys.executable, "-m", "studio.operations.web", str(listening.fileno())]
        specs: list[Any] = [("web", web, env, (listening.fileno(),))]
        # Not `env` beneath: what the engine leaves out of an environment stays out.
        specs += [(s.name, s.argv, {**s.env, **given}, ()) for s in health.processes(settings)]
        for name, argv, variables, descriptors in specs:
            log = settings.LOG_DIR / f"{name}.log"
            self.children.append(Child(name, argv, variables, log, descriptors, say=self.say))
        if not self.is_ending:
            for child in self.children:
                child.start()

    def _watch(self, owner: Any) -> None:
        is_announced = False
        next_sweep = next_trim = 0.0
        answered_at = time.monotonic()
        while not self.is_ending:
            for child in self.children:
                child.look()
            now = time.monotonic()
            if now >= next_sweep:
                next_sweep = now + SWEEP
                self._sweep()
            if not is_announced and answers(self.address):
                is_announced = True
                link = reverse("sign-in-link", args=[accounts.make_link(user=owner)])
                self.say(
                    f"\nAtelier is ready. Open this address; it signs {owner.username} in, once, within the hour:\n\n"
                    f"    {self.address}{link}\n\nCtrl-C ends the studio."
                )
            if now >= next_trim:
                next_trim = now + TRIM
                for child in self.children:
                    trim(child.log)
                if answers(self.address):
                    answered_at = now
                elif now - answered_at > SILENT_WEB:
                    answered_at = now
                    self._restart("web", "has not answered for two minutes")
            self._wait(LOOK)

    def _sweep(self) -> None:
        """What the engine finds lost it takes up again. Never the end of `up`: it looks again in a second."""
        try:
            close_old_connections()
            health.sweep()
            if health.cluster_is_dead():
                self._restart("queue", "takes no more work")
        except Exception as error:  # noqa: BLE001 - whatever it is, the processes must be watched on
            self._note(f"The sweep failed: {type(error).__name__}: {error}")

    def _restart(self, name: str, why: str) -> None:
        for child in self.children:
            if child.name == name:
                self._note(f"The {name} process {why} and is started again.")
                child.signal(signal.SIGKILL)

    def _note(self, sentence: str) -> None:
        """Say it, but not the same thing every second."""
        now = time.monotonic()
        if getattr(self, "_noted", ("", 0.0))[0] != sentence or now - self._noted[1] > TRIM:
            self._noted = (sentence, now)
            self.say(sentence)

    def _end(self) -> None:
        if not self.children:
            return
        self.say("\nEnding …")
        deadline = time.monotonic() + END_WITHIN
        try:
            health.shut_down()
        except Exception as error:  # noqa: BLE001 - the processes end in any case
            self.say(f"The engine did not end by itself: {type(error).__name__}: {error}")
        end_all(self.children, within=max(0.5, deadline - time.monotonic()))
        connection.close()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "studio.settings",
            "ATELIER_DATA_DIR": str(settings.DATA_DIR),
            "ATELIER_CPU_SLOTS": str(self.slots),
            "PYTHONUNBUFFERED": "1",
            # The packages, wherever `up` was called from.
            "PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH", "")])),
        }

    def _hear_signals(self) -> None:
        # A signal wakes the watch at once: the write end is the interpreter's, the read end is waited on.
        self._wakes, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # `nohup` wants a hang-up ignored. An ignored SIGINT is no wish: every shell script that puts a command into
            # the background hands it on, and whoever sends it then means it.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)

    def _stop(self, number: int, frame: Any) -> None:
        self.is_ending = True

    def _wait(self, seconds: float) -> None:
        select.select([self._wakes], [], [], seconds)


def take_lock(path: Path) -> tuple[IO[str], bool]:
    """The right to be the one studio of this folder, and whether the last one was killed. Raises `CannotStart` where
    another has it."""
    lock = path.open("a+")
    lock.seek(0)
    try:
        last = json.loads(lock.read() or "{}")
    except ValueError:
        last = {}
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CannotStart(
            f"A studio already runs on {path.parent}: {last.get('address', 'its address is not known')} (process "
            f"{last.get('pid', 'unknown')}). End it first, or choose another folder with --data-dir."
        ) from None
    return lock, bool(last)


def note(lock: IO[str], address: str) -> None:
    """Write down who holds the lock, for whoever finds it taken."""
    lock.truncate(0)
    lock.write(json.dumps({"pid": os.getpid(), "address": address}))
    lock.flush()


def listen(host: str, port: int, *, patience: float = 0.0) -> socket.socket:
    """The listening socket that the web process serves on, or `CannotStart`."""
    if not 0 <= port < 65536:
        raise CannotStart(f"{port} is not a port. Choose one between 1024 and 65535 with --port.")
    until = time.monotonic() + patience
    while True:
        try:
            return _listening(host, port)
        except PermissionError:
            problem = f"You may not open port {port} on this machine. Choose one above 1023 with --port."
        except socket.gaierror:
            problem = f"{host!r} is not an address of this machine. Choose another with --host."
        except OSError as error:
            problem = f"The studio cannot listen on {host}, port {port}: {error.strerror}. Choose others with --host and --port."
            if error.errno == errno.EADDRINUSE:
                problem = f"Port {port} of {host} is taken by another program. Choose another one with --port."
                if time.monotonic() < until:
                    time.sleep(0.1)
                    continue
        raise CannotStart(problem)


def _listening(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except BaseException:
        listening.close()
        raise
    return listening


def answers(address: str) -> bool:
    """Does the sign-in page come?"""
    parts = urlsplit(address)
    web = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        web.request("GET", "/sign-in/")
        return web.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()


def _called(host: str) -> str:
    """The name under which this machine reaches a studio that listens there."""
    if host in ("0.0.0.0", "", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
