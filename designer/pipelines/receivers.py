"""What pipelines do about the news of runs: one call each."""

from typing import Any

from django.dispatch import receiver

from designer.pipelines import services
from registry.runs import signals


@receiver(signals.run_repeated)
def keep_the_drawing(sender: Any, run_id: int, original_id: int, **_: Any) -> None:
    services.repeat(run_id=run_id, original_id=original_id)
