"""Who listens in this process. One hub per event loop; its tail runs only while somebody listens."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary

from studio.live.selectors import News, look_back
from studio.live.tail import Tail
from studio.live.topics import Channel

# A socket that is further behind than this reads what it missed from the database, at its own pace.
MOST_WAITING = 500
# Of news that a channel spares, those of one key are told this far apart (seconds).
SPARED_FOR = 1.0

_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def current() -> "Hub":
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(loop)
    return _hubs[loop]


class Subscription:
    """One socket's wish for one channel. `news` yields what it has not had, in order, for as long as it is asked."""

    def __init__(self, channel: Channel, after: int) -> None:
        self.channel = channel
        self.last = after
        self._waiting: deque[News] = deque()
        self._behind = True
        self._had: deque[int] = deque(maxlen=2 * MOST_WAITING)
        self._awake = asyncio.Event()
        self._told: dict[int, float] = {}  # when a spared key was last told of

    def offer(self, news: News) -> None:
        if self._behind or not self.channel.takes(news):
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self._behind = True
        else:
            self._waiting.append(news)
        self._awake.set()

    async def next(self, read: Callable[..., "asyncio.Future[list[News]]"]) -> list[News]:
        """The next portion, waiting for it if need be. `read` calls a blocking function in a thread."""
        while True:
            if self._behind:
                # From here on offers are kept; what is committed while we read arrives twice and is dropped once.
                self._behind = False
                found = await read(self.channel.missed, self.last - look_back())
                fresh = self._fresh(found)
                # Not at the end yet: go on reading rather than listening.
                self._behind = self._behind or bool(found and fresh)
                if self._behind:
                    self._waiting.clear()
            else:
                self._awake.clear()
                ready, pause = self._ready()
                if not ready:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._awake.wait(), pause)
                fresh = self._fresh(ready)
            if fresh:
                return newest_of_each(fresh, self.channel.spared)

    def _ready(self) -> tuple[list[News], float | None]:
        """What may be told now, taken from what waits, and how long until more may be. Nothing overtakes what is held
        back: whoever comes again asks for what came after the last that it heard."""
        now = asyncio.get_running_loop().time()
        self._waiting = deque(newest_of_each(self._waiting, self.channel.spared))
        ready: list[News] = []
        while self._waiting:
            key = self.channel.spared(self._waiting[0])
            if key is not None:
                due = self._told.get(key, 0.0) + SPARED_FOR
                if due > now:
                    return ready, due - now
                self._told[key] = now
            ready.append(self._waiting.popleft())
        self._told = {key: told for key, told in self._told.items() if told + SPARED_FOR > now}
        return ready, None

    def _fresh(self, found: list[News]) -> list[News]:
        late = look_back()
        fresh = [n for n in found if n.id not in self._had and n.id > self.last - late]
        for news in fresh:
            self._had.append(news.id)
            self.last = max(self.last, news.id)
        return fresh


def newest_of_each(news: Iterable[News], spared: Callable[[News], int | None]) -> list[News]:
    """Without those that a later one of the same key makes needless."""
    kept: list[News] = []
    seen: set[int] = set()
    for one in reversed(list(news)):
        key = spared(one)
        if key is None or key not in seen:
            kept.append(one)
        if key is not None:
            seen.add(key)
    return kept[::-1]


class Hub:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._subscriptions: set[Subscription] = set()
        self._tail: Tail | None = None

    async def join(self, subscription: Subscription) -> None:
        """From the return on, every commit is offered to the subscription."""
        self._subscriptions.add(subscription)
        if self._tail is None:
            self._tail = Tail(self._publish_from_thread)
            self._tail.start()
        await asyncio.to_thread(self._tail.wait_until_ready)

    def leave(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)
        if not self._subscriptions and self._tail is not None:
            tail, self._tail = self._tail, None
            self._loop.run_in_executor(None, tail.stop)

    def _publish_from_thread(self, news: list[News]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._publish, news)

    def _publish(self, news: list[News]) -> None:
        for subscription in list(self._subscriptions):
            for one in news:
                subscription.offer(one)
