"""`manage.py up`: the whole studio in the foreground."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.operations.studio import CannotStart, Studio


class Command(BaseCommand):
    help = "Start the studio: web, workers and everything else, in the foreground. Ctrl-C ends it."
    # `up` migrates first; checks of the database would only complain that it has not.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8765, help="default: 8765")
        parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1; 0.0.0.0 for other machines too")
        parser.add_argument("--data-dir", help="where the studio keeps everything (default: .atelier)")
        parser.add_argument("--slots", type=int, help=f"runs at the same time (default: {settings.CPU_SLOTS})")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["data_dir"] and Path(options["data_dir"]).resolve() != settings.DATA_DIR:
            # Settings were read before; only the command line comes early enough.
            raise CommandError("--data-dir works on the command line only. From code, set ATELIER_DATA_DIR.")
        slots = options["slots"] or settings.CPU_SLOTS
        if slots < 1:
            raise CommandError(f"--slots must be at least 1, not {slots}.")
        try:
            code = Studio(host=options["host"], port=options["port"], slots=slots, say=self._say).run()
        except CannotStart as problem:
            self._say(str(problem), error=True)
            code = 1
        sys.exit(code)

    def _say(self, sentence: str, *, error: bool = False) -> None:
        stream = self.stderr if error else self.stdout
        stream.write(sentence)
        stream.flush()
