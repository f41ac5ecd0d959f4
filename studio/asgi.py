"""The web process: HTTP to Django, sockets to `studio.live`."""

import json
import os
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

# Only now: what follows needs the apps to be loaded.
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter

from registry.data.services import LARGEST_CHUNK
from registry.mlflow_api.asgi import Protocol
from studio.live.routing import websocket_urlpatterns

# The largest chunk of an upload, and room for what surrounds it; nothing else that is sent here comes near.
LARGEST_BODY = LARGEST_CHUNK + 1024**2

TOO_LARGE = json.dumps(
    {"code": "too-large", "message": "More was sent than this address takes. Send files in chunks.", "fields": {}}
).encode()


class Bounded:
    """Refuses a body larger than any address takes. Django puts a body on the disk before it asks who sent it, so
    whoever reaches the port could fill the disk otherwise."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        taken, told = 0, dict(scope["headers"]).get(b"content-length", b"0")
        too_large = told.isdigit() and (len(told) > 18 or int(told) > LARGEST_BODY)

        async def counted() -> dict[str, Any]:
            nonlocal taken, too_large
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                too_large = True
                return {"type": "http.disconnect"}  # Django drops what it has, and answers nothing
            return message

        if not too_large:
            await self.inner(scope, counted, send)
        if too_large:
            headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": TOO_LARGE})


class SameOrigin:
    """Sockets for our own pages only. A browser sends its cookies along with any page's socket, and the studio
    answers to whatever name its machine has, so the name in Origin must be the one that was called."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin1")
        # A program sends no Origin; it has no cookies either.
        if origin and urlsplit(origin).netloc != headers.get(b"host", b"").decode("latin1"):
            await send({"type": "websocket.close", "code": 4403})
            return
        await self.inner(scope, receive, send)


class NoSuchSocket:
    """Closes a socket to an unknown address, instead of a traceback in the log."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "websocket.close", "code": 4404})


class Sockets:
    def __init__(self) -> None:
        known = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
        self.known, self.unknown = SameOrigin(known), NoSuchSocket()
        self.paths = {f"/{pattern.pattern}" for pattern in websocket_urlpatterns}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await (self.known if scope["path"] in self.paths else self.unknown)(scope, receive, send)


application = ProtocolTypeRouter({"http": Protocol(Bounded(pages)), "websocket": Sockets()})
