"""When a topic that has opened closes: later, earlier, at once, and as it was before."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from forum.models import Topic
from forum.queries.columns import CLOSING_SET
from moderation.models import WeeklyTopic
from moderation.policies import weekly as policies


@transaction.atomic
def set_closing(*, actor: User, plan: int, closes_at: datetime | None, seen: datetime | None) -> Topic:
    """Extend the time of a topic that has opened, shorten it, or open it again for a time.

    Args:
        actor: Who does it.
        plan: The id of the topic's plan.
        closes_at: When it closes; None for now.
        seen: When it was to close, as far as ``actor`` knew.

    Returns:
        The topic.

    Raises:
        WeeklyTopic.DoesNotExist: There is no such plan.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: Somebody else has changed it meanwhile, it has not opened, or is over already.

    Source: FOR-09, MOD-01, workflow 2.1.
    """
    topic = _locked(actor, plan, seen)
    now = timezone.now()
    if closes_at is None and topic.closes_at is not None and topic.closes_at <= now:
        raise ValidationError(_("This topic is closed already."), code="closed")
    return _set(actor, topic, closes_at or now)


@transaction.atomic
def take_back_closing(*, actor: User, plan: int, seen: datetime | None) -> Topic:
    """Have a topic close when it was to close before the last change.

    Args:
        actor: Who takes the change back.
        plan: The id of the topic's plan.
        seen: When it was to close, as far as ``actor`` knew.

    Returns:
        The topic.

    Raises:
        WeeklyTopic.DoesNotExist: There is no such plan.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: Somebody else has changed it meanwhile, or there is nothing to take back.

    Source: MOD-11.
    """
    topic = _locked(actor, plan, seen)
    last = AuditEntry.objects.filter(subject=f"forum.topic:{topic.pk}", action=CLOSING_SET).first()
    if last is None or last.facts["before"] is None:
        raise ValidationError(
            _("Its closing time was not changed, so there is nothing to take back."), code="unchanged"
        )
    return _set(actor, topic, datetime.fromisoformat(last.facts["before"]))


def _locked(actor: User, plan: int, seen: datetime | None) -> Topic:
    policies.may_prepare_topics(actor).enforce()
    opened = WeeklyTopic.objects.select_related("topic").get(pk=plan)
    if opened.opened_at is None:
        raise ValidationError(_("This topic has not opened yet."), code="not_open")
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=opened.topic_id)
    if topic.closes_at != seen:
        raise ValidationError(
            _("Somebody else has changed the closing time meanwhile. Look again, then decide."), code="changed"
        )
    return topic


def _set(actor: User, topic: Topic, closes_at: datetime) -> Topic:
    before, topic.closes_at = topic.closes_at, closes_at
    topic.save(update_fields=["closes_at"])
    audit.record(actor, CLOSING_SET, topic, before=_utc(before), after=_utc(closes_at))
    return topic


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
