"""News on a socket: order, replay, who may listen, many and slow listeners."""

import asyncio
import json
import time

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from registry.runs.models import RunEvent
from studio.live import consumers, hub, selectors
from studio.live.tail import Reader
from tests.registry import make

pytestmark = pytest.mark.django_db(transaction=True)

# Elsewhere than on SQLite a listener hears the last few news once more: a commit may come after one with a higher number.
exactly_once = pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases may tell the last news twice")


class Listener:
    """A browser's socket."""

    def __init__(self, user, session=None):
        scope = {"type": "websocket", "path": "/ws/news", "headers": [], "user": user, "session": session}
        self.socket = ApplicationCommunicator(consumers.News.as_asgi(), scope)

    async def __aenter__(self):
        await self.socket.send_input({"type": "websocket.connect"})
        self.connected = (await self.socket.receive_output(5))["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *exc):
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.socket.wait(5)

    async def say(self, text):
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def ask(self, topic, id, after=0, **more):
        await self.say(json.dumps({"topic": topic, "id": id, "after": after, **more}))

    async def hear(self, count, timeout=5):
        return [json.loads((await self.socket.receive_output(timeout))["text"]) for _ in range(count)]

    async def hears_nothing(self):
        return await self.socket.receive_nothing(0.4)


@pytest.fixture
def run(workspace, alice):
    return make.run(workspace, alice, status="running")


async def write(function, *args, **fields):
    """As another process would: committed, from another connection."""
    return await sync_to_async(function, thread_sensitive=False)(*args, **fields)


async def until(met):
    """Waits for what happens within the socket, which no message tells of."""
    async with asyncio.timeout(5):
        while not met():
            await asyncio.sleep(0.005)


def is_listening() -> bool:
    """Whether the one who asked for news "from now on" has been told where now is."""
    return any(subscription.last for subscription in hub.current()._subscriptions)


async def test_a_listener_hears_what_is_committed_after_it_came(run, alice):
    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id)
        (first,) = await browser.hear(1)
        event = await write(make.event, run, "log", seq=3)
        (news,) = await browser.hear(1)

    assert first["type"] == "run"
    assert news == {
        "topic": "run", "id": run.run_id, "event": event.pk, "type": "log", "body": {"run_id": run.run_id, "seq": 3},
    }  # fmt: skip


async def test_news_arrive_within_half_a_second(run, alice):
    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id)
        await browser.hear(1)
        began = time.monotonic()
        await write(make.event, run, "log", seq=1)
        await browser.hear(1)

    assert time.monotonic() - began < 0.5


async def test_a_late_joiner_is_told_the_past_in_order_and_then_the_present(run, alice):
    for n in range(1200):
        await write(make.event, run, "log", seq=n) if n < 5 else None
    await write(RunEvent.objects.bulk_create, [RunEvent(run=run, type="log", body={"seq": n}) for n in range(5, 1200)])

    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id)
        past = await browser.hear(1201)
        await write(make.event, run, "log", seq=1200)
        past += await browser.hear(1)

    ids = [news["event"] for news in past]
    assert ids == sorted(set(ids))
    assert [news["body"]["seq"] for news in past[1:]] == list(range(1201))


@exactly_once
async def test_who_comes_again_hears_only_what_it_missed(run, alice):
    events = [await write(make.event, run, "log", seq=n) for n in range(4)]

    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id, after=events[1].pk)
        missed = await browser.hear(2)
        assert await browser.hears_nothing()

    assert [news["body"]["seq"] for news in missed] == [2, 3]


async def test_nothing_is_lost_or_doubled_while_the_past_is_being_told(run, alice):
    """Committed while the replay runs: arrives by both ways, is heard once."""
    await write(RunEvent.objects.bulk_create, [RunEvent(run=run, type="log", body={"seq": n}) for n in range(900)])

    async def keep_writing():
        for n in range(900, 960):
            await write(make.event, run, "log", seq=n)

    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id)
        writing = asyncio.create_task(keep_writing())
        heard = await browser.hear(961)
        await writing
        assert await browser.hears_nothing()

    assert [news["body"].get("seq") for news in heard[1:]] == list(range(960))


