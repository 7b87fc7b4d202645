"""Records: discussions as documents."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.enums import RecordFormat
from forum.models.discussions import Discussion
from forum.models.topics import Topic


class RecordQuerySet(models.QuerySet["Record"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep one's own records of what one may still see. Source: ACC-03, ACC-05."""
        seen = Discussion.objects.visible_to(viewer)
        of_a_discussion = Q(discussion__in=seen)
        of_a_topic = Q(discussion=None, topic__in=seen.values("topic"))
        return self.filter(of_a_discussion | of_a_topic, user=viewer)

    def waiting(self, at: datetime) -> Self:
        """Keep those that are still to be written at ``at``; what does not succeed in its time is given up."""
        return self.filter(ready_at=None, failed_at=None, asked_at__gt=at - settings.RECORD_PREPARATION)

    def ready(self, at: datetime) -> Self:
        """Keep those that can be downloaded at ``at``."""
        return self.filter(ready_at__isnull=False, expires_at__gt=at)


class Record(models.Model):
    """A topic or one discussion of it as a document, in a language. Source: FOR-26, REP-11.

    It holds what the person who asked for it might see when it was written.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="records", verbose_name=_("person"))
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", verbose_name=_("topic"))
    discussion = models.ForeignKey(
        Discussion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("discussion"),
        help_text=_("Empty: all of the topic’s."),
    )
    language = models.CharField(_("language"), max_length=10)
    file_format = models.CharField(_("format"), max_length=4, choices=RecordFormat)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    file = models.FileField(upload_to="records/", max_length=200, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.topic.symbol} ({self.language}, {self.file_format})"
