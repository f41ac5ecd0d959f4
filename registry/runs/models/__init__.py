"""Runs and what hangs on them: `runs`, `metrics`, `records`, `notes`, `selections`."""

from registry.runs.models.metrics import MetricBucket, MetricPoint, MetricSummary
from registry.runs.models.notes import Comment, Star
from registry.runs.models.records import (
    Dataset,
    DatasetUse,
    LogLine,
    Param,
    Run,
    RunEvent,
    RunInput,
    RunOutput,
    Tag,
)
from registry.runs.models.runs import Experiment, ExperimentTag, RunField, new_run_id
from registry.runs.models.selections import Selection

__all__ = [
    "Comment", "Dataset", "DatasetUse", "Experiment", "ExperimentTag", "LogLine", "MetricBucket", "MetricPoint",
    "MetricSummary", "Param", "Run", "RunEvent", "RunField", "RunInput", "RunOutput", "Selection", "Star", "Tag", "new_run_id",
]  # fmt: skip
