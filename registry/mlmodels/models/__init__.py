"""Models: `registered` (names, versions, aliases) and `logged` (what a client logged with a run, by its id)."""

from registry.mlmodels.models.logged import (
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    ModelUse,
)
from registry.mlmodels.models.registered import (
    ModelAlias,
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelTag,
)

__all__ = [
    "LoggedModel", "LoggedModelMetric", "LoggedModelParam", "LoggedModelTag", "ModelAlias", "ModelUse", "ModelVersion",
    "ModelVersionTag", "RegisteredModel", "RegisteredModelTag",
]  # fmt: skip
