"""Sockets open for our own pages only."""

import pytest
from channels.testing import WebsocketCommunicator

from studio.asgi import application


async def knock(path: str, **headers: str) -> tuple[bool, int | None]:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    socket = WebsocketCommunicator(application, path, headers=sent)
    opened, code = await socket.connect()
    await socket.disconnect()
    return opened, None if opened else code


@pytest.mark.django_db(transaction=True)
async def test_a_page_of_another_site_cannot_listen_with_a_persons_cookies():
    refused = await knock("/ws/news", origin="http://elsewhere.example", host="studio:8765")

    assert refused == (False, 4403)


@pytest.mark.django_db(transaction=True)
async def test_our_own_page_is_asked_to_sign_in():
    assert await knock("/ws/news", origin="http://studio:8765", host="studio:8765") == (False, 4401)


async def test_an_unknown_socket_is_closed():
    assert await knock("/ws/nothing", host="studio:8765") == (False, 4404)
