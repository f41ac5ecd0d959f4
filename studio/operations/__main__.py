"""`python -m studio.operations COMMAND`: manage.py for the studio's own processes, wherever it is installed."""

from studio.operations.command_line import main

main()
