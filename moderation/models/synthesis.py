"""What remains of a topic: notes, the synthesis and its versions, what it led to."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberState, User
from forum.models import Discussion, Topic
from moderation.enums import CorrectionState, FollowUpKind


class SynthesisNoteQuerySet(models.QuerySet["SynthesisNote"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep all for the moderator, and for a facilitator those of the room. Source: MOD-05, workflow 2.1."""
        if not viewer.may_enter:
            return self.none()
        if viewer.is_moderator:
            return self
        return self.filter(discussion__room__in=viewer.room_grants.in_force().values("content_object"))


class SynthesisNote(models.Model):
    """What was said in one room, citing paragraphs, as its facilitator sums it up. Source: MOD-05, workflow 2.1."""

    discussion = models.OneToOneField(
        Discussion, on_delete=models.PROTECT, related_name="synthesis_note", verbose_name=_("discussion")
    )
    body = models.TextField(_("text"), max_length=20_000, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True, blank=True)

    objects = SynthesisNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("notes for the synthesis")
        verbose_name_plural = _("notes for syntheses")
        ordering = ["discussion"]

    def __str__(self) -> str:
        return str(self.discussion)


class SynthesisQuerySet(models.QuerySet["Synthesis"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep what is published to ``viewer``, and all versions for the moderator. Source: FOR-11, ACC-05."""
        seen = self.filter(topic__in=Topic.objects.visible_to(viewer))
        return self if viewer.may_enter and viewer.is_moderator else seen.exclude(published_at=None)


class Synthesis(models.Model):
    """One version of a topic's synthesis, in each language. Source: FOR-13, workflow 2.1, MOD-03.

    The version published last is also what the topic itself shows; an unpublished one is being written.
    """

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="syntheses", verbose_name=_("topic"))
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"), blank=True, help_text=_("Markdown, in each language."))
    changes = models.CharField(_("what changed"), max_length=300, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    corrections_until = models.DateTimeField(_("corrections until"), null=True, blank=True)

    objects = SynthesisQuerySet.as_manager()

    class Meta:
        verbose_name = _("synthesis")
        verbose_name_plural = _("syntheses")
        ordering = ["topic", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="synthesis_version_once_in_a_topic"),
            models.UniqueConstraint(
                fields=["topic"], condition=Q(published_at=None), name="synthesis_is_written_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} ({self.number})"

    def takes_corrections(self, now: datetime) -> bool:
        """Tell whether participants may still ask for a correction at ``now``."""
        return self.published_at is not None and self.corrections_until is not None and now < self.corrections_until


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep one's own requests, and all for the moderator. Source: FOR-11."""
        if not viewer.may_enter:
            return self.none()
        return self if viewer.is_moderator else self.filter(asked_by=viewer)


class Correction(models.Model):
    """A participant's request to correct a published synthesis. Source: FOR-11, workflow 2.1."""

    synthesis = models.ForeignKey(
        Synthesis, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("synthesis")
    )
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("what is to be corrected"), max_length=2_000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=CorrectionState, default=CorrectionState.WAITING)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a correction")
        verbose_name_plural = _("requests for corrections")
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"{self.synthesis} ({self.asked_at:%Y-%m-%d})"


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep those of topics that ``viewer`` sees. Source: REP-08, ACC-05."""
        return self.filter(topic__in=Topic.objects.visible_to(viewer))


class FollowUp(models.Model):
    """What a discussion led to. Source: REP-07, REP-08, CDIP/11/4 rec 37 ii)."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="follow_ups", verbose_name=_("topic"))
    kind = models.CharField(_("kind"), max_length=12, choices=FollowUpKind)
    text = models.TextField(_("what came of it"), max_length=2_000)
    states = models.ManyToManyField(MemberState, blank=True, related_name="+", verbose_name=_("member states"))
    happened_on = models.DateField(_("when"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["-happened_on"]

    def __str__(self) -> str:
        return f"{self.topic} ({self.happened_on})"
