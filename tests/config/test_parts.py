"""The forum or the webinars can be switched off: their addresses answer 404, nothing leads there, the rest works."""

import importlib
import re
import runpy
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import clear_url_caches, resolve, reverse
from django.urls.exceptions import Resolver404
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import config.settings
import config.urls
from accounts import endings, waiting
from accounts.enums import MailScope, NoticeState, Role
from accounts.models import Notice
from accounts.services import outbox
from forum.related import related_to
from moderation.management.commands.receive_mail import UNAVAILABLE
from tests.config.test_settings import manage
from tests.factories import DelegateFactory, DiscussionFactory, UserFactory, grant
from tests.factories.webinars import RegistrationFactory, WebinarFactory
from tests.test_access_matrix import FORMS, ROWS, answer, visitor, world

APPS = {"FORUM": ("forum", "moderation"), "WEBINARS": ("webinars",)}
CHANGED = ("FORUM", "WEBINARS", "SWITCHED_OFF", "MIDDLEWARE", "LOGIN_REDIRECT_URL", "FIRST_PAGE")
FRONT_PAGE = "forum:front_page"
LINK = re.compile(r"""(?:href|action|hx-get|hx-post)=["'](?:http://testserver)?(/[^"'?#]*)""")


def settings_without(monkeypatch, *parts):
    """Return the settings as they are read where these parts are switched off."""
    for part in APPS:
        monkeypatch.setenv(part, "0" if part in parts else "1")
    monkeypatch.setenv("DATABASE_URL", config.settings.DATABASE_URL)
    return runpy.run_path(str(Path(config.settings.__file__)))


@pytest.fixture
def switch_off(settings, monkeypatch):
    """Return what switches a part off until the end of the test."""

    def switch(part):
        values = settings_without(monkeypatch, part)
        for name in CHANGED:
            setattr(settings, name, values[name])
        importlib.reload(config.urls)
        clear_url_caches()

    yield switch
    settings.SWITCHED_OFF, settings.FORUM, settings.WEBINARS = frozenset(), True, True
    importlib.reload(config.urls)
    clear_url_caches()


def belongs_to(row, part):
    """Tell whether an address of the matrix is gone with a part; the front page is another one without a forum."""
    app, _colon, name = row["name"].partition(":")
    if app == "admin":
        return name.partition("_")[0] in APPS[part]
    stays = {FRONT_PAGE.partition(":")[2], *config.urls.PAGES_OF_NEITHER}
    return (app in APPS[part] and name not in stays) or name in config.urls.PAGES_OF_BOTH


def leads_nowhere(address):
    try:
        return resolve(address).func is config.urls._switched_off
    except Resolver404:
        return False


@pytest.mark.parametrize("part", APPS)
def test_each_of_its_addresses_answers_404(db, settings, tmp_path, switch_off, part):
    settings.MEDIA_ROOT = tmp_path
    readers, ids = world()
    switch_off(part)
    rows = [row for row in ROWS if belongs_to(row, part)]
    wrong = []
    for reader in ("anonymous", "secretariat"):
        client = visitor(readers[reader])
        client.handler.enforce_csrf_checks = True
        for row in rows:
            found = answer(client, row["name"], row["method"], row["address"].format_map(ids))
            wrong += [(row["name"], reader, found)] if found != "404" else []

    assert len(rows) > 90
    assert wrong == []


@pytest.mark.parametrize("part", APPS)
def test_all_other_pages_answer_as_ever_and_none_leads_to_it(db, settings, tmp_path, switch_off, part):
    settings.MEDIA_ROOT = tmp_path
    readers, ids = world()
    switch_off(part)
    rows = [
        row
        for row in ROWS
        if row["method"] == "GET" and not belongs_to(row, part) and row["name"] not in {"account_logout", FRONT_PAGE}
    ]
    wrong, leading, links = [], [], 0
    for reader in ("anonymous", "focal point", "secretariat"):
        client = visitor(readers[reader])
        for row in rows:
            cache.clear()
            with transaction.atomic():
                response = client.get(row["address"].format_map(ids))
                transaction.set_rollback(True)
            if row[reader].isdecimal() and response.status_code != int(row[reader]):
                wrong.append((row["name"], reader, response.status_code))
            if response.headers.get("Content-Type", "").startswith("text/html"):
                found = LINK.findall(response.content.decode())
                links += len(found)
                leading += [(row["name"], reader, link) for link in found if leads_nowhere(link)]

    assert links > 1_000
    assert wrong == []
    assert leading == []


