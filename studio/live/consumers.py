"""Tells a browser what happens to the records it looks at.

A browser sends {"topic", "id", "after"} and hears {"topic", "id", "event", "type", "body"} in order from then on;
{"topic", "id", "stop": true} ends it. Type "reread": what came after `after` is no longer kept, read the record again.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from uvicorn.protocols.utils import ClientDisconnected

from registry.errors import Invalid, StudioError
from studio.live import hub, selectors, topics

log = logging.getLogger(__name__)
MOST_SUBSCRIPTIONS = 50
RECHECK_SECONDS = 60


async def read(function: Callable[..., Any], *args: Any) -> Any:
    # Not the one thread that all synchronous code shares: a long replay must not hold up other sockets.
    return await database_sync_to_async(function, thread_sensitive=False)(*args)


class News(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.pumps: dict[tuple[str, str], asyncio.Task[None]] = {}
        user = self.scope.get("user")
        await (self.accept() if user and user.is_authenticated else self.close(4401))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        try:
            ask = json.loads(text_data or "")
        except (ValueError, RecursionError):
            ask = None
        # Nonsense is answered like any other message that names no topic.
        ask = ask if isinstance(ask, dict) else {}
        key = (str(ask.get("topic", "")), str(ask.get("id", "")))
        if pump := self.pumps.pop(key, None):
            pump.cancel()
        if ask.get("stop"):
            return
        try:
            if len(self.pumps) >= MOST_SUBSCRIPTIONS:
                raise Invalid(f"One socket may listen to {MOST_SUBSCRIPTIONS} things.", code="too-many")
            channel = await read(topics.find, self.scope["user"], *key)
        except StudioError as error:
            await self._tell(key, "error", 0, error.as_dict())
            return
        after = ask.get("after")
        after = after if isinstance(after, int) and 0 < after < 2**63 else 0
        self.pumps[key] = asyncio.create_task(self._pump(channel, after))

    async def disconnect(self, code: int) -> None:
        for pump in getattr(self, "pumps", {}).values():
            pump.cancel()

    async def _pump(self, channel: topics.Channel, after: int) -> None:
        key = (channel.topic, channel.id)
        subscription = hub.Subscription(channel, after)
        checked = asyncio.get_running_loop().time()
        try:
            await hub.current().join(subscription)
            if not after and not channel.replays:
                subscription.last = await read(selectors.newest)
            elif after and not await read(channel.is_complete, after):
                subscription.last = await read(selectors.newest)
                await self._tell(key, "reread", subscription.last, {})
            while True:
                portion = await subscription.next(read)
                if (now := asyncio.get_running_loop().time()) - checked > RECHECK_SECONDS:
                    checked = now
                    if not await read(topics.still_open, self.scope["user"], self.scope.get("session"), channel):
                        await self.close(4403)
                        return
                for news in portion:
                    await self.send_json(channel.message(news))
        except StudioError as error:
            await self._tell(key, "error", 0, error.as_dict())
        except ClientDisconnected:
            pass  # somebody left the page while news were on their way
        except Exception:
            # The browser comes again and resumes where it was.
            log.exception("News of %s %s broke off", *key)
            await self.close(1011)
        finally:
            hub.current().leave(subscription)

    async def _tell(self, key: tuple[str, str], type: str, event: int, body: dict[str, Any]) -> None:
        await self.send_json({"topic": key[0], "id": key[1], "event": event, "type": type, "body": body})
