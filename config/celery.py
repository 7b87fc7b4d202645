"""The Celery application: its messages only wake workers, the work itself is rows in PostgreSQL."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Messages are JSON and carry no code, so a container's root needs no warning.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("forum")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
