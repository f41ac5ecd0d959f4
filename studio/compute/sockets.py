"""The runner's address: a Unix socket that only its owner can open. Django-free."""

import contextlib
import hashlib
import os
import socket
import tempfile
from pathlib import Path

NAME = "runner.sock"
LONGEST = 100  # the kernel takes 107 bytes (103 on macOS)


def address(work: Path) -> Path:
    """In the work folder; where that path is too long for a socket, in a private folder of the temporary one."""
    path = work / NAME
    if len(os.fsencode(path)) <= LONGEST:
        return path
    name = hashlib.sha256(os.fsencode(work)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"atelier-{os.getuid()}" / f"{name}.sock"


def listen(work: Path) -> socket.socket:
    path = address(work)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent != work and (
        path.parent.stat().st_uid != os.getuid() or path.parent.stat().st_mode & 0o077
    ):
        raise PermissionError(f"{path.parent} belongs to somebody else; remove it or set TMPDIR.")
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        server.bind(str(path))
    finally:
        os.umask(before)
    server.listen(128)
    os.set_inheritable(server.fileno(), False)
    return server
