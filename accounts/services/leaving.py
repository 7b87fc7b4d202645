"""Leaving for good: the person goes, what was said stays."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from accounts import policies
from accounts.days import today
from accounts.enums import AccountStatus, InstitutionKind, NoticeState
from accounts.models import AccountRequest, Notice, User
from accounts.models.people import FORMER
from accounts.services import archives, audit, outbox, sessions
from accounts.signals import person_left

LAST_LETTERS = ("person.left", "address.left", "seat.left", "address.offered")
LOGIN_METHODS = (("mfa", "Authenticator"), ("socialaccount", "SocialAccount"))


@transaction.atomic
def leave(*, actor: User, without_successor: bool = False) -> None:
    """Have ``actor`` leave for good: made nameless, while the posts stay. It cannot be undone.

    Args:
        actor: Who leaves.
        without_successor: Whether a focal point leaves though nobody has taken over the seat.

    Raises:
        PermissionDenied: ``actor`` may not leave yet; the message says why.

    Source: FOR-14, ACC-03.
    """
    person = _locked(actor.pk)
    policies.may_leave(actor, without_successor=without_successor).enforce()
    depart(person, actor=actor)


@transaction.atomic
def mark_left(*, actor: User, person: int, reason: str) -> None:
    """Have somebody leave who does not do it themselves. It cannot be undone.

    Args:
        actor: Of the Secretariat.
        person: The id of who has left.
        reason: Why, for the audit trail.

    Raises:
        User.DoesNotExist: There is no such person, or they have left already.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: FOR-14, ACC-03.
    """
    policies.may_mark_left(actor, person).enforce()
    depart(_locked(person), actor=actor, reason=reason)


def _locked(pk: int) -> User:
    person: User = User.objects.exclude(status=AccountStatus.LEFT).select_for_update(of=("self",)).get(pk=pk)
    return person


def depart(person: User, *, actor: User, reason: str = "") -> None:
    """Make a person nameless and end all that the account was for; whether it may be is decided before.

    Args:
        person: Who leaves, locked.
        actor: Who decided it.
        reason: Why, where somebody else decided.
    """
    old_email, language = person.email, person.language
    _end_mandates(person)
    _end_account(person, old_email)
    _make_nameless(person)
    person_left.send(sender=User, user=person)
    outbox.notify_address(old_email, language=language, kind="person.left", about=person)
    audit.record(actor, "person.left", person, reason=reason)


def _end_mandates(person: User) -> None:
    yesterday = today() - timedelta(days=1)
    begun = person.mandates.in_force(today()).filter(starts_on__lte=yesterday)
    for mandate in begun:
        mandate.ends_on = yesterday
        mandate.save(update_fields=["ends_on"])
    person.mandates.filter(starts_on__gt=yesterday).delete()


def _end_account(person: User, email: str) -> None:
    """Delete what the person was reached, recognised and let in by."""
    sessions.end_sessions(person)
    EmailAddress.objects.filter(user=person).delete()
    for app, model in LOGIN_METHODS:
        if apps.is_installed(f"allauth.{app}"):
            apps.get_model(app, model)._default_manager.filter(user=person).delete()
    archives.discard(person.archives.select_for_update())  # after a worker that is writing one
    for rows in (person.address_changes, person.notices, person.mail_preferences, person.invitations):
        rows.all().delete()
    Notice.objects.filter(address=email).exclude(kind__in=LAST_LETTERS).delete()
    AccountRequest.objects.filter(email=email).update(
        email=f"left-{person.pk}@former.invalid", full_name=FORMER, institution="", reason="", vouching_note=""
    )
    LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk)).update(
        object_repr=FORMER
    )


def _make_nameless(person: User) -> None:
    """Clear what tells who somebody was; the state stays, because a delegate has one."""
    person.full_name = FORMER
    person.email = f"left-{person.pk}@former.invalid"
    person.institution = person.biography = person.gender = person.office_profile = ""
    person.institution_kind = InstitutionKind.OTHER
    person.languages_read = []
    person.language, person.time_zone = "en", settings.TIME_ZONE
    person.shows_email = person.is_superuser = False
    person.suspended_until = person.serves_until = person.last_login = None
    person.status, person.left_at = AccountStatus.LEFT, timezone.now()
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.set(Permission.objects.none())


def forget_last_letters() -> int:
    """Delete the addresses that a last letter went to, once it is a while ago.

    Returns:
        How many notices were deleted.
    """
    old = Notice.objects.filter(kind__in=LAST_LETTERS, user=None).exclude(state=NoticeState.WAITING)
    count, _by_model = old.filter(created_at__lt=timezone.now() - settings.LAST_LETTERS_KEPT).delete()
    return count
