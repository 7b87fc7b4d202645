"""Use of the forum, and its evaluation."""

from datetime import date
from hashlib import md5
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from moderation.enums import CommitteeDecision


class TrafficDay(models.Model):
    """How much was read on one day, Geneva's: counts only, of nobody in particular. Source: REP-01, REP-12."""

    day = models.DateField(_("day"), unique=True)
    page_views = models.PositiveIntegerField(_("page views"), default=0)
    sessions = models.PositiveIntegerField(_("sessions"), default=0)
    active_users = models.PositiveIntegerField(
        _("active users"), null=True, blank=True, help_text=_("Registered users who were here not long before.")
    )

    class Meta:
        verbose_name = _("use on one day")
        verbose_name_plural = _("use by day")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep what is published to participants, and all for the Secretariat and its evaluator.

        Source: REP-04, REP-09, reading A24.
        """
        if not (viewer.may_enter and viewer.reads_every_room):
            return self.none()
        if viewer.is_moderator:
            return self
        return self.filter(Q(evaluator=viewer) | Q(published_at__isnull=False))

    def under_way(self, day: date) -> Self:
        """Keep those whose period holds ``day``."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Evaluation(models.Model):
    """A period of the forum and how it is judged. Source: REP-04, REP-06, REP-10, workflow 2.8."""

    title = models.CharField(_("title"), max_length=160)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    criteria = models.TextField(
        _("criteria"), max_length=8_000, help_text=_("How success is measured; one criterion on each line.")
    )
    data = models.TextField(_("data to collect"), max_length=8_000, help_text=_("What is counted or asked, and how."))
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("agreed by")
    )
    agreed_at = models.DateTimeField(_("agreed at"), default=timezone.now)
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluations",
        verbose_name=_("evaluator"),
    )
    report = models.TextField(_("report"), max_length=100_000, blank=True, help_text=_("Markdown."))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=CommitteeDecision, blank=True)
    decision_source = models.CharField(
        _("decided in"), max_length=80, blank=True, help_text=_("Session and paragraph, such as CDIP/34, para 12.")
    )
    decision_note = models.TextField(_("what is to change"), max_length=2_000, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    archived_from = models.DateField(
        _("read-only from"), null=True, blank=True, help_text=_("When the rooms are kept as an archive.")
    )

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="evaluation_ends_after_it_starts",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("A period ends after it starts."),
            ),
            models.CheckConstraint(
                name="evaluation_is_decided_somewhere",
                condition=Q(decision="") | (Q(decided_on__isnull=False) & ~Q(decision_source="")),
            ),
            models.CheckConstraint(
                name="evaluation_archives_exactly_when_it_closes",
                condition=Q(decision=CommitteeDecision.CLOSE, archived_from__isnull=False)
                | (~Q(decision=CommitteeDecision.CLOSE) & Q(archived_from=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("moderation:evaluation_detail", args=[self.pk])

    @property
    def version(self) -> str:
        """What tells one wording of the report, and one decision, from another."""
        return md5(f"{self.report}|{self.decision}|{self.decided_on}".encode(), usedforsecurity=False).hexdigest()
