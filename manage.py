#!/usr/bin/env python
"""Atelier's command line: `python manage.py up` starts the studio."""

from studio.operations.command_line import main

if __name__ == "__main__":
    main()
