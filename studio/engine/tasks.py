"""What the queue calls. Ids in, one call each; calling one twice does no harm, and none of them computes."""

from studio.engine import health, inspections, retention, slot


def watch(run_pk: int) -> str:
    return slot.look_after(run_pk)


def inspect(upload_id: str) -> str:
    return inspections.look_after(upload_id)


def ping(token: str) -> None:
    health.answer(token)


def sweep() -> None:
    health.sweep()


def tidy() -> None:
    retention.tidy()
