"""What people may do from a day to a day: giving it, telling of its end, and ending it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts import endings, policies
from accounts.days import today
from accounts.endings import Ending
from accounts.enums import AccountStatus, MailScope, Office, Role
from accounts.models import AuditEntry, Mandate, Notice, User
from accounts.services import audit, outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from accounts.services.sessions import end_sessions

LOOKED_BACK = timedelta(days=60)  # ends that the clock may have missed
LISTED_IN_LETTER = 50


# --- Mandates ---------------------------------------------------------------------------------------


def check_mandate(mandate: Mandate) -> None:
    """Refuse a mandate that its holder cannot have.

    Raises:
        ValidationError: A focal point is not a delegate of the state, or has such a mandate in these days.

    Source: ACC-10, ACC-11, reading A3.
    """
    holder = mandate.user
    if mandate.office == Office.FOCAL_POINT and holder.member_state_id != mandate.member_state_id:
        raise ValidationError(_("A focal point is a delegate of the state itself."), code="other_state")
    if mandate.office == Office.COORDINATOR and holder.role != Role.DELEGATE:
        raise ValidationError(_("A coordinator is a delegate."), code="no_delegate")
    same = Mandate.objects.filter(
        user=holder,
        office=mandate.office,
        member_state=mandate.member_state_id,
        regional_group=mandate.regional_group_id,
    ).exclude(pk=mandate.pk)
    meeting = same.filter(Q(ends_on=None) | Q(ends_on__gte=mandate.starts_on))
    if mandate.ends_on is not None:
        meeting = meeting.filter(starts_on__lte=mandate.ends_on)
    if meeting.exists():
        raise ValidationError(_("This person has such a mandate in these days already."), code="overlapping")


@transaction.atomic
def keep_mandate(*, actor: User, mandate: Mandate, reason: str = "") -> Mandate:
    """Give a mandate, or change one; the holder of a new one is told.

    Args:
        actor: Who gives it.
        mandate: The row, new or changed.
        reason: Why, where one is given.

    Returns:
        The saved mandate.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: Its holder cannot have it.

    Source: ACC-10, ACC-11, CDIP/30/8 paras 7-8.
    """
    policies.may_keep(actor, mandate).enforce()
    mandate.user = User.objects.select_for_update(of=("self",)).get(pk=mandate.user_id)
    check_mandate(mandate)
    is_new = mandate._state.adding
    mandate.save()
    audit.record(actor, "mandate.given" if is_new else "mandate.changed", mandate, reason=reason, **_facts_of(mandate))
    if is_new:
        outbox.notify({mandate.user_id: MailScope.ACCOUNT}, kind="mandate.given", about=mandate)
    return mandate


@transaction.atomic
def withdraw_mandate(*, actor: User, mandate: Mandate) -> None:
    """Delete a mandate that was given in error; one that was held is better ended on a day.

    Args:
        actor: Who withdraws it.
        mandate: The row.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
    """
    policies.may_keep(actor, mandate).enforce()
    audit.record(actor, "mandate.deleted", mandate, **_facts_of(mandate))
    mandate.delete()


def _facts_of(mandate: Mandate) -> dict[str, Any]:
    return {
        "person": mandate.user_id,
        "office": mandate.office,
        "member_state": mandate.member_state_id,
        "regional_group": mandate.regional_group_id,
        "starts_on": mandate.starts_on.isoformat(),
        "ends_on": mandate.ends_on.isoformat() if mandate.ends_on else None,
    }


# --- What is about to end ---------------------------------------------------------------------------


def ending_mandates(first: date, last: date) -> Iterable[Ending]:
    """Find the mandates with their last day from ``first`` to ``last``, but for those that are followed by another."""
    after = Mandate.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        user=OuterRef("user"),
        office=OuterRef("office"),
        starts_on__lte=OuterRef("ends_on") + timedelta(days=1),
    ).filter(Q(member_state=OuterRef("member_state")) | Q(regional_group=OuterRef("regional_group")))
    mandates = Mandate.objects.filter(~Exists(after), ends_on__range=(first, last))
    for mandate in mandates.exclude(user__status=AccountStatus.LEFT).select_related(
        "user", "member_state", "regional_group"
    ):
        assert mandate.ends_on is not None
        yield Ending("mandate", mandate, mandate.user_id, mandate.user.full_name, str(mandate), mandate.ends_on, False)


def ending_periods(first: date, last: date) -> Iterable[Ending]:
    """Find the people whose contract or period has its last day from ``first`` to ``last``."""
    people = User.objects.filter(serves_until__range=(first, last)).exclude(status=AccountStatus.LEFT)
    for person in people.defer("password"):
        assert person.serves_until is not None
        title = person.get_role_display()
        yield Ending("period", person, person.pk, person.full_name, title, person.serves_until)


@transaction.atomic
def tell_of_endings() -> int:
    """Tell people a month and a week before what they may do ends, and the Secretariat with them; once each.

    Returns:
        How many people were told for the first time.

    Source: ACC-10, ACC-11, MOD-05.
    """
    day = today()
    told = 0
    coming = endings.between(day, day + timedelta(days=max(settings.ENDING_NOTICES)))
    groups: dict[tuple[str, date, int], list[Ending]] = defaultdict(list)
    for ending in coming:
        days = min(days for days in settings.ENDING_NOTICES if ending.days_left <= days)
        groups[ending.kind, ending.last_day, days].append(ending)
    for (kind, last_day, days), group in groups.items():
        event, occasion = f"{kind}.ending", f"{last_day}.{days}"
        keys = {outbox.key_of(event, ending.record.pk, ending.person, occasion) for ending in group}
        told += len(keys) - Notice.objects.filter(key__in=keys).count()
        outbox.notify_each(
            [(ending.person, ending.record) for ending in group],
            kind=event,
            scope=MailScope.ACCOUNT,
            occasion=occasion,
        )
    if told:
        staff = User.objects.active().filter(role=Role.SECRETARIAT)
        outbox.notify_each(
            [(person.pk, person) for person in staff], kind="endings.told", scope=MailScope.ACCOUNT, occasion=str(day)
        )
    return told


def end_what_is_over() -> int:
    """Record what ended since the last time, and sign out those who had nothing else.

    Pages, streams and mail ask for the day by themselves, so nothing waits for this.

    Returns:
        How many ends were recorded.
    """
    over = endings.between(today() - LOOKED_BACK, today() - timedelta(days=1))
    return sum(_end(ending) for ending in over)


@transaction.atomic
def _end(ending: Ending) -> bool:
    """Record one end, unless it is recorded already."""
    person = User.objects.select_for_update(of=("self",)).get(pk=ending.person)
    subject = f"{ending.record._meta.label_lower}:{ending.record.pk}"
    last_day = ending.last_day.isoformat()
    known = AuditEntry.objects.filter(subject=subject, action=f"{ending.kind}.ended", facts__last_day=last_day)
    if known.exists():
        return False
    sessions = end_sessions(person) if ending.ends_sessions else 0
    audit.record(
        None, f"{ending.kind}.ended", ending.record, person=person.pk, last_day=last_day, sessions_ended=sessions
    )
    return True


# --- Letters ----------------------------------------------------------------------------------------


def mandate_given(notice: Notice) -> Letter | None:
    """Tell somebody of a new mandate, and what it is for. Source: ACC-10, ACC-11."""
    mandate = Mandate.objects.select_related("member_state", "regional_group").filter(pk=notice.object_id).first()
    if mandate is None or notice.reader.status == AccountStatus.LEFT:
        return None
    if mandate.ends_on is not None and mandate.ends_on < today():
        return None
    speaks_for = str(mandate.member_state or mandate.regional_group)
    is_focal_point = mandate.office == Office.FOCAL_POINT
    subject = (
        _("You are the focal point of %(state)s") % {"state": speaks_for}
        if is_focal_point
        else _("You are the coordinator of %(group)s") % {"group": speaks_for}
    )
    context: dict[str, object] = {"mandate": mandate, "is_focal_point": is_focal_point}
    return write_letter(notice, "accounts/emails/mandate_given", subject, context)


def ending_soon(notice: Notice) -> Letter | None:
    """Tell somebody when something ends; nothing where it has been prolonged, or ended otherwise."""
    kind = notice.kind.partition(".")[0]
    day = today()
    coming = endings.between(day, day + timedelta(days=max(settings.ENDING_NOTICES)), kind)
    ending = next((e for e in coming if (e.record.pk, e.person) == (notice.object_id, notice.user_id)), None)
    if ending is None:
        return None
    subject = _("What you take part as ends soon: %(title)s") % {"title": ending.title}
    return write_letter(notice, "accounts/emails/ending_soon", subject, {"ending": ending})


def endings_told(notice: Notice) -> Letter | None:
    """Tell the Secretariat of all that ends within a month."""
    if not notice.reader.is_staff:
        return None
    day = today()
    coming = endings.between(day, day + timedelta(days=max(settings.ENDING_NOTICES)))
    if not coming:
        return None
    subject = _("Mandates, periods and admissions that end soon")
    context: dict[str, object] = {
        "endings": coming[:LISTED_IN_LETTER],
        "further": max(0, len(coming) - LISTED_IN_LETTER),
    }
    return write_letter(notice, "accounts/emails/endings_told", subject, context)
