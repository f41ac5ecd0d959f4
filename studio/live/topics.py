"""What a browser can subscribe to, and who may listen. A topic is a row of the table at the end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from registry.errors import NotFound
from registry.runs.models import Run
from registry.workspaces import access
from registry.workspaces.models import Workspace
from studio.live import selectors
from studio.live.selectors import News


@dataclass(frozen=True, slots=True)
class Channel:
    """One thing that is listened to: which news belong to it, and how those missed are read again."""

    topic: str
    id: str
    pk: int
    takes: Callable[[News], bool]
    missed: Callable[[int], list[News]]  # newer than this id, oldest first, in portions; empty at the end
    is_complete: Callable[[int], bool]  # whether nothing after this id has been pruned
    replays: bool  # whether a listener that has seen nothing yet is told the whole past
    # News that say "read it again": those of one key are told once a second, the newest for all of them.
    spared: Callable[[News], int | None] = lambda news: None

    def message(self, news: News) -> dict[str, Any]:
        # A step's metrics are news of its run to who looks at runs.
        body = news.body if self.topic == "run" else {**news.body, "run_id": news.run_id}
        return {"topic": self.topic, "id": self.id, "event": news.id, "type": news.type, "body": body}


def find(user: Any, topic: str, id: str) -> Channel:
    """The channel, if this person may listen to it; else `NotFound`."""
    opener = TOPICS.get(topic)
    if opener is None:
        raise NotFound(f"There is no topic {topic!r}; there are {', '.join(TOPICS)}.", code="unknown-topic")
    if "\0" in id:
        # PostgreSQL refuses it in a text.
        raise NotFound("There is no such thing.")
    return opener(user, id)


def run(user: Any, id: str) -> Channel:
    """All news of one root run, for the members of its workspace."""
    found = Run.objects.select_related("workspace").only("run_id", "workspace").filter(run_id=id, parent=None).first()
    if found is None or not access.allowed(user, "runs.view", found.workspace):
        raise NotFound("There is no such run, or you are not a member of its workspace.")
    pk = found.pk
    return Channel(
        topic="run", id=id, pk=pk,
        takes=lambda news: news.run_pk == pk,
        missed=lambda after: selectors.of_run(pk, after),
        is_complete=lambda after: selectors.is_complete(pk, after),
        replays=True,
    )  # fmt: skip


def workspace(user: Any, id: str) -> Channel:
    """States and new metrics of a workspace's root runs, for its members; metrics of a run at most once a second."""
    found = Workspace.objects.filter(slug=id).first()
    if found is None or not access.allowed(user, "runs.view", found):
        raise NotFound("There is no such workspace, or you are not a member of it.")
    pk = found.pk
    return Channel(
        topic="workspace", id=id, pk=pk,
        takes=lambda news: news.workspace_pk == pk and news.type in selectors.WORKSPACE_TYPES,
        missed=lambda after: selectors.of_workspace(pk, after),
        is_complete=selectors.is_recent,
        replays=False,
        spared=lambda news: news.run_pk if news.type == "metric" else None,
    )  # fmt: skip


def still_open(user: Any, session: Any, channel: Channel) -> bool:
    """Whether the person is still signed in and still a member; a socket may outlive both."""
    if session is not None and session.session_key and not session.exists(session.session_key):
        return False
    # The socket's own user is a lazy object of another type.
    fresh = get_user_model().objects.filter(pk=user.pk).first()
    try:
        find(fresh, channel.topic, channel.id)
    except NotFound:
        return False
    return True


TOPICS: dict[str, Callable[[Any, str], Channel]] = {"run": run, "workspace": workspace}
