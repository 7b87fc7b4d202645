"""Rooms of further languages: opening one, keeping it to be read, and opening it again."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from babel import Locale
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from forum.models import Category, Room, RoomGrant


def room_names(language: str) -> dict[str, str]:
    """Return the fields of a room's name: what the language calls itself, in every language. Source: CLDR."""
    own_name = (Locale.parse(language, sep="-").get_language_name(language) or language).capitalize()
    return {f"name_{code.replace('-', '_')}": own_name for code in settings.MODELTRANSLATION_LANGUAGES}


@transaction.atomic
def make_room(*, actor: User, language: str, categories: Iterable[Category]) -> Room:
    """Make a room for a further language, after those that there are.

    Args:
        actor: Who opens it; the caller has asked whether they may.
        language: Its code, without a script.
        categories: What participants open discussions about there; none for all.

    Returns:
        The room.

    Source: FOR-05, FOR-06, FOR-08.
    """
    last = Room.objects.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    room = Room.objects.create(language=language, is_core=False, position=position, **room_names(language))
    room.categories.set(categories)
    audit.record(actor, "room.opened", room, language=language)
    return room


@transaction.atomic
def set_read_only(*, actor: User | None, room: Room, is_read_only: bool) -> bool:
    """Keep a room to be read only, or have it written in again; what is in it stays.

    Args:
        actor: Who does it; None for the clock.
        room: Locked.
        is_read_only: Which.

    Returns:
        Whether anything changed.

    Source: FOR-05, workflow 2.4.
    """
    if room.is_read_only == is_read_only:
        return False
    room.read_only_since = timezone.now() if is_read_only else None
    room.save(update_fields=["read_only_since"])
    audit.record(actor, "room.read_only" if is_read_only else "room.reopened", room)
    return True


@transaction.atomic
def let_facilitate(*, actor: User | None, person: User, room: Room, starts_on: date, ends_on: date) -> None:
    """Give a facilitator the right on a room from a day to a day, Geneva's, in place of the days there were.

    Args:
        actor: Who gives it; the caller has asked whether they may. None for the clock.
        person: The facilitator.
        room: Which room.
        starts_on: The first day.
        ends_on: The last day.

    Source: FOR-05, MOD-05.
    """
    permission = Permission.objects.get(codename="facilitate_room", content_type__app_label="forum")
    period = {"starts_at": _start_of(starts_on), "ends_at": _start_of(ends_on + timedelta(days=1))}
    grants = RoomGrant.objects.select_for_update()
    grant, is_new = grants.get_or_create(user=person, content_object=room, permission=permission, defaults=period)
    if not is_new and (grant.starts_at, grant.ends_at) == (period["starts_at"], period["ends_at"]):
        return
    grant.starts_at, grant.ends_at = period["starts_at"], period["ends_at"]
    grant.save(update_fields=["starts_at", "ends_at"])
    action = "contract.given" if is_new else "contract.changed"
    audit.record(actor, action, grant, person=person.pk, room=room.pk, starts_on=str(starts_on), ends_on=str(ends_on))


def _start_of(day: date) -> datetime:
    """Return the first moment of a day in Geneva."""
    return datetime.combine(day, time(), timezone.get_default_timezone())
