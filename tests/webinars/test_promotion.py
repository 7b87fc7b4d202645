"""Making a webinar known: the plan, ready texts, and mail to earlier participants who agreed to it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Notice
from accounts.services import outbox
from tests.factories import DelegateFactory, MandateFactory, RegistrationFactory, UserFactory, WebinarFactory
from webinars.enums import Channel, DeliveryState, Promoter, RegistrationState, WebinarState
from webinars.models import CampaignMail, OptOut, PromotionTask, Registration
from webinars.queries.promotion import promotion_page
from webinars.services import campaigns, promotion, registrations


@pytest.fixture
def secretariat(db):
    return UserFactory()


@pytest.fixture
def focal_point(db):
    return MandateFactory().user


@pytest.fixture
def webinar(db):
    return WebinarFactory(title_en="Small registers", title_fr="Petits registres", promotion_fr="Venez.")


def step_of(webinar, state=None, **fields) -> PromotionTask:
    promoter = Promoter.STATE if state else Promoter.SECRETARIAT
    values = {"audience": "Universities", "channel": Channel.MAIL, "promoter": promoter, "member_state": state} | fields
    return PromotionTask.objects.create(webinar=webinar, **values)


# --- The plan -----------------------------------------------------------------------------------------


def test_the_focal_points_of_a_state_are_told_what_it_is_asked_to_do(
    client, secretariat, focal_point, webinar, mailoutbox
):
    client.force_login(secretariat)
    sent = {
        "audience": "Universities",
        "channel": Channel.MAIL,
        "promoter": Promoter.STATE,
        "member_state": focal_point.member_state_id,
    }

    client.post(reverse("webinars:promotion_step_create", args=[webinar.pk]), sent)
    outbox.deliver_due()

    (letter,) = mailoutbox
    assert letter.to == [focal_point.email]
    assert "Universities" in letter.body
    assert reverse("webinars:promotion_list") in letter.body


def test_a_step_of_the_secretariat_tells_nobody(secretariat, focal_point, webinar):
    values = {"audience": "Readers", "channel": Channel.WEB, "promoter": Promoter.SECRETARIAT, "member_state": None}

    promotion.add_step(actor=secretariat, webinar=webinar.pk, values=values)

    assert not Notice.objects.exists()


def test_a_step_of_a_state_names_it(client, secretariat, webinar):
    client.force_login(secretariat)
    sent = {"audience": "Universities", "channel": Channel.MAIL, "promoter": Promoter.STATE}

    response = client.post(reverse("webinars:promotion_step_create", args=[webinar.pk]), sent)

    assertContains(response, "Say which member state.", status_code=422)
    assertContains(response, "Universities", status_code=422)
    assert not PromotionTask.objects.exists()


def test_a_focal_point_says_what_came_of_a_step(client, focal_point, webinar):
    task = step_of(webinar, focal_point.member_state)
    client.force_login(focal_point)
    sent = {f"step-{task.pk}-done_on": "2027-02-01", f"step-{task.pk}-reach": "240"}

    assertContains(client.get(reverse("webinars:promotion_list")), "Venez.")
    client.post(reverse("webinars:promotion_step_report", args=[task.pk]), sent)

    task.refresh_from_db()
    assert (str(task.done_on), task.reach) == ("2027-02-01", 240)


def test_nobody_speaks_for_the_step_of_another_state(client, focal_point, webinar):
    task = step_of(webinar, DelegateFactory().member_state)
    client.force_login(focal_point)

    assertNotContains(client.get(reverse("webinars:promotion_list")), "Universities")
    assert client.post(reverse("webinars:promotion_step_report", args=[task.pk]), {}).status_code == 404
    with pytest.raises(PermissionDenied):
        promotion.report_step(actor=focal_point, task=task.pk, done_on=None, reach=1, note="")


def test_a_delegate_without_a_mandate_is_asked_nothing(client, focal_point, webinar):
    task = step_of(webinar, focal_point.member_state)
    delegate = DelegateFactory(member_state=focal_point.member_state)
    client.force_login(delegate)

    assert client.get(reverse("webinars:promotion_list")).status_code == 403
    with pytest.raises(PermissionDenied):
        promotion.report_step(actor=delegate, task=task.pk, done_on=None, reach=1, note="")


def test_reach_is_summed_for_each_channel(webinar, focal_point):
    step_of(webinar, reach=100)
    step_of(webinar, focal_point.member_state, reach=40)
    step_of(webinar, channel=Channel.SOCIAL, reach=7)
    step_of(webinar, channel=Channel.EVENT)

    page = promotion_page(webinar)

    assert page.reach == [("E-mail", 140), ("Social media", 7)]
    assert page.reached == 147


def test_ready_texts_hold_the_time_in_geneva_and_universal_time_and_the_address(webinar):
    webinar.starts_at = datetime(2027, 3, 10, 13, 0, tzinfo=UTC)

    english, french = promotion_page(webinar).texts

    assert "To show what worked." in english.text  # no text of its own, so the objectives
    assert "Venez." in french.text
    assert "Small registers" in english.text
    assert "Petits registres" in french.text
    assert "14:00 in Geneva (13:00 UTC)" in english.text
    assert f"{webinar.get_absolute_url()}?language=fr" in french.text


def test_the_list_of_a_state_asks_the_database_as_often_for_three_steps_as_for_one(
    client, focal_point, django_assert_max_num_queries
):
    step_of(WebinarFactory(), focal_point.member_state)
    client.force_login(focal_point)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("webinars:promotion_list"))
    for _more in range(2):
        step_of(WebinarFactory(), focal_point.member_state)

    with django_assert_max_num_queries(len(one)):
        client.get(reverse("webinars:promotion_list"))


def test_the_secretariat_writes_the_texts_on_the_plan(client, secretariat, webinar):
    client.force_login(secretariat)

    client.post(reverse("webinars:promotion_texts_save", args=[webinar.pk]), {"promotion_en": "Come."})

    webinar.refresh_from_db()
    assert webinar.promotion_en == "Come."


# --- Earlier participants -----------------------------------------------------------------------------


@pytest.fixture
def earlier(db):
    return WebinarFactory(
        state=WebinarState.COMPLETE,
        starts_at=timezone.now() - timedelta(days=90),
        ends_at=timezone.now() - timedelta(days=89),
    )


def willing(webinar, **fields):
    return RegistrationFactory(webinar=webinar, hears_of_later=True, **fields)


def told(actor, webinar, *earlier, languages=()) -> list[str]:
    campaign = campaigns.start_campaign(actor=actor, webinar=webinar.pk, earlier=earlier, languages=languages)
    return sorted(campaign.mails.values_list("email", flat=True))


def test_only_who_agreed_is_told_and_only_once(secretariat, webinar, earlier):
    other = WebinarFactory(state=WebinarState.COMPLETE)
    RegistrationFactory(webinar=earlier, email="silent@office.example")
    willing(earlier, email="glad@office.example")
    willing(other, email="glad@office.example")
    willing(earlier, email="off@office.example", state=RegistrationState.CANCELLED)
    willing(earlier, email="old@office.example", keep_until=timezone.localdate() - timedelta(days=1))
    willing(earlier, email="stopped@office.example")
    OptOut.objects.create(email="stopped@office.example")
    willing(earlier, email="coming@office.example")
    RegistrationFactory(webinar=webinar, email="coming@office.example")

    assert told(secretariat, webinar, earlier, other) == ["glad@office.example"]
    with pytest.raises(ValidationError):
        told(secretariat, webinar, earlier, other)


def test_those_are_told_who_follow_one_of_the_languages(secretariat, webinar, earlier):
    willing(earlier, email="fr@office.example", languages=["fr", "en"])
    willing(earlier, email="es@office.example", languages=["es"])

    assert told(secretariat, webinar, earlier, languages=["fr"]) == ["fr@office.example"]


@pytest.mark.parametrize("state", [WebinarState.ORGANIZING, WebinarState.HELD])
def test_earlier_participants_are_told_of_announced_webinars_only(secretariat, webinar, earlier, state):
    willing(earlier)
    webinar.state = state
    webinar.save()

    with pytest.raises(PermissionDenied):
        told(secretariat, webinar, earlier)


def test_each_mail_is_sent_once_with_a_way_to_stop_at_one_click(secretariat, webinar, earlier, mailoutbox):
    willing(earlier, email="glad@office.example", language="fr")
    told(secretariat, webinar, earlier)

    for _minute in range(2):
        campaigns.send_due()
        outbox.deliver_due()

    (letter,) = mailoutbox
    assert letter.to == ["glad@office.example"]
    assert "Petits registres" in letter.subject
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Unsubscribe"].strip("<>") in letter.body
    assert promotion_page(webinar).reach == [("E-mail", 1)]


def test_stopping_acts_at_once_and_on_everything(client, secretariat, webinar, earlier, mailoutbox):
    registration = willing(earlier, email="glad@office.example")
    told(secretariat, webinar, earlier)
    campaigns.send_due()
    again = WebinarFactory()
    told(secretariat, again, earlier)
    stop = campaigns.stop_address(CampaignMail.objects.get(campaign__webinar=webinar))

    assertContains(client.get(stop), "End this mail")
    assert not OptOut.objects.exists()
    client.post(stop, {"List-Unsubscribe": "One-Click"})
    campaigns.send_due()
    outbox.deliver_due()  # the mail that was handed over already is not sent either

    assert mailoutbox == []
    assert OptOut.objects.get().email == "glad@office.example"
    assert CampaignMail.objects.get(campaign__webinar=again).state == DeliveryState.DROPPED
    registration.refresh_from_db()
    assert not registration.hears_of_later


def test_who_registers_meanwhile_is_not_told_any_more(secretariat, webinar, earlier):
    willing(earlier, email="glad@office.example")
    told(secretariat, webinar, earlier)
    RegistrationFactory(webinar=webinar, email="glad@office.example")

    campaigns.send_due()

    assert CampaignMail.objects.get().state == DeliveryState.DROPPED


def test_an_address_is_forgotten_with_the_registration_that_it_came_from(secretariat, webinar, earlier):
    registration = willing(earlier, email="glad@office.example")
    told(secretariat, webinar, earlier)
    Registration.objects.filter(pk=registration.pk).update(keep_until=timezone.localdate() - timedelta(days=1))

    registrations.discard_old()

    assert "glad" not in CampaignMail.objects.get().email


def test_an_address_that_is_not_ours_stops_nothing(client, db):
    assert client.post(reverse("webinars:later_stop", args=["MQ:1abc:made-up"])).status_code == 404
