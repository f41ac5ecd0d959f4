"""`traces` (and their spans), `assessments`, `datasets`."""

from registry.traces.models.assessments import Assessment
from registry.traces.models.datasets import DatasetExperiment, DatasetRecord, EvaluationDataset
from registry.traces.models.traces import Span, Trace, TraceMetadata, TracePrompt, TraceRun, TraceTag

__all__ = [
    "Assessment", "DatasetExperiment", "DatasetRecord", "EvaluationDataset", "Span", "Trace", "TraceMetadata",
    "TracePrompt", "TraceRun", "TraceTag",
]  # fmt: skip
