"""Opening topics."""

from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.enums import MailScope, Pace
from accounts.models import User
from accounts.services import audit, outbox
from forum.models import Discussion, Room, Topic


@transaction.atomic
def open_topic(topic: Topic, rooms: QuerySet[Room], *, actor: User | None, at: datetime) -> list[Discussion]:
    """Give a topic its symbol and a discussion in each room, and have the rooms' followers told.

    Args:
        topic: The dossier, locked by the caller, which has decided that it may open.
        rooms: Where it opens.
        actor: Who opens it; None when it opens on its clock.
        at: The moment of opening.

    Returns:
        The new sister discussions.

    Source: FOR-02, FOR-04, CDIP/22/3 paras 6-7, workflow 2.1.
    """
    topic.year = at.astimezone(timezone.get_default_timezone()).year
    topic.number = _next_number(topic.year)
    topic.save(update_fields=["year", "number"])
    discussions = Discussion.objects.bulk_create(
        Discussion(topic=topic, room=room, opened_at=at, last_activity_at=at) for room in rooms
    )
    audit.record(actor, "topic.opened", topic, symbol=topic.symbol, rooms=[d.room.language for d in discussions])
    followers = User.objects.active(at).wanting(MailScope.TOPICS, Pace.AT_ONCE).filter(follows__room__in=rooms)
    told = dict.fromkeys(followers.distinct().values_list("pk", flat=True), MailScope.TOPICS)
    outbox.notify(told, kind="topic.opened", about=topic)
    return discussions


def _next_number(year: int) -> int:
    """Return the next number of a year; a lock until the commit keeps two topics from taking one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('forum_topic.number'))")
    last: int | None = Topic.objects.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def core_rooms() -> QuerySet[Room]:
    """Return the rooms every weekly topic opens in. Source: FOR-04, CDIP/22/3 para 7."""
    return Room.objects.filter(is_core=True, language__in=settings.CORE_LANGUAGES)
