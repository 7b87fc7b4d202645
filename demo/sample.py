"""Sample content: rows of the past, so they are written as they are and nobody is told of them."""

import tomllib
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone

from accounts.enums import AccountStatus, InstitutionKind, MailScope, Office, Role
from accounts.markdown import render
from accounts.models import Mandate, MemberState, Protocol, ProtocolAcceptance, RegionalGroup, User
from accounts.services import outbox
from accounts.services.reference import load_protocol, load_registered, translated
from demo.activities import load_activities
from demo.admissions import load_admissions
from demo.cases import load_cases
from demo.contacts import load_contacts
from demo.figures import load_figures
from demo.library import load_library
from demo.people import ACCOUNTS, PASSWORD, totp_secret_of
from demo.proposals import load_proposals
from demo.questions import load_questions
from demo.steering import load_steering
from demo.webinars import load_webinars
from forum.enums import Capacity, ContributionKind, FollowLevel
from forum.models import Category, Discussion, DiscussionGrant, Follow, Post, Room, RoomGrant, Step, Topic
from forum.weeks import monday_of
from moderation.models import WeeklyTopic

CONTENT = Path(__file__).resolve().parent / "content"
WEEK = timedelta(days=7)


@transaction.atomic
def load_sample() -> str:
    """Load the demonstration once.

    Returns:
        One sentence on what there is.
    """
    protocol = load_protocol(timezone.localdate() - timedelta(days=60))
    load_registered()
    people = _load_people(protocol)
    monday = monday_of(timezone.now())
    files = sorted(CONTENT.glob("topic-*.toml"))
    for weeks_ago, file in zip(range(len(files) - 1, -1, -1), files, strict=True):
        _load_topic(tomllib.loads(file.read_text()), monday - weeks_ago * WEEK, people)
    _grant_rights(people)
    load_library(people)
    load_activities()
    load_questions(people)
    load_proposals(people)
    load_admissions(people)
    load_cases(people)
    load_figures(people)
    load_steering(people)
    load_webinars(people)
    load_contacts(people)
    return f"{len(people)} people, {Topic.objects.count()} topics and {Post.objects.count()} posts are loaded."


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text())


def _load_people(protocol: Protocol) -> dict[str, User]:
    """Save the people of the sample; a delegate is found by state, anybody else by e-mail address."""
    states = {state.code: state for state in MemberState.objects.all()}
    password = make_password(PASSWORD)
    people: dict[str, User] = {}
    for account in ACCOUNTS:
        people[account.email] = _person(
            account.email,
            password=password,
            full_name=account.name,
            role=account.user_role,
            member_state=states.get(account.state),
            language=account.language,
            languages_read=list(dict.fromkeys([account.language, "en"])),
            time_zone=account.time_zone,
        )
        secret = totp_secret_of(account.email)
        if secret and not people[account.email].has_second_factor:
            TOTP.activate(people[account.email], secret)
    for delegate in _read("delegates.toml")["delegate"]:
        code = delegate["state"]
        known = next((a for a in ACCOUNTS if a.role == "delegate" and a.state == code), None)
        email = known.email if known else f"{code.lower()}@forum.example"
        people[code] = _person(
            email,
            password=make_password(None),
            full_name=delegate["name"],
            role=Role.DELEGATE,
            member_state=states[code],
            language=delegate["language"],
            languages_read=delegate["languages_read"],
            time_zone=delegate["time_zone"],
            institution=delegate["institution"],
            institution_kind=InstitutionKind(delegate["institution_kind"]),
            gender=delegate["gender"],
        )
    ProtocolAcceptance.objects.bulk_create(
        (ProtocolAcceptance(user=user, protocol=protocol) for user in people.values()), ignore_conflicts=True
    )
    rooms = {room.language: room for room in Room.objects.all()}
    Follow.objects.bulk_create(
        (
            Follow(user=user, room=rooms[language], level=FollowLevel.TOPICS)
            for user in people.values()
            if user.reads_every_room
            for language in user.room_languages
            if language in rooms
        ),
        ignore_conflicts=True,
    )
    return people


def _person(email: str, **fields: Any) -> User:
    user: User = User.objects.get_or_create(email=email, defaults={**fields, "status": AccountStatus.ACTIVE})[0]
    return user


