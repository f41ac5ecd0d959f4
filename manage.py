#!/usr/bin/env python
"""Atelier's command line: `python manage.py up` starts the studio."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `pip install -e .` in the folder of manage.py first.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
