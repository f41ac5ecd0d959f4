"""What lies where in a parcel. Django-free.

    experiment.json                {"format", "name", "tags", "runs", "packed_at"}
    runs/<run id>.json             a run, or a step of one: attributes, params, tags, data, outputs, comments
    metrics/<run id>.parquet       key, step, timestamp (ms since 1970), value; not-a-number as NaN
    logs/<run id>.jsonl            one line of output per line: [ms since 1970, stream, text]
    artifacts/<run id>/…           files that clients logged
    outputs/<run id>/<port>/…      what a step left on its ports
"""

FORMAT = 1
DESCRIPTION = "experiment.json"
RUNS, METRICS, LOGS, ARTIFACTS, OUTPUTS = "runs", "metrics", "logs", "artifacts", "outputs"

# The attributes of a run that travel. Who may do what, leases and specs do not: a run that was taken in is history.
ATTRIBUTES = (
    "kind", "name", "source", "status", "compute", "environment", "node_id", "component", "key", "reuse_reason",
    "error", "progress", "peak_memory", "seconds",
)  # fmt: skip
TIMES = ("created_at", "started_at", "ended_at", "archived_at")


def run_name(run_id: str) -> str:
    return f"{RUNS}/{run_id}.json"


def metrics_name(run_id: str) -> str:
    return f"{METRICS}/{run_id}.parquet"


def logs_name(run_id: str) -> str:
    return f"{LOGS}/{run_id}.jsonl"
