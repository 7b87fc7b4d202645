"""What participants of the sample opened themselves: questions, a discussion, and signals under their posts."""

import tomllib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.markdown import render
from accounts.models import User
from forum.enums import ContributionKind, SignalKind, TopicKind
from forum.models import Category, Discussion, Experience, Follow, Post, Room, Signal, Step, Topic

CONTENT = Path(__file__).resolve().parent / "content" / "questions.toml"


def load_questions(people: dict[str, User]) -> None:
    """Save what is not there yet.

    Args:
        people: By the code of the state that they speak for.
    """
    for about in tomllib.loads(CONTENT.read_text())["topic"]:
        if not Topic.objects.filter(kind=about["kind"], number=about["number"]).exists():
            _load_topic(about, people)
    infrastructure, evaluation = Category.objects.get(slug="infrastructure"), Step.objects.get(slug="evaluation")
    Experience.objects.get_or_create(user=people["KE"], category=infrastructure)
    Experience.objects.get_or_create(user=people["KE"], step=evaluation)


def _load_topic(about: dict[str, Any], people: dict[str, User]) -> None:
    opens_at = timezone.now() - timedelta(days=about["days_ago"])
    room = Room.objects.get(language=about["room"])
    topic = Topic(
        kind=about["kind"],
        year=opens_at.year,
        number=about["number"],
        category=Category.objects.get(slug=about["category"]),
        step=Step.objects.filter(slug=about.get("step", "")).first(),
        opened_by=people[about["state"]],
        opens_at=opens_at,
        title_en=None,
    )
    setattr(topic, f"title_{room.language}", about["title"])
    if about["kind"] == TopicKind.QUESTION:
        topic.unanswered_told_at = opens_at  # so that a sample of the past has nobody told of it now
    topic.save()
    moments = [opens_at + timedelta(hours=post["hours"]) for post in about["posts"]]
    discussion = Discussion.objects.create(
        topic=topic, room=room, opened_at=opens_at, last_number=len(moments), last_activity_at=moments[-1]
    )
    posts = []
    for number, (post, moment) in enumerate(zip(about["posts"], moments, strict=True), 1):
        author = people[post["state"]]
        posts.append(
            Post.objects.create(
                discussion=discussion,
                number=number,
                author=author,
                member_state=author.member_state,
                kind=ContributionKind(post["kind"]),
                language=room.language,
                body=post["body"],
                html=render(post["body"], anchor=f"post-{number}"),
                posted_at=moment,
                submission_key=uuid.uuid4(),
            )
        )
        Follow.objects.get_or_create(user=author, discussion=discussion)
    if "answer" in about:
        topic.answer, topic.answered_at = posts[about["answer"] - 1], moments[-1]
        topic.save(update_fields=["answer", "answered_at"])
    for signals in about.get("signals", []):
        for kind in SignalKind:
            for state in signals.get(kind, []):
                Signal.objects.create(post=posts[signals["post"] - 1], user=people[state], kind=kind)