def _load_topic(data: dict[str, Any], opens_at: datetime, people: dict[str, User]) -> None:
    """Save one topic with its discussions and posts, unless it is there."""
    about = data["topic"]
    if Topic.objects.filter(year=opens_at.year, number=about["number"]).exists():
        return
    questions = {language: "\n".join(lines) for language, lines in about["questions"].items()}
    topic = Topic.objects.create(
        year=opens_at.year,
        number=about["number"],
        category=Category.objects.get(slug=about["category"]),
        step=Step.objects.get(slug=about["step"]),
        opens_at=opens_at,
        closes_at=opens_at + WEEK,
        **translated("title", about["title"]),
        **translated("objective", about["objective"]),
        **translated("guiding_questions", questions),
        **translated("synthesis", about.get("synthesis", {})),
    )
    moderator = people["moderator@forum.example"]
    WeeklyTopic.objects.create(topic=topic, prepared_by=moderator, scheduled=True, opened_at=opens_at)
    last_hour = max(post["hours"] for post in data["posts"]) + 1
    elapsed = min(timezone.now() - opens_at, WEEK)
    pace = min(timedelta(hours=1), elapsed / last_hour)  # early in the week the sample's posts come closer together
    for room in Room.objects.filter(is_core=True):
        posts = [post for post in data["posts"] if post["room"] == room.language]
        _load_discussion(topic, room, posts, pace, people)
    if opens_at + WEEK > timezone.now():
        told = {people[account.email].pk: MailScope.TOPICS for account in ACCOUNTS}
        outbox.notify(told, kind="topic.opened", about=topic)


def _load_discussion(
    topic: Topic, room: Room, posts: list[dict[str, Any]], pace: timedelta, people: dict[str, User]
) -> None:
    moments = [topic.opens_at + post["hours"] * pace for post in posts]
    discussion = Discussion.objects.create(
        topic=topic,
        room=room,
        opened_at=topic.opens_at,
        last_number=len(posts),
        last_activity_at=moments[-1],
    )
    saved: list[Post] = []
    for number, (post, moment) in enumerate(zip(posts, moments, strict=True), 1):
        official = post.get("official", False)
        author = people[
            f"focal.{'kenya' if post['state'] == 'KE' else 'senegal'}@forum.example" if official else post["state"]
        ]
        saved.append(
            Post.objects.create(
                discussion=discussion,
                number=number,
                author=author,
                member_state=author.member_state,
                capacity=Capacity.DELEGATION if official else Capacity.PERSONAL,
                kind=ContributionKind(post["kind"]),
                language=room.language,
                body=post["body"],
                html=render(post["body"], anchor=f"post-{number}"),
                reply_to=saved[post["reply_to"] - 1] if "reply_to" in post else None,
                posted_at=moment,
                submission_key=uuid.uuid4(),
            )
        )
    Follow.objects.bulk_create(
        (Follow(user=user, discussion=discussion) for user in {post.author for post in saved}), ignore_conflicts=True
    )


def _grant_rights(people: dict[str, User]) -> None:
    """Give mandates to focal points and coordinator, and their one room or discussion to the others."""
    today = timezone.localdate()
    for account in ACCOUNTS:
        user = people[account.email]
        if account.role == "focal_point":
            Mandate.objects.get_or_create(
                user=user,
                office=Office.FOCAL_POINT,
                member_state=user.member_state,
                defaults={"starts_on": today - timedelta(days=60)},
            )
        if account.role == "coordinator":
            Mandate.objects.get_or_create(
                user=user,
                office=Office.COORDINATOR,
                regional_group=RegionalGroup.objects.get(states=user.member_state),
                defaults={"starts_on": today - timedelta(days=60), "ends_on": today + timedelta(days=300)},
            )
    permissions = {p.codename: p for p in Permission.objects.filter(content_type__app_label="forum")}
    RoomGrant.objects.get_or_create(
        user=people["facilitator@forum.example"],
        content_object=Room.objects.get(language="es"),
        permission=permissions["facilitate_room"],
    )
    guest = people["external@forum.example"]
    if not guest.discussion_grants.exists():
        current = Discussion.objects.filter(room__language="en").order_by("-opened_at")[0]
        DiscussionGrant.objects.create(
            user=guest,
            content_object=current,
            permission=permissions["take_part_in_discussion"],
            ends_at=current.topic.closes_at,
        )
