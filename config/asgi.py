"""The live streams, as an ASGI application. Pages are served by ``config.wsgi``."""

import os
import resource

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.urls import get_resolver  # noqa: E402 - these need the set-up above

from forum.live import LiveStreams  # noqa: E402

_ = get_resolver().url_patterns  # load the addresses now, not when the first post is written out

_soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each open page is a file to the system

application = LiveStreams()
