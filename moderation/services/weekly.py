"""Preparing and opening the topics of the week."""

import logging
import uuid
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.services import audit
from forum.enums import TopicKind
from forum.models import Topic
from forum.services.topics import core_rooms, open_topic
from forum.weeks import monday_of
from moderation import policies
from moderation.models import WeeklyTopic
from moderation.queries import missing_languages

logger = logging.getLogger(__name__)


@transaction.atomic
def prepare_topic(
    *,
    actor: User,
    topic: Topic,
    scheduled: bool = False,
    open_now: bool = False,
    submission_key: uuid.UUID | None = None,
) -> WeeklyTopic:
    """Keep a weekly topic with its place in the calendar.

    Args:
        actor: Who prepares it.
        topic: New, or changed before it has opened, as ``WeeklyTopicForm`` has accepted it.
        scheduled: Whether it opens by itself at its ``opens_at``.
        open_now: Whether it opens with this very change.
        submission_key: Made with the form of a new topic: the same form sent again plans nothing new.

    Returns:
        The saved plan, or the one that the same form made before.

    Raises:
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: It has opened meanwhile, or is to open and lacks a language.

    Source: FOR-02, FOR-13, workflow 2.1.
    """
    policies.may_prepare_topics(actor).enforce()
    made_before = WeeklyTopic.objects.filter(submission_key=submission_key or uuid.uuid4(), prepared_by=actor)
    if topic.pk is None and (plan := made_before.first()):
        return plan
    try:
        plan = _keep(actor, topic, scheduled, submission_key)
    except IntegrityError:
        return made_before.get()
    return open_weekly_topic(plan=plan.pk, actor=actor) if open_now else plan


@transaction.atomic
def _keep(actor: User, topic: Topic, scheduled: bool, submission_key: uuid.UUID | None) -> WeeklyTopic:
    if scheduled:
        _require_all_languages(topic)
    plan = WeeklyTopic.objects.select_for_update().filter(topic=topic).first() if topic.pk else None
    if plan is not None and plan.opened_at is not None:
        raise ValidationError(_("This topic has opened meanwhile and is no longer changed here."), code="opened")
    topic.kind = TopicKind.WEEKLY
    topic.save()
    if plan is None:
        plan = WeeklyTopic(topic=topic, prepared_by=actor, submission_key=submission_key)
    plan.scheduled = scheduled
    plan.save()
    audit.record(actor, "weekly_topic.prepared", plan, scheduled=scheduled, opens_at=topic.opens_at.isoformat())
    return plan


@transaction.atomic
def open_weekly_topic(*, plan: int, actor: User | None, at: datetime | None = None) -> WeeklyTopic:
    """Open a prepared topic in every core room; opening it again, from anywhere, does nothing.

    Args:
        plan: The id of the plan, locked.
        actor: Who opens it by hand; None for the clock.
        at: The moment of opening; now when not given.

    Returns:
        The opened plan.

    Raises:
        WeeklyTopic.DoesNotExist: There is no such plan.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: A core language is missing, or the topic's time is already over.

    Source: FOR-02, FOR-04, CDIP/22/3 paras 6-7.
    """
    if actor is not None:
        policies.may_prepare_topics(actor).enforce()
    locked = WeeklyTopic.objects.select_for_update(of=("self",)).select_related("topic").get(pk=plan)
    if locked.opened_at is not None:
        return locked
    moment = at or timezone.now()
    topic = locked.topic
    _require_all_languages(topic)
    if topic.closes_at is not None and topic.closes_at <= moment:
        raise ValidationError(_("This topic's closing time is already past: set a later one."), code="over")
    topic.opens_at = moment
    topic.save(update_fields=["opens_at"])
    open_topic(topic, core_rooms(), actor=actor, at=moment)
    locked.opened_at = moment
    locked.save(update_fields=["opened_at"])
    return locked


def open_due_topics() -> int:
    """Open what was set to open by now; two clocks at once open each topic once.

    Returns:
        How many topics are open because of this call.

    Source: FOR-02, CDIP/22/3 para 6.
    """
    opened = 0
    now = timezone.now()
    for plan in WeeklyTopic.objects.due(now).values_list("pk", flat=True):
        try:
            opened += open_weekly_topic(plan=plan, actor=None, at=now).opened_at == now
        except ValidationError as error:
            logger.error("Weekly topic %s could not open: %s", plan, error.code)
    return opened


def next_week(now: datetime) -> tuple[datetime, datetime]:
    """Return the next week's bounds, Monday to Monday by Geneva's clocks. Source: reading A8."""
    return monday_of(now, weeks=1), monday_of(now, weeks=2)


def _require_all_languages(topic: Topic) -> None:
    missing = missing_languages(topic)
    if missing:
        names = dict(settings.LANGUAGES)
        raise ValidationError(
            _("Before it opens, the topic needs its title, objective and guiding questions in: %(languages)s."),
            code="language_missing",
            params={"languages": pgettext("in a list", ", ").join(str(names[language]) for language in missing)},
        )
