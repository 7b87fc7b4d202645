"""Reported posts: the reports, what is decided, and what can be said against it."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from forum.models import Post
from moderation.enums import CaseState, Outcome, ReportReason, ReviewState, SanctionKind


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep all for the moderator, and for a facilitator those of the room. Source: MOD-05, MOD-09."""
        if not viewer.may_enter:
            return self.none()
        if viewer.is_moderator:
            return self
        return self.filter(post__discussion__room__in=viewer.room_grants.in_force().values("content_object"))

    def open(self) -> Self:
        """Keep what is not decided."""
        return self.exclude(state=CaseState.DECIDED)

    def hiding(self) -> Self:
        """Keep those by which a post was hidden until it is changed, also where it is shown again since."""
        return self.filter(state=CaseState.DECIDED, outcome=Outcome.HIDDEN)


class Case(models.Model):
    """A reported post and what was decided about it; one at a time for each post. Source: MOD-09, FOR-11."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="cases", verbose_name=_("post"))
    state = models.CharField(_("state"), max_length=10, choices=CaseState, default=CaseState.OPEN)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("assigned to"),
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    reason = models.TextField(_("reason"), max_length=2_000, blank=True, help_text=_("The author reads it."))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Of a mute or a suspension."))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("second person"),
    )
    second_opinion = models.TextField(_("second opinion"), max_length=2_000, blank=True)
    second_at = models.DateTimeField(_("second opinion at"), null=True, blank=True)
    agrees_to_removal = models.BooleanField(_("second person agrees to removal"), default=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported post")
        verbose_name_plural = _("reported posts")
        ordering = ["opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=~Q(state=CaseState.DECIDED), name="case_is_open_once_for_each_post"
            ),
            models.CheckConstraint(
                name="case_is_decided_by_somebody_with_a_reason",
                condition=~Q(state=CaseState.DECIDED)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(outcome="") & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="case_has_two_different_persons",
                condition=Q(second_by=None) | Q(decided_by=None) | ~Q(second_by=F("decided_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} ({self.opened_at:%Y-%m-%d})"

    def get_absolute_url(self) -> str:
        return reverse("moderation:case_detail", args=[self.pk])


class Report(models.Model):
    """A reader's flag on a post. Source: MOD-09, FOR-11."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports", verbose_name=_("reported post"))
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports", verbose_name=_("reported by")
    )
    reason = models.CharField(_("reason"), max_length=15, choices=ReportReason)
    text = models.TextField(_("what is wrong with it"), max_length=2_000, blank=True)
    reported_at = models.DateTimeField(_("reported at"), default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("case", "report")
        verbose_name_plural = pgettext_lazy("case", "reports")
        ordering = ["reported_at"]
        constraints = [models.UniqueConstraint(fields=["case", "reporter"], name="report_once_by_each_reader")]

    def __str__(self) -> str:
        return f"{self.case} ({self.reported_at:%Y-%m-%d})"


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep one's own, and all for the moderator. Source: MOD-09, ACC-03."""
        if not viewer.is_authenticated:
            return self.none()
        return self if viewer.may_enter and viewer.is_moderator else self.filter(user=viewer)

    def in_force(self, at: datetime | None = None) -> Self:
        """Keep the mutes and suspensions that hold at a moment (now, when not given)."""
        now = at or timezone.now()
        return self.exclude(kind=SanctionKind.WARNING).filter(lifted_at=None, starts_at__lte=now, ends_at__gt=now)


class Sanction(models.Model):
    """A warning, or a time without writing or without access. Source: MOD-09, OPS-01."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sanctions", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=SanctionKind)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="sanctions", verbose_name=_("reported post")
    )
    reason = models.TextField(_("reason"), max_length=2_000)
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("imposed by")
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                name="sanction_ends_unless_it_is_a_warning",
                condition=Q(kind=SanctionKind.WARNING, ends_at=None)
                | (~Q(kind=SanctionKind.WARNING) & Q(ends_at__gt=F("starts_at"))),
                violation_error_message=_("A warning has no end; a mute or a suspension has one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_kind_display()})"


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep one's own, and all for the Secretariat. Source: MOD-09, CDIP/11/4 rec 30 b) ii)."""
        if not viewer.is_authenticated:
            return self.none()
        return self if viewer.may_enter and viewer.is_staff else self.filter(author=viewer)


class Appeal(models.Model):
    """What the author of a post says against a decision about it; the Secretariat answers. Source: MOD-09."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="appeal", verbose_name=_("reported post"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("author")
    )
    text = models.TextField(_("text"), max_length=2_000)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.WAITING)
    answer = models.TextField(_("answer"), max_length=2_000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["made_at"]

    def __str__(self) -> str:
        return str(self.case)


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep one's own, and all for the Secretariat. Source: MOD-09, CDIP/11/4 rec 30 b) ii)."""
        if not viewer.may_enter:
            return self.none()
        return self if viewer.is_staff else self.filter(made_by=viewer)


class Complaint(models.Model):
    """A complaint about moderation, or other feedback, which the Secretariat answers.

    Source: MOD-09, CDIP/11/4 rec 30 b) ii).
    """

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("made by")
    )
    text = models.TextField(_("text"), max_length=4_000)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.WAITING)
    answer = models.TextField(_("answer"), max_length=2_000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["made_at"]

    def __str__(self) -> str:
        return f"{self.made_by} ({self.made_at:%Y-%m-%d})"
