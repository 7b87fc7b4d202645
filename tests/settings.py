"""What tests change, and nothing else: the database, the templates and the rules are the real ones."""

import os
from pathlib import Path

os.environ["VAR"] = os.environ.get("VAR") or str(Path(__file__).resolve().parent.parent / "var" / "test")
os.environ["DEMO"] = "1"

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, STATIC_ROOT, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "django_linear_migrations"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # for tests without a database
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise looks there, though nothing is collected
