"""`manage.py sign_in_link USERNAME`: a way in for who has lost their password."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse

from registry.accounts import services
from studio.operations.management.commands.create_token import person


class Command(BaseCommand):
    help = "Print the path of a link that signs a person in, once, within the hour. Put the studio's address before it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--data-dir", help="where the studio keeps everything (default: .atelier)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = person(options["username"])
        self.stdout.write(reverse("sign-in-link", args=[services.make_link(user=user)]))
