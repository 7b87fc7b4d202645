"""No cache on the way and no browser keeps a page of the forum, whatever it answers. Source: security.md SE-10."""

import pytest
from django.test import Client

from accounts.enums import Role
from tests.factories import DelegateFactory, DiscussionFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "/": 302,
    "/rooms/": 200,
    "/rooms": 301,
    "/profile/": 200,
    "/accounts/password/change/": 200,
    "/accounts/login/": 302,
    "/secretariat/": 403,
    "/rooms/xx/": 404,
    "/nowhere/": 404,
    "/healthz": 200,
}


def is_kept_by_nobody(response) -> bool:
    directives = {word.strip() for word in response["Cache-Control"].split(",")}
    return {"private", "no-store"} <= directives and "Cookie" in response["Vary"]


@pytest.mark.parametrize(("address", "status"), ADDRESSES.items())
def test_no_page_is_kept(client, delegate, address, status):
    client.force_login(delegate)

    response = client.get(address)

    assert response.status_code == status
    assert is_kept_by_nobody(response)


def test_no_page_of_somebody_signed_out_is_kept_either(client):
    responses = [client.get(address) for address in ("/", "/rooms/", "/accounts/login/", "/nowhere/")]

    assert all(is_kept_by_nobody(response) for response in responses)


def test_no_refusal_of_a_forged_form_is_kept(delegate):
    client = Client(enforce_csrf_checks=True)
    client.force_login(delegate)

    response = client.post("/profile/", {})

    assert response.status_code == 403
    assert is_kept_by_nobody(response)


def test_no_fault_is_kept(delegate, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(delegate)
    monkeypatch.setattr("forum.views.rooms.room_summaries", lambda *given, **named: 1 / 0)

    response = client.get("/rooms/")

    assert response.status_code == 500
    assert is_kept_by_nobody(response)


def test_no_stopped_attempt_is_kept(client):
    for _attempt in range(6):
        response = client.post("/accounts/login/", {"login": "nobody@forum.example", "password": "not-the-password"})

    assert response.status_code == 429
    assert is_kept_by_nobody(response)


def test_nothing_that_is_downloaded_is_kept(client):
    client.force_login(UserFactory(role=Role.SECRETARIAT))

    response = client.post("/secretariat/audit/export/")

    assert response.status_code == 200
    assert is_kept_by_nobody(response)


def test_no_part_of_a_page_is_kept(client):
    discussion = DiscussionFactory()
    client.force_login(DelegateFactory())

    response = client.get(discussion.get_absolute_url(), headers={"HX-Request": "true"})

    assert is_kept_by_nobody(response)
