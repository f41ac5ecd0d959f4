"""`manage.py create_token USERNAME`: an API token for a person or a program."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.accounts.models import User
from registry.errors import StudioError
from registry.workspaces import services


class Command(BaseCommand):
    help = "Print a new API token. It is shown this once: send it as `Authorization: Bearer <token>`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="Made on the command line", help="what the account page calls it")
        parser.add_argument("--days", type=int, help="how long it works (default: until it is removed)")
        parser.add_argument("--workspace", default="", help="address of the workspace that mlflow clients log to with it")
        parser.add_argument("--data-dir", help="where the studio keeps everything (default: .atelier)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = person(options["username"])
        try:
            _, secret = services.make_token(
                user=user, name=options["name"], days=options["days"], workspace=options["workspace"]
            )
        except StudioError as error:
            raise CommandError(error.message) from None
        self.stdout.write(secret)


def person(username: str) -> User:
    """The person of that name, else one sentence with the names there are."""
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        known = ", ".join(User.objects.filter(is_active=True).values_list("username", flat=True)[:20])
        raise CommandError(f"There is nobody called {username!r}. There are: {known or 'none yet; start the studio once'}.")
    return user
