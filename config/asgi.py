"""The live streams, as an ASGI application. Pages are served by ``config.wsgi``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from forum.live import LiveStreams  # noqa: E402 - the models need the set-up above

application = LiveStreams()