def test_a_programme_without_a_forum_opens_at_the_webinars(client, db, switch_off):
    delegate = DelegateFactory()
    switch_off("FORUM")
    programme = reverse("webinars:programme")

    assertRedirects(client.get("/"), programme)
    client.force_login(delegate)
    assertRedirects(client.post(reverse("accounts:protocol_detail")), programme)


def test_a_forum_without_webinars_opens_as_ever(client, db, switch_off):
    switch_off("WEBINARS")

    page = client.get("/")

    assertContains(page, "Member states learn from one another here")
    assertNotContains(page, "/webinars/")


def test_a_profile_without_a_forum_asks_nothing_about_its_mail(client, db, switch_off):
    delegate = DelegateFactory()
    client.force_login(delegate)
    switch_off("FORUM")
    profile = reverse("accounts:profile_edit")

    assertNotContains(client.get(profile), "mail_topics")
    answered = client.post(profile, {**FORMS["accounts:profile_edit"], "full_name": "Another name"})

    delegate.refresh_from_db()
    assert (answered.status_code, delegate.full_name) == (302, "Another name")
    assert not delegate.mail_preferences.exists()


def test_a_letter_that_proposes_a_topic_is_sent_back_without_a_forum(switch_off):
    switch_off("FORUM")

    with pytest.raises(CommandError, match="switched off") as refusal:
        call_command("receive_mail", "propose@forum.example")

    assert refusal.value.returncode == UNAVAILABLE


@pytest.mark.parametrize("part", APPS)
def test_the_administration_shows_the_tables_of_the_other_part_only(client, db, switch_off, part):
    client.force_login(UserFactory(role=Role.SECRETARIAT))
    switch_off(part)

    shown = {app["app_label"] for app in client.get(reverse("admin:index")).context["app_list"]}

    assert shown == {"accounts", "forum", "moderation", "webinars"} - set(APPS[part])


@pytest.mark.parametrize("part", APPS)
def test_the_clock_asks_nothing_of_it(monkeypatch, part):
    tasks = settings_without(monkeypatch, part)["CELERY_BEAT_SCHEDULE"].values()

    asked = {str(entry["task"]).partition(".")[0] for entry in tasks}

    assert asked == {"accounts", "forum", "moderation", "webinars"} - set(APPS[part])


def test_the_desk_names_nothing_of_it(db, switch_off):
    secretariat, discussion = UserFactory(role=Role.SECRETARIAT), DiscussionFactory()
    today = timezone.localdate()
    ends_at = timezone.now() + timezone.timedelta(days=3)
    grant(UserFactory(role=Role.EXTERNAL), discussion, ends_at=ends_at)
    WebinarFactory(topic=discussion.topic)

    def desk():
        apps = {kind.address.partition(":")[0] for kind in waiting.everything(secretariat)}
        return apps, len(endings.between(today, today + timezone.timedelta(days=7)))

    assert desk() == ({"moderation", "webinars"}, 1)
    assert len(related_to(discussion.topic, secretariat)) == 1
    switch_off("FORUM")
    assert desk() == ({"webinars"}, 0)
    switch_off("WEBINARS")
    assert desk()[0] == {"moderation"}
    assert related_to(discussion.topic, secretariat) == []


def test_a_letter_that_waits_about_it_is_not_sent(db, switch_off, mailoutbox):
    topic, reader, registration = DiscussionFactory().topic, DelegateFactory(), RegistrationFactory()
    outbox.notify({reader.pk: MailScope.TOPICS}, kind="topic.opened", about=topic)
    outbox.notify_address("guest@office.example", language="en", kind="registration.asked", about=registration)
    switch_off("FORUM")

    outbox.deliver_due()

    states = dict(Notice.objects.values_list("kind", "state"))
    assert states["topic.opened"] == NoticeState.DROPPED
    assert states["registration.asked"] != NoticeState.WAITING


def test_at_least_one_part_stays(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="FORUM and WEBINARS are both switched off"):
        settings_without(monkeypatch, *APPS)


@pytest.mark.parametrize("part", APPS)
def test_such_an_instance_is_well_configured(tmp_path, part):
    checked = manage(tmp_path, "check", **{part: "0"})

    assert (checked.returncode, checked.stderr) == (0, "")
