"""The weekly plan."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models import Topic


class WeeklyTopicQuerySet(models.QuerySet["WeeklyTopic"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the plan for those who moderate. Source: MOD-01, CDIP/22/3 para 6."""
        return self if viewer.is_moderator and viewer.may_enter else self.none()

    def due(self, at: datetime) -> Self:
        """Keep what was set to open by ``at`` and has not opened yet."""
        return self.filter(scheduled=True, opened_at=None, topic__opens_at__lte=at)


class WeeklyTopic(models.Model):
    """A topic prepared by the moderator, to open in every core room. Source: FOR-02, CDIP/22/3 para 6."""

    topic = models.OneToOneField(Topic, on_delete=models.PROTECT, related_name="plan", verbose_name=_("topic"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    scheduled = models.BooleanField(
        _("opens by itself"), default=False, help_text=_("At the moment set in the topic; else by hand.")
    )
    submission_key = models.UUIDField(
        null=True, unique=True, editable=False, help_text=_("Made with the form, so that a form sent twice plans once.")
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = WeeklyTopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly topic")
        verbose_name_plural = _("weekly topics")
        ordering = ["-topic__opens_at"]

    def __str__(self) -> str:
        return str(self.topic)

    def get_absolute_url(self) -> str:
        return reverse("moderation:weekly_topic_edit", args=[self.pk])