@exactly_once
async def test_who_missed_what_is_no_longer_kept_is_told_to_read_again(run, alice):
    first = await write(make.event, run, "log", seq=1)
    second = await write(make.event, run, "log", seq=2)
    await write(RunEvent.objects.filter(pk=first.pk).delete)

    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id, after=first.pk)
        (told,) = await browser.hear(1)
        await write(make.event, run, "log", seq=3)
        (news,) = await browser.hear(1)

    assert (told["type"], told["event"]) == ("reread", second.pk)
    assert news["body"]["seq"] == 3


@exactly_once
async def test_a_workspace_tells_only_the_states_of_its_root_runs_from_now_on(run, workspace, rita):
    async with Listener(rita) as browser:
        await browser.ask("workspace", "lab")
        await until(is_listening)
        await write(make.event, run, "log", seq=1)
        await write(make.step, run)
        await write(make.event, run, "run", status="completed")
        (news,) = await browser.hear(1)
        assert await browser.hears_nothing()

    assert (news["topic"], news["id"], news["body"]["status"]) == ("workspace", "lab", "completed")


async def test_news_of_other_runs_are_not_heard(run, workspace, alice):
    other = await write(make.run, workspace, alice)

    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id)
        await browser.hear(1)
        await write(make.event, other, "log", seq=1)

        assert await browser.hears_nothing()


@pytest.mark.parametrize("topic", ["run", "workspace"])
async def test_an_outsider_hears_that_there_is_no_such_thing(run, oscar, topic):
    async with Listener(oscar) as browser:
        await browser.ask(topic, run.run_id if topic == "run" else "lab")
        (told,) = await browser.hear(1)
        await write(make.event, run, "log", seq=1)

        assert (told["type"], told["body"]["code"]) == ("error", "not-found")
        assert await browser.hears_nothing()


async def test_a_step_is_no_topic(run, alice):
    step = await write(make.step, run)
    async with Listener(alice) as browser:
        await browser.ask("run", step.run_id)
        assert (await browser.hear(1))[0]["type"] == "error"


async def test_nobody_without_a_session_is_let_in(db):
    async with Listener(AnonymousUser()) as browser:
        assert not browser.connected


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[" * 60_000, "null", "7", '{"topic": 1}', '{"topic": "run", "id": {"a": 1}}', '{"topic": "run", "id": "\\u0000"}']
)
async def test_nonsense_is_answered_and_does_no_harm(run, alice, text):
    async with Listener(alice) as browser:
        await browser.say(text)
        (told,) = await browser.hear(1)
        await browser.ask("run", run.run_id, after=10**30)
        (news,) = await browser.hear(1)

    assert told["type"] == "error"
    assert news["type"] == "run"


async def test_a_listener_that_stops_hears_no_more(run, alice):
    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id)
        await browser.hear(1)
        await browser.ask("run", run.run_id, stop=True)
        await until(lambda: not hub.current()._subscriptions)
        await write(make.event, run, "log", seq=1)

        assert await browser.hears_nothing()


async def test_a_hundred_listeners_hear_everything(run, alice):
    browsers = [Listener(alice) for _ in range(100)]
    for browser in browsers:
        await browser.__aenter__()
        await browser.ask("run", run.run_id)
        await browser.hear(1)
    for n in range(20):
        await write(make.event, run, "log", seq=n)

    for browser in browsers:
        assert [news["body"]["seq"] for news in await browser.hear(20)] == list(range(20))
        await browser.__aexit__()


async def test_a_slow_listener_is_caught_up_from_the_database(run, alice, monkeypatch):
    monkeypatch.setattr(hub, "MOST_WAITING", 10)
    gate = asyncio.Event()
    really_send = consumers.News.send_json

    async def slowly(self, content, close=False):
        if content["type"] == "log":
            await gate.wait()
        await really_send(self, content, close)

    monkeypatch.setattr(consumers.News, "send_json", slowly)
    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id)
        await browser.hear(1)
        for n in range(50):
            await write(make.event, run, "log", seq=n)
        (subscription,) = hub.current()._subscriptions
        await until(lambda: subscription._behind)
        assert len(subscription._waiting) <= 10
        gate.set()

        assert [news["body"]["seq"] for news in await browser.hear(50)] == list(range(50))


