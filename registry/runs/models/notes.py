"""What people leave on runs: stars and comments. (A description is the tag `mlflow.note.content`, so that clients see it.)"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.runs.models.runs import Run


class Star(models.Model):
    """A person's own mark."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="stars", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="starred")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "user"], name="one_star_per_person")]


class Comment(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="comments", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()  # Markdown
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run", "id"], name="comments_of_a_run")]
