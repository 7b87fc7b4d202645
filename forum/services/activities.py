"""The catalogue of activities: keeping it, reviewing it, and what a state chooses from it for its plan."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname

from accounts.languages import language_name
from accounts.models import User
from accounts.services import audit
from forum import policies
from forum.models import Activity, ActivityInterest
from forum.models.activities import ACTIVITY_TEXTS

TEXTS = ("title", *ACTIVITY_TEXTS)
OPTIONAL = {"programme"}
COLUMNS = (
    *("category", "levels", "modes", "contact_email"),
    *(build_localized_fieldname(name, code) for code in settings.MODELTRANSLATION_LANGUAGES for name in TEXTS),
)


def check_complete(values: Mapping[str, Any]) -> None:
    """Refuse to have an activity in the catalogue that lacks a text in a core language.

    Args:
        values: By name of the field, as ``ActivityForm`` has them.

    Raises:
        ValidationError: By field, what is missing.

    Source: LIB-07, CDIP/22/3 para 7.
    """
    errors = {}
    for code in settings.CORE_LANGUAGES:
        for name in TEXTS:
            column = build_localized_fieldname(name, code)
            if name not in OPTIONAL and not values.get(column):
                errors[column] = _("The catalogue needs this text in %(language)s too.") % {
                    "language": language_name(code, get_language() or settings.LANGUAGE_CODE)
                }
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def keep_activity(
    *,
    actor: User,
    values: Mapping[str, Any],
    activity: int | None = None,
    version: int | None = None,
    submission_key: uuid.UUID | None = None,
    publish: bool = False,
) -> Activity:
    """Save an activity, new or changed, and put it into the catalogue where that is asked for.

    Args:
        actor: Who keeps the catalogue.
        values: By name of the field, as ``ActivityForm`` has accepted them.
        activity: The id of the one that is changed, locked; None for a new one.
        version: Which version was changed.
        submission_key: Made with the form: the same form of a new one sent again makes nothing new.
        publish: Whether it is put into the catalogue, reviewed as of now.

    Returns:
        The saved activity, or the one that the form has made already.

    Raises:
        Activity.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: It was changed meanwhile, or the catalogue needs a text that it lacks.

    Source: LIB-07, CDIP/11/4 rec 21 d)-e).
    """
    policies.may_keep_catalogue(actor).enforce()
    if activity is None:
        kept, is_new = _added(actor, values, submission_key or uuid.uuid4())
        if not is_new:
            return kept
    else:
        kept = _locked(actor, activity)
        if kept.version != version:
            raise ValidationError(
                _("This activity was changed while you had it before you. Read it again, then decide."), code="changed"
            )
        _change(actor, kept, values)
    if publish or kept.published_at is not None:
        check_complete(values)
    if publish:
        policies.may_publish_activity(actor, kept).enforce()
        kept.published_at = kept.reviewed_at = timezone.now()
        kept.save(update_fields=["published_at", "reviewed_at"])
        audit.record(actor, "activity.published", kept)
    return kept


def _added(actor: User, values: Mapping[str, Any], submission_key: uuid.UUID) -> tuple[Activity, bool]:
    columns = {name: values[name] for name in COLUMNS}
    added, is_new = Activity.objects.get_or_create(submission_key=submission_key, defaults=columns)
    if is_new:
        added.groups.set(values["groups"])
        audit.record(actor, "activity.added", added)
    return added, is_new


def _change(actor: User, activity: Activity, values: Mapping[str, Any]) -> None:
    changed = [name for name in COLUMNS if (getattr(activity, name) or "") != (values[name] or "")]
    changed += ["groups"] if {*activity.groups.all()} != {*values["groups"]} else []
    if not changed:
        return
    for name in COLUMNS:
        setattr(activity, name, values[name])
    activity.version += 1
    activity.save()
    activity.groups.set(values["groups"])
    audit.record(actor, "activity.changed", activity, fields=changed)


def _locked(actor: User, activity: int) -> Activity:
    locked: Activity = Activity.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=activity)
    return locked


@transaction.atomic
def review_activity(*, actor: User, activity: int) -> Activity:
    """Keep that what the catalogue says of an activity was found to hold still.

    Args:
        actor: Who keeps the catalogue.
        activity: The id of the activity, locked.

    Returns:
        The saved activity.

    Raises:
        Activity.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not review it; the message says why.

    Source: LIB-07, CDIP/11/4 rec 21 d).
    """
    locked = _locked(actor, activity)
    policies.may_review_activity(actor, locked).enforce()
    locked.reviewed_at = timezone.now()
    locked.save(update_fields=["reviewed_at"])
    audit.record(actor, "activity.reviewed", locked)
    return locked


@transaction.atomic
def withdraw_activity(*, actor: User, activity: int) -> Activity | None:
    """Take an activity out of the catalogue; what never stood in it is deleted.

    Args:
        actor: Who keeps the catalogue.
        activity: The id of the activity, locked.

    Returns:
        The saved activity; None where it is deleted.

    Raises:
        Activity.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: LIB-07.
    """
    locked = _locked(actor, activity)
    if policies.may_discard_activity(actor, locked):
        audit.record(actor, "activity.discarded", locked)
        locked.delete()
        return None
    policies.may_review_activity(actor, locked).enforce()
    locked.published_at = None
    locked.save(update_fields=["published_at"])
    audit.record(actor, "activity.withdrawn", locked)
    return locked


# --- The list of a state ----------------------------------------------------------------------------


@transaction.atomic
def list_activity(*, actor: User, activity: int, wanted: bool) -> bool:
    """Put an activity on the list of the actor's state, or take it off; the audit trail is not told, as it is private.

    Args:
        actor: A delegate, for all of their state.
        activity: The id of the activity.
        wanted: Whether it is to stand there.

    Returns:
        Whether that changed anything: a colleague may have done the same.

    Raises:
        Activity.DoesNotExist: It is not in the catalogue.
        PermissionDenied: ``actor`` is of no state; the message says why.

    Source: LIB-07, ACC-03, CDIP/11/4 rec 21 d)-e).
    """
    found = Activity.objects.visible_to(actor).published().get(pk=activity)
    policies.may_list_activities(actor).enforce()
    if wanted:
        state = actor.member_state_id
        _interest, is_new = ActivityInterest.objects.get_or_create(member_state_id=state, activity=found)
        return is_new
    taken_off, _rows = ActivityInterest.objects.visible_to(actor).filter(activity=found).delete()
    return bool(taken_off)


def record_shortlist(*, actor: User, kind: str, activities: int) -> None:
    """Keep that the list of a state was taken out as a file, and not what stands on it.

    Args:
        actor: A delegate of the state.
        kind: Of the file.
        activities: How many it holds.

    Raises:
        PermissionDenied: ``actor`` is of no state; the message says why.

    Source: ACC-03, ACC-06.
    """
    policies.may_list_activities(actor).enforce()
    audit.record(actor, "shortlist.exported", actor, kind=kind, activities=activities)
