"""Sockets open for our own pages only."""

import pytest
from asgiref.testing import ApplicationCommunicator

from studio.asgi import application


async def knock(path: str, **headers: str) -> dict[str, object]:
    """The studio's first word to who wants to open a socket there."""
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "websocket", "path": path, "headers": sent, "query_string": b"", "subprotocols": []}
    socket = ApplicationCommunicator(application, scope)
    await socket.send_input({"type": "websocket.connect"})
    said = await socket.receive_output(5)
    return {"type": said["type"], "code": said.get("code")}


def closed(code: int) -> dict[str, object]:
    return {"type": "websocket.close", "code": code}


@pytest.mark.django_db(transaction=True)
async def test_a_page_of_another_site_cannot_listen_with_a_persons_cookies():
    refused = await knock("/ws/news", origin="http://elsewhere.example", host="studio:8765")

    assert refused == closed(4403)


@pytest.mark.django_db(transaction=True)
async def test_our_own_page_is_asked_to_sign_in():
    assert await knock("/ws/news", origin="http://studio:8765", host="studio:8765") == closed(4401)


async def test_an_unknown_socket_is_closed():
    assert await knock("/ws/nothing", host="studio:8765") == closed(4404)
