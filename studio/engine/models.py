"""What the engine must remember to go on after any of its processes was killed."""

from django.db import models
from django.utils import timezone

from registry.runs.models import Run


class Segment(models.Model):
    """Steps of a run that share one computing process, and how far its journal has been read.

    The offsets are moved in the transaction that writes what was read: nothing is written twice, whoever reads on.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    steps = models.JSONField(default=list)  # node ids, in order; empty for a task
    events_read = models.BigIntegerField(default=0)
    out_read = models.BigIntegerField(default=0)
    err_read = models.BigIntegerField(default=0)
    node = models.CharField(max_length=64, blank=True)  # whose words are read at the moment
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="segment_in_run")]
