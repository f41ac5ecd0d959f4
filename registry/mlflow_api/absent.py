"""Calls of the protocol whose addresses look like others that are answered here, but which this studio does not know."""

from registry.mlflow_api.errors import ProtocolError
from registry.mlflow_api.routing import Call, route


@route("POST", "traces/calculate-filter-correlation", action="runs.view", versions=("3.0",))
@route("POST", "traces/metrics", action="runs.view", versions=("3.0",))
def statistics_of_traces(call: Call) -> dict[str, str]:
    raise ProtocolError(
        "ENDPOINT_NOT_FOUND", "This studio computes no statistics of traces. Search them, and compute from what you find."
    )
