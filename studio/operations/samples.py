"""The sample data of a workspace: tables that come with scikit-learn and statsmodels, imported like any other file.

Computes for some seconds, and imports pandas: called by the command `add_samples` in a process of its own.
"""

import tempfile
from pathlib import Path
from typing import Any

from designer.pipelines import sample_data, samples
from registry.data import conversion
from registry.data.models import DataAsset
from registry.workspaces.models import Workspace


def add(*, workspace: Workspace, by: Any) -> list[str]:
    """Import what is missing and draw the sample pipelines of an empty workspace; the names of what was added."""
    there = set(DataAsset.objects.filter(workspace=workspace).values_list("name", flat=True))
    added = []
    with tempfile.TemporaryDirectory() as folder:
        for sample in sample_data.SAMPLE_DATA:
            if sample.name in there:
                continue
            source = Path(folder) / f"{sample.slug}.csv"
            sample_data.frame(sample.slug).to_csv(source, index=False)
            conversion.import_file(
                workspace=workspace, by=by, name=sample.name, source=source, description=sample.description
            )
            added.append(sample.name)
    if not workspace.pipelines.exists():
        # Oldest first, so that the list, newest first, begins with the first sample.
        for pipeline in reversed(samples.SAMPLES):
            samples.create(workspace=workspace, by=by, slug=pipeline.slug)
            added.append(pipeline.title)
    return added
