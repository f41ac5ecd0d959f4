"""The web process: HTTP to Django, sockets to `studio.live`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
