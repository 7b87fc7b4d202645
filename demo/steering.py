"""Sample of what is guided: an answer that is asked for, a post that waits, notes, syntheses and what came of them."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.markdown import render
from accounts.models import MemberState, User
from forum.enums import PostState, TopicKind
from forum.models import Discussion, Post, Topic
from forum.models.posts import HELD_FROM
from moderation.enums import FollowUpKind
from moderation.models import FollowUp, StaffCall, Synthesis, SynthesisNote

NAMES = [f"_{code.replace('-', '_')}" for code in settings.MODELTRANSLATION_LANGUAGES]
HELD = "Un tercio de las solicitudes llega ya por el registro compartido, y el plazo bajó a la mitad."


def load_steering(people: dict[str, User]) -> None:
    """Save what is not there yet.

    Args:
        people: Those of the sample, delegates by state and others by address.
    """
    now, moderator = timezone.now(), people["moderator@forum.example"]
    topics = Topic.objects.filter(kind=TopicKind.WEEKLY, closes_at__lt=now).order_by("opens_at")
    for topic in topics.exclude(synthesis_en="").exclude(syntheses__isnull=False):
        published_at = (topic.closes_at or now) + timedelta(hours=20)
        Synthesis.objects.create(
            topic=topic,
            number=1,
            written_by=moderator,
            written_at=published_at,
            published_at=published_at,
            corrections_until=published_at + settings.SYNTHESIS_CORRECTED_FOR,
            **{f"text{name}": getattr(topic, f"synthesis{name}") for name in NAMES},
        )
    first, week = topics.first(), Topic.objects.filter(kind=TopicKind.WEEKLY).order_by("-opens_at").first()
    if first is None or week is None or week.follow_ups.exists() or FollowUp.objects.exists():
        return
    follow_up = FollowUp.objects.create(
        topic=first,
        kind=FollowUpKind.COOPERATION,
        text="Two offices visit applicants outside the capital together, and share the list of what they heard.",
        happened_on=timezone.localdate(first.closes_at),
        recorded_by=moderator,
    )
    follow_up.states.set(MemberState.objects.filter(code__in=["KE", "GH"]))
    english, spanish = (Discussion.objects.get(topic=week, room__language=code) for code in ("en", "es"))
    StaffCall.objects.create(
        discussion=english,
        expert=people["expert@forum.example"],
        request="Which of these systems does WIPO support, and until when?",
        due_on=timezone.localdate() + timedelta(days=5),
        asked_by=moderator,
    )
    SynthesisNote.objects.create(
        discussion=spanish,
        body=f"Las oficinas pequeñas empiezan por los datos que ya tienen ({spanish.symbol}, 1, § 1).",
        written_by=people["facilitator@forum.example"],
    )
    author = people["UY"]
    Post.objects.create(
        discussion=spanish,
        number=HELD_FROM,
        author=author,
        member_state=author.member_state,
        language="es",
        body=HELD,
        html=render(HELD, anchor=f"post-{HELD_FROM}"),
        state=PostState.HELD,
        submission_key=uuid.uuid4(),
    )
