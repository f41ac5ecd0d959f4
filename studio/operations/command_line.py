"""`manage.py` and `atelier`: finds the data folder before settings are read, for they depend on it.

Standard library only until Django is called, so that a problem is one sentence and never a traceback.
"""

import os
import sys
import tempfile
from pathlib import Path


def main(argv: list[str] | None = None) -> None:
    argv = list(sys.argv if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    if given := given_folder(argv[1:]):
        os.environ["ATELIER_DATA_DIR"] = given
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `pip install -e .` in the folder of manage.py first.")
    try:
        if argv[1:2] == ["up"] and not {"-h", "--help"} & set(argv):
            from studio import settings

            if problem := why_unusable(settings.DATA_DIR):
                sys.exit(problem)
        execute_from_command_line(argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


def given_folder(arguments: list[str]) -> str:
    """The value of --data-dir, wherever it stands."""
    for position, argument in enumerate(arguments):
        if argument == "--data-dir" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--data-dir="):
            return argument.partition("=")[2]
    return ""


def why_unusable(folder: Path) -> str:
    """One sentence if the studio cannot keep its data there, else nothing. Tried, not asked: root may do what the
    permissions forbid, and cannot what the file system forbids."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError:
        return f"The data folder {folder} is a file. Choose another one with --data-dir."
    except OSError as error:
        return f"The data folder {folder} cannot be written: {error.strerror}. Choose another one with --data-dir."
    return ""