async def test_who_loses_the_membership_loses_the_news(run, rita, monkeypatch):
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", -1)
    async with Listener(rita) as browser:
        await browser.ask("workspace", "lab")
        await until(is_listening)
        await write(rita.memberships.all().delete)
        await write(make.event, run, "run", status="failed")
        closed = await browser.socket.receive_output(3)

    assert (closed["type"], closed.get("code")) == ("websocket.close", 4403)


async def test_nothing_is_polled_while_nobody_listens(run, alice):
    async with Listener(alice) as browser:
        await browser.ask("run", run.run_id)
        await browser.hear(1)
        assert hub.current()._tail is not None

    await until(lambda: hub.current()._tail is None)


def test_a_reader_sees_rows_that_are_committed_after_rows_with_higher_ids(run, monkeypatch):
    """As on PostgreSQL, where several transactions write at once."""
    monkeypatch.setattr(selectors, "look_back", lambda: selectors.LATE_IDS)
    monkeypatch.setattr(Reader, "_data_version", lambda self: None)
    reader = Reader()
    base = reader.newest

    def commit(id):
        RunEvent.objects.create(id=id, run=run, type="log", body={"seq": id})

    commit(base + 2)
    first = [news.id for news in reader.read()]
    commit(base + 1)
    commit(base + 3)
    second = [news.id for news in reader.read()]

    assert first == [base + 2]
    assert second == [base + 1, base + 3]
    assert reader.read() == []


def test_a_reader_never_gives_what_is_rolled_back(run):
    from django.db import transaction

    reader = Reader()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make.event(run, "log", seq=1)
        raise ZeroDivisionError
    kept = make.event(run, "log", seq=2)
    reader._version = None  # the same connection wrote; another one would see it by itself

    assert [news.id for news in reader.read()] == [kept.pk]


def metric(run, keys=("auc",), node=""):
    return make.event(run, "metric", node_id=node, keys=list(keys))


async def test_a_workspace_hears_of_metrics_once_a_second_and_run_and_never_misses_the_last(run, workspace, alice):
    other = await write(make.run, workspace, alice, status="running")
    async with Listener(alice) as browser:
        await browser.ask("workspace", workspace.slug)
        await until(is_listening)
        began = time.monotonic()
        first = await write(metric, run)
        (heard,) = await browser.hear(1)
        events = [await write(metric, run) for _ in range(5)]
        (last,) = await browser.hear(1)
        waited = time.monotonic() - began
        of_other = await write(metric, other)
        (another,) = await browser.hear(1)

    assert (heard["event"], heard["type"], heard["body"]["run_id"]) == (first.pk, "metric", run.run_id)
    assert last["event"] == events[-1].pk and waited > 0.9
    assert another["event"] == of_other.pk


async def test_states_of_runs_are_told_beside_their_metrics_in_order(run, workspace, alice):
    async with Listener(alice) as browser:
        await browser.ask("workspace", workspace.slug)
        await until(is_listening)
        sent = [await write(make.event, run, "run", status="running")]
        sent += [await write(metric, run), await write(make.event, run, "run", status="completed")]
        heard = await browser.hear(3)

    assert [news["event"] for news in heard] == [event.pk for event in sent]
    assert [news["type"] for news in heard] == ["run", "metric", "run"]


async def test_a_steps_metrics_are_news_of_its_run(run, workspace, alice):
    async with Listener(alice) as browser:
        await browser.ask("workspace", workspace.slug)
        await until(is_listening)
        await write(RunEvent.objects.create, run=run, type="metric", body={"run_id": "a-step", "node_id": "n", "keys": ["auc"]})
        (news,) = await browser.hear(1)

    assert news["body"]["run_id"] == run.run_id


async def test_who_missed_metrics_hears_of_each_run_once(run, workspace, alice):
    start = await write(make.event, run, "run", status="running")
    events = [await write(metric, run) for _ in range(4)]
    async with Listener(alice) as browser:
        await browser.ask("workspace", workspace.slug, after=start.pk)
        (news,) = await browser.hear(1)
        assert await browser.hears_nothing()

    assert news["event"] == events[-1].pk


async def test_who_was_away_for_too_long_reads_the_runs_again(run, workspace, alice, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_MISSED", 3)
    events = [await write(metric, run) for _ in range(5)]
    async with Listener(alice) as browser:
        await browser.ask("workspace", workspace.slug, after=events[0].pk)
        (news,) = await browser.hear(1)

    assert (news["type"], news["event"]) == ("reread", events[-1].pk)
