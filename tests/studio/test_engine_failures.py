"""From an exception to a sentence and a traceback worth reading."""

import errno

import pytest

from registry.errors import Invalid
from studio.engine import failures


def caught(code: str) -> BaseException:
    try:
        exec(compile(code, "script.py", "exec"), {})
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (Invalid("Choose a column.", code="no-column"), "no-column", "Choose a column."),
        (KeyError("age"), "exception", "“Train” stopped with KeyError: 'age' was not found."),
        (ValueError("bad\nvery bad"), "exception", "“Train” stopped with ValueError: bad"),
        (ZeroDivisionError(), "exception", "“Train” stopped with ZeroDivisionError"),
        (MemoryError(), "out-of-memory", "“Train” ran out of memory. Give it fewer rows or columns."),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "disk-full",
            "“Train” could not write its results: the disk is full. Free some space and resume.",
        ),
        (SystemExit(2), "exited", "“Train” ended its process itself with sys.exit(2)."),
    ],
)
def test_every_failure_is_a_sentence(error, code, message):
    described = failures.describe(error, "“Train”")

    assert (described["code"], described["message"]) == (code, message)


def test_the_traceback_begins_in_the_persons_own_code():
    trace = failures.trace(caught("def f():\n    return {}['x']\nf()"))

    assert trace.splitlines()[1].startswith('  File "script.py", line 3')
    assert trace.splitlines()[-1] == "KeyError: 'x'"


def test_behind_a_sentence_of_ours_stands_the_persons_own_error():
    error = Invalid("Line 1 of the script: division by zero")
    error.__cause__ = caught("1 / 0")

    assert failures.trace(error).splitlines()[-1] == "ZeroDivisionError: division by zero"
