"""From an exception in a child to a sentence for people and a traceback for those who want it. Django-free."""

import errno
import traceback
from typing import Any

from registry.errors import StudioError

# Our own frames say nothing to the person whose code or data failed.
OURS = ("/studio/engine/",)


def describe(error: BaseException, what: str) -> dict[str, Any]:
    """{"code", "message", "traceback", "fields"}. `what` names the node, as the message's subject."""
    code, message, fields = _told(error, what)
    return {"code": code, "message": message, "fields": fields, "traceback": trace(error)}


def trace(error: BaseException) -> str:
    """The traceback from the first frame that is not ours; from the person's own code on where there is some."""
    error = _where_it_began(error)
    frames = traceback.extract_tb(error.__traceback__)
    theirs = next((n for n, frame in enumerate(frames) if _is_script(frame)), None)
    if theirs is None:
        theirs = next((n for n, f in enumerate(frames) if not any(part in f.filename for part in OURS)), 0)
    shown = traceback.format_list(frames[theirs:])
    return "".join(
        (["Traceback (most recent call last):\n"] if shown else [])
        + shown
        + traceback.format_exception_only(error)
    )


def _where_it_began(error: BaseException) -> BaseException:
    """A component puts a person's error into its own words; the traceback worth reading is the original's."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None and cause not in chain:
        chain.append(cause)
    for one in chain:
        if any(_is_script(frame) for frame in traceback.extract_tb(one.__traceback__)):
            if isinstance(one, StudioError) and one is not chain[-1]:
                continue
            return one
    return chain[1] if isinstance(error, StudioError) and len(chain) > 1 else error


def _is_script(frame: traceback.FrameSummary) -> bool:
    # Code from a parameter was compiled under a bare name; what came from a file has a path.
    return "/" not in frame.filename and not frame.filename.startswith("<frozen")


def _told(error: BaseException, what: str) -> tuple[str, str, dict[str, Any]]:
    match error:
        case StudioError():
            return error.code, error.message, error.fields
        case MemoryError():
            detail = f" ({error})" if str(error) else ""
            return "out-of-memory", f"{what} ran out of memory{detail}. Give it fewer rows or columns.", {}
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return (
                "disk-full",
                f"{what} could not write its results: the disk is full. Free some space and resume.",
                {},
            )
        case SystemExit():
            return "exited", f"{what} ended its process itself with sys.exit({error.code!r}).", {}
        case KeyError() if len(error.args) == 1:
            return "exception", f"{what} stopped with KeyError: {error.args[0]!r} was not found.", {}
        case _:
            first = (str(error).strip().splitlines() or [""])[0]
            text = f": {first[:500]}" if first else ""
            return "exception", f"{what} stopped with {type(error).__name__}{text}", {}
