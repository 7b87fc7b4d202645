"""Templates of topics, and weeks planned from them."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from accounts.services import audit
from forum.models import Topic
from forum.weeks import monday_of
from moderation.models import TopicTemplate, WeeklyTopic
from moderation.policies import weekly as policies
from moderation.queries.weekly import TEXTS
from moderation.services.weekly import discard_topic, prepare_topic, require_all_languages


@transaction.atomic
def keep_template(*, actor: User, template: TopicTemplate) -> TopicTemplate:
    """Save a template, new or changed; topics that were made from it stay as they are.

    Args:
        actor: Who keeps it.
        template: As ``TopicTemplateForm`` has accepted it.

    Raises:
        PermissionDenied: ``actor`` does not moderate.

    Source: MOD-11.
    """
    policies.may_prepare_topics(actor).enforce()
    verb = "added" if template.pk is None else "changed"
    template.save()
    audit.record(actor, f"topic_template.{verb}", template)
    return template


@transaction.atomic
def retire_template(*, actor: User, template: int, retired: bool) -> TopicTemplate:
    """Put a template away, or take it up again.

    Args:
        actor: Who does it.
        template: Its id, locked.
        retired: Whether it is put away.

    Returns:
        The template, as it was where it is so already.

    Raises:
        TopicTemplate.DoesNotExist: There is no such template.
        PermissionDenied: ``actor`` does not moderate.

    Source: MOD-11.
    """
    policies.may_prepare_topics(actor).enforce()
    locked = TopicTemplate.objects.select_for_update().get(pk=template)
    if (locked.retired_at is not None) != retired:
        locked.retired_at = timezone.now() if retired else None
        locked.save(update_fields=["retired_at"])
        audit.record(actor, f"topic_template.{'retired' if retired else 'restored'}", locked)
    return locked


def words_of(source: Topic | TopicTemplate) -> dict[str, str | None]:
    """Return a topic's or a template's texts in every language, by the names of the columns that both have."""
    codes = [code.replace("-", "_") for code in settings.MODELTRANSLATION_LANGUAGES]
    return {name: getattr(source, name) for name in (f"{field}_{code}" for field in TEXTS for code in codes)}


@transaction.atomic
def plan_weeks(*, actor: User, template: int, first: date, weeks: int, scheduled: bool) -> list[WeeklyTopic]:
    """Prepare a topic for each of several weeks from one template; weeks that have a topic are left alone.

    Args:
        actor: Who plans.
        template: The id of the template.
        first: A day of the first week.
        weeks: How many weeks are meant, those that have a topic among them.
        scheduled: Whether the topics open by themselves.

    Returns:
        The new plans.

    Raises:
        TopicTemplate.DoesNotExist: There is no such template, or it was put away.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: It has no category, or its topics are to open and lack a language.

    Source: FOR-02, MOD-11.
    """
    policies.may_prepare_topics(actor).enforce()
    source = TopicTemplate.objects.filter(retired_at=None).select_for_update().get(pk=template)
    if source.category_id is None:
        raise ValidationError(_("Give the template a category first: every topic has one."), code="category")
    if scheduled:
        require_all_languages(source)
    with connection.cursor() as cursor:  # two who plan at once give no week two topics
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('moderation_weeklytopic.weeks'))")
    noon = datetime.combine(first, time(12), tzinfo=timezone.get_default_timezone())
    made = []
    for n in range(weeks):
        opens_at, closes_at = monday_of(noon, weeks=n), monday_of(noon, weeks=n + 1)
        taken = WeeklyTopic.objects.filter(topic__opens_at__gte=opens_at, topic__opens_at__lt=closes_at)
        if not taken.exists() and closes_at > timezone.now():
            times = {"opens_at": opens_at, "closes_at": closes_at}
            topic = Topic(category_id=source.category_id, step_id=source.step_id, **times, **words_of(source))
            made.append(prepare_topic(actor=actor, topic=topic, scheduled=scheduled))
    if made:
        audit.record(actor, "topic_template.planned", source, plans=[plan.pk for plan in made])
    return made


def last_planned(template: TopicTemplate) -> Sequence[WeeklyTopic]:
    """Return what was last planned from a template and nobody has changed or opened since."""
    entry = AuditEntry.objects.filter(
        subject=f"moderation.topictemplate:{template.pk}", action="topic_template.planned"
    ).first()
    if entry is None:
        return []
    subjects = [f"moderation.weeklytopic:{pk}" for pk in entry.facts["plans"]]
    later = AuditEntry.objects.filter(subject__in=subjects, pk__gt=entry.pk).values_list("subject", flat=True)
    touched = {int(subject.rpartition(":")[2]) for subject in later}
    untouched = WeeklyTopic.objects.filter(pk__in=set(entry.facts["plans"]) - touched, opened_at=None)
    return list(untouched.select_related("topic").order_by("topic__opens_at"))


@transaction.atomic
def take_back_weeks(*, actor: User, template: int) -> int:
    """Take what was last planned from a template off the plan, where nobody has changed or opened it since.

    Args:
        actor: Who takes it back.
        template: The id of the template, locked.

    Returns:
        How many topics were taken off the plan.

    Raises:
        TopicTemplate.DoesNotExist: There is no such template.
        PermissionDenied: ``actor`` does not moderate.

    Source: MOD-11.
    """
    policies.may_prepare_topics(actor).enforce()
    plans = last_planned(TopicTemplate.objects.select_for_update().get(pk=template))
    for plan in plans:
        discard_topic(actor=actor, plan=plan.pk)
    return len(plans)
