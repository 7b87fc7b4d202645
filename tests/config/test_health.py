"""``/healthz``: what a load balancer asks."""

from unittest import mock

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper


def test_a_healthy_forum_answers_without_signing_in(client, db):
    assert client.get("/healthz").status_code == 200


def test_a_forum_without_its_database_is_not_healthy(client, db):
    with mock.patch.object(BaseDatabaseWrapper, "cursor", side_effect=OperationalError("gone")):
        assert client.get("/healthz").status_code == 500


def test_the_health_page_tells_nothing_of_the_forum(client, db):
    page = client.get("/healthz", headers={"accept": "text/html"}).content.decode()

    assert "forum.example" not in page
    assert "Traceback" not in page
