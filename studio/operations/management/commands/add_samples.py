"""`manage.py add_samples WORKSPACE`: the sample data and pipelines in any workspace."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.workspaces import selectors
from registry.workspaces.models import Workspace
from studio.operations import samples


class Command(BaseCommand):
    help = "Add the sample data sets, and to an empty workspace the sample pipelines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", help="the workspace's short name, as in its address: /w/<short name>/")
        parser.add_argument("--data-dir", help="where the studio keeps everything (default: .atelier)")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            known = ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(f"There is no workspace {options['workspace']!r}. There are: {known or 'none yet'}.")
        owner = selectors.owners(workspace).select_related("user").order_by("pk").first()
        if owner is None:
            raise CommandError(f"{workspace.name} has no owner who could own the samples.")
        for name in samples.add(workspace=workspace, by=owner.user):
            self.stdout.write(name)
