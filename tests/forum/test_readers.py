"""Who can read what is written: shown above the text, as it is at that moment."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.html import strip_tags

from accounts.enums import AccountStatus, Role
from tests.factories import DelegateFactory, DiscussionFactory, MemberStateFactory, PostFactory, UserFactory, grant

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def outsider(name: str, **fields: object):
    return UserFactory(role=Role.EXTERNAL, full_name=name, institution="University of Nairobi", **fields)


def readers(client, address: str) -> str:
    page = client.get(address).content.decode()
    region = re.search(r'<div class="readers">(.*?)</div>', page, re.DOTALL)
    assert region
    return " ".join(strip_tags(region[1]).split())


def test_a_discussion_without_outsiders_is_the_members(client, delegate):
    client.force_login(delegate)
    grant(outsider("Elsewhere"), DiscussionFactory())

    assert readers(client, DiscussionFactory().get_absolute_url()) == (
        "Who can read this: the members of the forum, nobody else."
    )


@time_machine.travel(NOW, tick=False)
def test_each_outsider_is_named_with_organisation_sponsor_and_end(client, delegate):
    discussion, one, two = DiscussionFactory(), outsider("A. Scholar"), outsider("B. Scholar")
    admission = grant(one, discussion, ends_at=NOW + timedelta(days=3))
    admission.sponsor = MemberStateFactory(name_en="Kenya")
    admission.save()
    grant(two, discussion)
    expected = (
        "Who can read this: the members of the forum and 2 people from outside, admitted to this discussion only: "
        "A. Scholar{} – University of Nairobi – asked for by Kenya – until 21 Nov 2026 "
        "B. Scholar{} – University of Nairobi"
    )

    found = []
    for reader in (delegate, one, two):
        client.force_login(reader)
        found.append(readers(client, discussion.get_absolute_url()))

    assert found == [expected.format("", ""), expected.format(" (you)", ""), expected.format("", " (you)")]


def test_who_may_not_read_any_more_is_not_named_and_who_will_is(client, delegate):
    discussion = DiscussionFactory()
    with time_machine.travel(NOW, tick=False) as clock:
        grant(outsider("Ended"), discussion, ends_at=NOW)
        grant(outsider("Left", status=AccountStatus.LEFT), discussion)
        grant(outsider("Ending"), discussion, ends_at=NOW + timedelta(minutes=1))
        coming = grant(outsider("Coming"), discussion)
        coming.starts_at = NOW + timedelta(minutes=1)
        coming.save()
        client.force_login(delegate)
        named = []
        for _minute in range(2):
            shown = readers(client, discussion.get_absolute_url())
            named.append([name for name in ("Ended", "Left", "Ending", "Coming", "will join on") if name in shown])
            clock.shift(60)

    assert named == [["Ending", "Coming", "will join on"], ["Coming"]]


def test_a_delegate_with_a_right_on_the_discussion_is_a_member(client, delegate):
    discussion = DiscussionFactory()
    grant(DelegateFactory(), discussion)
    client.force_login(delegate)

    assert "nobody else" in readers(client, discussion.get_absolute_url())


def test_the_wording_of_a_post_says_it_too(client):
    post = PostFactory()
    grant(outsider("A. Scholar"), post.discussion)
    client.force_login(post.author)

    assert "A. Scholar" in readers(client, f"/posts/{post.pk}/edit/")
