"""A workspace holds data, pipelines, runs and models; a membership says who may do what in it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.accounts.models import ApiToken


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    CONTRIBUTOR = "contributor", "Contributor"
    READER = "reader", "Reader"


class Workspace(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="one_role_per_person")]


class TokenWorkspace(models.Model):
    """Where programs that bring this token are led if they do not say: the tracking protocol knows no workspaces. It
    opens nothing and closes nothing: that is the membership's."""

    token = models.OneToOneField(ApiToken, on_delete=models.CASCADE, related_name="leads_to")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
