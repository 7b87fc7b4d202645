"""Preparing and opening the topics of the week."""

import logging
import uuid
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import MailScope, Role
from accounts.languages import written
from accounts.models import User
from accounts.services import audit, outbox
from forum.enums import TopicKind
from forum.models import Room, Topic
from forum.services.topics import core_rooms, open_topic
from forum.weeks import monday_of
from moderation.enums import Occasion
from moderation.models import TopicTemplate, WeeklyTopic
from moderation.policies import weekly as policies
from moderation.queries.weekly import lack_of, missing_languages, optional_rooms
from moderation.services import checklist, proposals

logger = logging.getLogger(__name__)


@transaction.atomic
def prepare_topic(
    *,
    actor: User,
    topic: Topic,
    scheduled: bool = False,
    open_now: bool = False,
    submission_key: uuid.UUID | None = None,
    ticked: Collection[int] | None = None,
    proposal: int | None = None,
) -> WeeklyTopic:
    """Keep a weekly topic with its place in the calendar.

    Args:
        actor: Who prepares it.
        topic: New, or changed before it has opened, as ``WeeklyTopicForm`` has accepted it.
        scheduled: Whether it opens by itself at its ``opens_at``.
        open_now: Whether it opens with this very change.
        submission_key: Made with the form of a new topic: the same form sent again plans nothing new.
        ticked: The ids of the points of the checklist that were seen to; None leaves them as they are.
        proposal: The id of the proposal that a new topic is made of.

    Returns:
        The saved plan, or the one that the same form made before.

    Raises:
        PermissionDenied: ``actor`` does not moderate.
        TopicProposal.DoesNotExist: There is no such proposal.
        ValidationError: It has opened meanwhile, or is to open and lacks a language; or the proposal has been decided.

    Source: FOR-02, FOR-13, MOD-06, workflows 2.1 and 2.2.
    """
    policies.may_prepare_topics(actor).enforce()
    made_before = WeeklyTopic.objects.filter(submission_key=submission_key or uuid.uuid4(), prepared_by=actor)
    if topic.pk is None and (plan := made_before.first()):
        return plan
    try:
        with transaction.atomic():
            plan = _keep(actor, topic, scheduled, submission_key)
            if proposal is not None:
                proposals.schedule_proposal(actor=actor, proposal=proposal, topic=topic)
            if ticked is not None:
                checklist.tick_points(actor=actor, topic=topic, occasion=Occasion.OPENING, points=ticked)
    except IntegrityError:
        return made_before.get()
    return open_weekly_topic(plan=plan.pk, actor=actor) if open_now else plan


def _keep(actor: User, topic: Topic, scheduled: bool, submission_key: uuid.UUID | None) -> WeeklyTopic:
    if scheduled:
        require_all_languages(topic)
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
    """Open a prepared topic in every core room, and in optional ones whose language is complete; once.

    Args:
        plan: The id of the plan, locked.
        actor: Who opens it by hand; None for the clock.
        at: The moment of opening; now when not given.

    Returns:
        The opened plan, as it was where it had opened before.

    Raises:
        WeeklyTopic.DoesNotExist: There is no such plan.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: A core language is missing, or the topic's time is already over.

    Source: FOR-02, FOR-04, FOR-05, CDIP/22/3 paras 6-7.
    """
    if actor is not None:
        policies.may_prepare_topics(actor).enforce()
    locked = WeeklyTopic.objects.select_for_update(of=("self",)).select_related("topic").get(pk=plan)
    if locked.opened_at is not None:
        return locked
    moment = at or timezone.now()
    topic = locked.topic
    require_all_languages(topic)
    if topic.closes_at is not None and topic.closes_at <= moment:
        raise ValidationError(_("This topic's closing time is already past: set a later one."), code="over")
    topic.opens_at = moment
    topic.save(update_fields=["opens_at"])
    open_topic(topic, _rooms_of(topic, moment), actor=actor, at=moment)
    locked.opened_at = moment
    locked.save(update_fields=["opened_at"])
    proposals.tell_of_opening(topic)
    return locked


def _rooms_of(topic: Topic, at: datetime) -> QuerySet[Room]:
    """Return where a topic opens at a moment: what an optional room would not be told in its language stays closed."""
    optional = [(room.pk, written(room.language)) for room in optional_rooms(at)]
    kept = settings.MODELTRANSLATION_LANGUAGES
    complete = [pk for pk, code in optional if code in kept and not missing_languages(topic, [code])]
    return Room.objects.filter(Q(pk__in=core_rooms()) | Q(pk__in=complete))


@transaction.atomic
def discard_topic(*, actor: User, plan: int) -> None:
    """Take a topic that has not opened off the plan; a proposal that it was made of is accepted as before.

    Args:
        actor: Who takes it off.
        plan: The id of the plan, locked.

    Raises:
        WeeklyTopic.DoesNotExist: There is no such plan, or no longer.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: It has opened.

    Source: MOD-11.
    """
    policies.may_prepare_topics(actor).enforce()
    locked = WeeklyTopic.objects.select_for_update(of=("self",)).select_related("topic").get(pk=plan)
    if locked.opened_at is not None:
        raise ValidationError(_("This topic has opened, so it stays. You can close it."), code="opened")
    topic = locked.topic
    proposals.release_proposals(actor=actor, topic=topic)
    audit.record(actor, "weekly_topic.discarded", locked, opens_at=topic.opens_at.isoformat())
    locked.delete()
    topic.delete()


# --- The clock ------------------------------------------------------------------------------------


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


@transaction.atomic
def warn_of_next_week() -> int:
    """Tell the moderators, once, what keeps next week from opening by itself in every room.

    Returns:
        How many are told, now or before.

    Source: MOD-11, workflow 2.1.
    """
    now = timezone.now()
    monday, _end = next_week(now)
    if now < monday - settings.WEEK_WARNED_BEFORE or lack_of(monday) is None:
        return 0
    moderators = list(User.objects.active(now).filter(role=Role.MODERATOR))
    events = [(moderator.pk, moderator) for moderator in moderators]
    outbox.notify_each(events, kind="week.lacking", scope=MailScope.ACCOUNT, occasion=f"{monday:%G-W%V}")
    return len(events)


def require_all_languages(worded: Topic | TopicTemplate) -> None:
    """Refuse to have something open that lacks a core language.

    Args:
        worded: A topic, or a template that topics are made from.

    Raises:
        ValidationError: The message names what is missing; its code is ``language_missing``.
    """
    missing = missing_languages(worded)
    if missing:
        names = [str(dict(settings.LANGUAGES)[language]) for language in missing]
        raise ValidationError(
            _("Before it opens, the topic needs its title, objective and guiding questions in: %(languages)s."),
            code="language_missing",
            params={"languages": pgettext("in a list", ", ").join(names)},
        )
