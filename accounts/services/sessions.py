"""The browsers that somebody is signed in with."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from accounts.sessions import SessionStore


@transaction.atomic
def end_sessions(person: User, *, but: str | None = None) -> int:
    """Sign somebody out everywhere.

    Args:
        person: Who.
        but: The key of a session that goes on, if it is theirs.

    Returns:
        How many sessions ended.
    """
    open_ones = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [
        session.session_key
        for session in open_ones.iterator()
        if session.session_key != but and session.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(session_key__in=theirs).delete()
    UserSession.objects.filter(user=person).exclude(session_key=but or "").delete()
    return len(theirs)


@transaction.atomic
def end_session(*, actor: User, device: int) -> None:
    """End one of one's own sessions.

    Args:
        actor: Whose session it is.
        device: The id of its row.

    Raises:
        UserSession.DoesNotExist: It is none of theirs.
    """
    session = UserSession.objects.select_for_update().get(pk=device, user=actor)
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
    audit.record(actor, "session.ended", actor, sessions_ended=1)


@transaction.atomic
def end_other_sessions(*, actor: User, current: str | None) -> int:
    """End all of one's own sessions but the one in use.

    Args:
        actor: Whose sessions they are.
        current: The key of the session in use.

    Returns:
        How many ended.
    """
    ended = end_sessions(actor, but=current)
    audit.record(actor, "session.others_ended", actor, sessions_ended=ended)
    return ended


@transaction.atomic
def end_by_operator(person: User | None) -> int:
    """End the sessions of one person, or of everybody.

    Args:
        person: Whose; None means everybody's.

    Returns:
        How many ended.
    """
    if person is not None:
        ended = end_sessions(person)
    else:
        ended = Session.objects.filter(expire_date__gt=timezone.now()).count()
        Session.objects.all().delete()
        UserSession.objects.all().delete()
    audit.record(None, "session.ended_by_operator", person or User(pk=0), sessions_ended=ended)
    return ended


def renew_key(session: SessionStore, person: User) -> None:
    """Give a session another key, because more is open to it now; the old key is worth nothing.

    Args:
        session: The session in use.
        person: Whose it is.
    """
    old = session.session_key
    session.cycle_key()
    UserSession.objects.filter(user=person, session_key=old).update(session_key=session.session_key)
