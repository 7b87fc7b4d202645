"""Signals: given with one touch, and what they tell to whom."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccountStatus, Role
from accounts.models import AuditEntry, MemberState, User
from accounts.services.outbox import deliver_due
from forum.enums import PostState, SignalKind
from forum.models import Post, Signal
from forum.queries.extras import post_extras
from forum.services.archives import gather
from forum.services.seats import forget_person
from forum.services.signals import give_signal, take_back_signal
from forum.streams import posts_after
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MemberStateFactory,
    PostFactory,
    ProtocolFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db
SIMILAR, USEFUL, CONTACT = SignalKind.SIMILAR, SignalKind.USEFUL, SignalKind.CONTACT
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _protocol(db):
    ProtocolFactory()


@pytest.fixture
def post() -> Post:
    return PostFactory()


def page(client, reader: User, post: Post) -> str:
    client.force_login(reader)
    return client.get(post.discussion.get_absolute_url()).text


def send(client, post: Post, *, headers=None, **fields):
    return client.post(reverse("forum:signal_set", args=[post.pk]), fields, headers=headers or {})


def deliver_later() -> None:
    """Deliver what waits to be taken back."""
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        deliver_due()


# --- Giving and taking back -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SignalKind)
def test_a_signal_is_given_once_and_taken_back(post, delegate, kind):
    for _touch in range(2):
        give_signal(actor=delegate, post=post.pk, kind=kind)
    assert list(Signal.objects.values_list("post", "user", "kind")) == [(post.pk, delegate.pk, kind)]

    for _touch in range(2):
        take_back_signal(actor=delegate, post=post.pk, kind=kind)
    assert Signal.objects.count() == 0


@pytest.mark.parametrize("kind", SignalKind)
def test_nobody_signals_under_their_own_post(post, kind):
    with pytest.raises(PermissionDenied, match="your own post"):
        give_signal(actor=post.author, post=post.pk, kind=kind)


@pytest.mark.parametrize("role", [Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT])
def test_whoever_takes_part_gives_signals(post, role):
    give_signal(actor=UserFactory(role=role), post=post.pk, kind=USEFUL)

    assert Signal.objects.count() == 1


def test_an_evaluator_gives_none(post):
    with pytest.raises(PermissionDenied, match="evaluator"):
        give_signal(actor=UserFactory(role=Role.EVALUATOR), post=post.pk, kind=USEFUL)


def test_an_external_stakeholder_gives_them_where_they_are_admitted_only(post):
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, post.discussion)
    give_signal(actor=external, post=post.pk, kind=SIMILAR)

    with pytest.raises(Post.DoesNotExist):
        give_signal(actor=external, post=PostFactory().pk, kind=SIMILAR)


def test_a_post_that_is_shown_no_more_gets_none(delegate):
    with pytest.raises(PermissionDenied, match="no longer shown"):
        give_signal(actor=delegate, post=PostFactory(state=PostState.WITHDRAWN).pk, kind=USEFUL)


def test_who_is_no_longer_here_is_not_asked_to_make_contact_but_was_useful(post, delegate):
    User.objects.filter(pk=post.author_id).update(status=AccountStatus.LEFT)

    give_signal(actor=delegate, post=post.pk, kind=USEFUL)
    with pytest.raises(PermissionDenied, match="no longer here"):
        give_signal(actor=delegate, post=post.pk, kind=CONTACT)


def test_what_a_signal_tells_is_not_in_the_audit_trail(post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=CONTACT)
    take_back_signal(actor=delegate, post=post.pk, kind=CONTACT)

    assert AuditEntry.objects.count() == 0


# --- Please contact me ------------------------------------------------------------------------------


def test_the_author_alone_is_told_by_a_letter_with_name_state_and_a_way_to_answer(post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=CONTACT)
    deliver_later()

    (letter,) = mail.outbox
    assert letter.to == [post.author.email]
    assert letter.subject == f"{delegate.full_name} asks you to make contact"
    assert f"{delegate.full_name} ({delegate.member_state})" in letter.body
    assert f"/people/{delegate.pk}/" in letter.body
    assert delegate.email not in letter.body


def test_the_address_is_told_where_its_owner_shows_it(post):
    asker = DelegateFactory(shows_email=True)

    give_signal(actor=asker, post=post.pk, kind=CONTACT)
    deliver_later()

    assert f"Write to: {asker.email}" in mail.outbox[0].body


def test_the_letter_waits_so_that_it_can_be_taken_back(post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=CONTACT)
    deliver_due()
    assert mail.outbox == []

    take_back_signal(actor=delegate, post=post.pk, kind=CONTACT)
    deliver_later()
    assert mail.outbox == []

    give_signal(actor=delegate, post=post.pk, kind=CONTACT)
    deliver_later()
    assert len(mail.outbox) == 1


def test_the_author_is_told_once_however_often_it_is_given(post, delegate):
    for _time in range(3):
        give_signal(actor=delegate, post=post.pk, kind=CONTACT)
        deliver_later()
        take_back_signal(actor=delegate, post=post.pk, kind=CONTACT)

    assert len(mail.outbox) == 1


def test_a_post_withdrawn_meanwhile_brings_no_letter(post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=CONTACT)
    Post.objects.filter(pk=post.pk).update(state=PostState.WITHDRAWN)
    deliver_later()

    assert mail.outbox == []


def test_nobody_asks_more_people_in_a_day_than_they_can_mean(settings, delegate):
    settings.CONTACTS_A_DAY = 2
    posts = PostFactory.create_batch(3, discussion=DiscussionFactory())
    for post in posts[:2]:
        give_signal(actor=delegate, post=post.pk, kind=CONTACT)

    with pytest.raises(PermissionDenied, match="tomorrow"):
        give_signal(actor=delegate, post=posts[2].pk, kind=CONTACT)
    give_signal(actor=delegate, post=posts[2].pk, kind=USEFUL)
    give_signal(actor=DelegateFactory(), post=posts[2].pk, kind=CONTACT)
    assert Signal.objects.filter(user=delegate, kind=CONTACT).count() == 2

    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        give_signal(actor=delegate, post=posts[2].pk, kind=CONTACT)


def test_with_somebody_from_outside_nothing_of_the_directory_is_told(post):
    external, asker = (
        UserFactory(role=Role.EXTERNAL, institution="An association", shows_email=True),
        DelegateFactory(shows_email=True),
    )
    grant(external, post.discussion)
    theirs = PostFactory(discussion=post.discussion, author=external)

    give_signal(actor=external, post=post.pk, kind=CONTACT)
    give_signal(actor=asker, post=theirs.pk, kind=CONTACT)
    deliver_later()

    letters = {letter.to[0]: letter.body for letter in mail.outbox}
    to_delegate, to_external = letters[post.author.email], letters[external.email]
    assert f"{external.full_name} (An association)" in to_delegate
    assert f"Write to: {external.email}" in to_delegate
    assert "/people/" not in to_delegate
    assert f"{asker.full_name} ({asker.member_state})" in to_external
    assert "/people/" not in to_external
    assert asker.email not in to_external
    assert f"/posts/{theirs.pk}/" in to_external


# --- What the pages show ----------------------------------------------------------------------------


def test_counts_are_of_offices_in_words_and_a_delegation_is_one(client, post, delegate):
    state = MemberStateFactory()
    for person in (*DelegateFactory.create_batch(2, member_state=state), UserFactory(role=Role.EXPERT)):
        give_signal(actor=person, post=post.pk, kind=SIMILAR)
    give_signal(actor=delegate, post=post.pk, kind=USEFUL)

    shown = page(client, DelegateFactory(), post)

    assert "2 offices have a similar experience" in shown
    assert "Useful to 1 office<" in shown


def test_who_asks_for_contact_is_counted_for_the_author_only(client, post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=CONTACT)

    shown = {reader: page(client, reader, post) for reader in (post.author, delegate, DelegateFactory())}

    assert ["asks you to make contact" in text for text in shown.values()] == [True, False, False]


def test_signals_order_nothing(client):
    first, second = PostFactory.create_batch(2, discussion=DiscussionFactory())
    for reader in DelegateFactory.create_batch(2):
        give_signal(actor=reader, post=second.pk, kind=USEFUL)

    shown = page(client, DelegateFactory(), first)

    assert shown.index('id="post-1"') < shown.index('id="post-2"')


def test_the_buttons_are_for_those_who_may_give_and_not_under_their_own_post(client, post):
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, post.discussion)
    readers = {"delegate": DelegateFactory(), "external": external, "author": post.author}
    readers["evaluator"] = UserFactory(role=Role.EVALUATOR)

    offers = {name: page(client, reader, post).count('name="give"') for name, reader in readers.items()}

    assert offers == {"delegate": 3, "external": 3, "author": 0, "evaluator": 0}


def test_who_has_left_is_not_offered_contact(client, post, delegate):
    User.objects.filter(pk=post.author_id).update(status=AccountStatus.LEFT, full_name="Former participant")

    shown = page(client, delegate, post)

    assert (shown.count('value="useful"'), shown.count('value="contact"')) == (1, 0)


def test_what_the_reader_has_given_is_pressed(client, post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=USEFUL)

    shown = page(client, delegate, post)

    assert (shown.count('name="take_back" value="useful"'), shown.count('name="give"')) == (1, 2)
    assert shown.count('aria-pressed="true"') == 1


def test_without_javascript_the_button_leads_back_to_the_post(client, post, delegate):
    client.force_login(delegate)

    response = send(client, post, give="similar")

    assert response.headers["Location"] == f"{post.discussion.get_absolute_url()}?page=1#post-1"
    assert Signal.objects.filter(user=delegate, kind=SIMILAR).exists()


def test_htmx_gets_the_region_alone(client, post, delegate):
    client.force_login(delegate)

    given = send(client, post, headers=HTMX, give="similar").text
    taken_back = send(client, post, headers=HTMX, take_back="similar").text

    assert given.strip().startswith(f'<div class="signals" id="signals-{post.pk}"')
    assert ("1 office has a similar experience" in given, "1 office has" in taken_back) == (True, False)
    assert (given.count('aria-pressed="true"'), taken_back.count('aria-pressed="true"')) == (1, 0)


def test_htmx_is_told_why_a_touch_did_nothing(client, post):
    client.force_login(UserFactory(role=Role.EVALUATOR))

    assert send(client, post, give="similar").status_code == 403
    assert "gives no signals" in send(client, post, headers=HTMX, give="similar").text


@pytest.mark.parametrize("fields", [{}, {"give": "love"}, {"take_back": ""}])
def test_what_is_no_signal_is_not_found(client, post, delegate, fields):
    client.force_login(delegate)

    assert send(client, post, **fields).status_code == 404


def test_a_lost_session_leads_to_the_post(client, post):
    response = send(client, post, give="similar")

    assert response.headers["Location"] == f"/accounts/login/?next=%2Fposts%2F{post.pk}%2F"


def test_names_are_for_members_and_who_asks_for_contact_for_the_author(client, post):
    state = MemberState.objects.get(pk=post.author.member_state_id)
    near = DelegateFactory(full_name="Near <b>Office</b>", member_state=state)
    asker = DelegateFactory(full_name="Wants contact")
    give_signal(actor=near, post=post.pk, kind=SIMILAR)
    give_signal(actor=asker, post=post.pk, kind=CONTACT)
    address = reverse("forum:signal_list", args=[post.pk])

    client.force_login(DelegateFactory())
    shown = client.get(address)
    client.force_login(post.author)
    own = client.get(address)

    assert shown.context["page"].kinds == [("Similar experience", [near])]
    assert "Near &lt;b&gt;Office&lt;/b&gt;" in shown.text
    assert own.context["page"].kinds == [("Similar experience", [near]), ("Please contact me", [asker])]


def test_the_administration_shows_signals_but_not_who_asks_for_contact(client, post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=SIMILAR)
    give_signal(actor=DelegateFactory(full_name="Wants contact"), post=post.pk, kind=CONTACT)
    client.force_login(UserFactory(role=Role.SECRETARIAT))

    shown = client.get(reverse("admin:forum_signal_changelist")).text

    assert (delegate.full_name in shown, "Wants contact" in shown) == (True, False)


def test_names_are_not_for_externals(client, post, delegate):
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, post.discussion)
    give_signal(actor=delegate, post=post.pk, kind=SIMILAR)

    shown = page(client, external, post)

    assert "1 office has a similar experience" in shown
    assert f"/posts/{post.pk}/signals/" not in shown
    assert client.get(reverse("forum:signal_list", args=[post.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_names_cost_the_same_however_many(client, post, django_assert_num_queries, count):
    for reader in DelegateFactory.create_batch(count):
        give_signal(actor=reader, post=post.pk, kind=USEFUL)
    client.force_login(DelegateFactory())
    address = reverse("forum:signal_list", args=[post.pk])
    client.get(address)

    with django_assert_num_queries(4):  # session, person, post, signals
        client.get(address)


# --- Live, one's own data, leaving ------------------------------------------------------------------


def test_a_post_that_comes_in_live_has_buttons_that_are_nobodys_in_particular(post):
    reader, evaluator = DelegateFactory(), UserFactory(role=Role.EVALUATOR)

    ((number, event),) = posts_after(reader, post.discussion, 0)
    ((_number, read_only),) = posts_after(evaluator, post.discussion, 0)

    assert number == 1
    assert event.count('form=\\"signals\\"') == 3
    assert "csrfmiddlewaretoken" not in event
    assert 'form=\\"signals\\"' not in read_only


def test_nothing_of_one_reader_is_in_what_many_share(post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=USEFUL)
    give_signal(actor=delegate, post=post.pk, kind=CONTACT)

    extras = post_extras(None, post.discussion_id, 0, 1)[1]

    assert (extras.signals, extras.own_signals) == ({"useful": 1}, set())


def test_the_archive_of_ones_own_data_lists_them(post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=CONTACT)
    signal = Signal.objects.get()

    assert gather(delegate)["signals.json"] == [
        {"discussion": post.discussion.symbol, "post": 1, "kind": "contact", "given_at": signal.given_at}
    ]
    assert gather(post.author)["signals.json"] == []


def test_leaving_forgets_them_and_the_letters_that_were_to_go(post, delegate):
    give_signal(actor=delegate, post=post.pk, kind=CONTACT)
    give_signal(actor=DelegateFactory(), post=post.pk, kind=USEFUL)

    forget_person(delegate)
    deliver_later()

    assert list(Signal.objects.values_list("kind", flat=True)) == [USEFUL]
    assert mail.outbox == []
