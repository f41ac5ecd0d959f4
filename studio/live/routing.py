"""Addresses of sockets; `studio.asgi` mounts them behind the session and an origin check."""

from django.urls import path

from studio.live.consumers import News

websocket_urlpatterns = [path("ws/news", News.as_asgi())]
