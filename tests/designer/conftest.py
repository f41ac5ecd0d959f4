"""Data in the workspace, so that pipelines have something to refer to."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# Examples are judged by what they find; how long one takes depends on who else uses the machine.
hypothesis_settings.register_profile("designer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("designer")


@pytest.fixture
def data_version(workspace, settings):
    """Makes a data version that is ready, with these columns; the file itself is a stand-in."""
    from django.utils import timezone

    from registry.data.models import DataAsset, DataVersion

    people = (("age", "integer"), ("income", "number"), ("city", "category"))

    def make(name="People", number=1, columns=people, **fields):
        asset, _ = DataAsset.objects.get_or_create(workspace=workspace, name=name)
        key = f"data/{asset.pk}/{number}/table.parquet"
        path = Path(settings.STORE_DIR) / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PAR1")
        return DataVersion.objects.create(
            **{
                "asset": asset,
                "number": number,
                "status": "ready",
                "path": key,
                "content_hash": f"hash of {name} {number}",
                "columns": [{"name": column, "kind": kind, "missing": False} for column, kind in columns],
                "rows": 10,
                "ready_at": timezone.now(),
                **fields,
            }
        )

    return make
