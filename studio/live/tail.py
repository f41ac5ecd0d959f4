"""Notices commits of any process and hands the new events to this process's sockets. Polls in a thread of its own."""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, connection

from studio.live import selectors
from studio.live.selectors import News

log = logging.getLogger(__name__)

SQLITE_PAUSE = 0.03  # asking SQLite whether anything was committed costs microseconds
OTHER_PAUSE = 0.25  # elsewhere each look is a query
PORTION = 1000


class Tail:
    """Reads from the moment of `start` until `stop`. `publish` is called in the tail's thread."""

    def __init__(self, publish: Callable[[list[News]], None]) -> None:
        self._publish = publish
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="news-tail", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait_until_ready(self, timeout: float = 10) -> bool:
        """Blocks until everything committed from now on will be published."""
        return self._ready.wait(timeout)

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _follow(self) -> None:
        reader: Reader | None = None
        try:
            while not self._stopping.is_set():
                try:
                    reader = reader or Reader()
                    self._ready.set()
                    while news := reader.read():
                        self._publish(news)
                except DatabaseError:
                    # A database that restarts is a pause, not an end; the reader goes on where it was.
                    log.warning("The news cannot be read just now; trying again.", exc_info=True)
                    connection.close()
                    self._stopping.wait(1)
                self._stopping.wait(reader.pause if reader else 1)
        finally:
            connection.close()


class Reader:
    """Gives every event once, in the order of ids except for those committed late."""

    def __init__(self) -> None:
        # The version first: what is committed between the two is then read once too often, never missed.
        self._version = self._data_version()
        self.newest = selectors.newest()
        self._look_back = selectors.look_back()
        self._seen = {news.id for news in selectors.since(self.newest - self._look_back)} if self._look_back else set()
        self.pause = SQLITE_PAUSE if connection.vendor == "sqlite" else OTHER_PAUSE

    def read(self) -> list[News]:
        """The next events, at most a portion; an empty list when there are none left."""
        version = self._data_version()
        if version is not None and version == self._version:
            return []
        found = selectors.since(self.newest - self._look_back, PORTION)
        fresh = [news for news in found if news.id not in self._seen and (self._look_back or news.id > self.newest)]
        if not fresh:
            # Only now: a portion may have left events of this version unread.
            self._version = version
            return []
        self.newest = max(self.newest, fresh[-1].id)
        if self._look_back:
            self._seen.update(news.id for news in fresh)
            self._seen = {id for id in self._seen if id > self.newest - self._look_back}
        return fresh

    def _data_version(self) -> int | None:
        """Changes whenever another connection has committed; None where the database has no such thing."""
        if connection.vendor != "sqlite":
            return None
        with connection.cursor() as cursor:
            return int(cursor.execute("PRAGMA data_version").fetchone()[0])
