"""External stakeholders: how one is admitted to one discussion."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberState, Protocol, User
from accounts.models.people import validate_plain_name
from forum.models import Discussion
from moderation.enums import AdmissionScope, AdmissionState, StakeholderKind


class AdmissionCriterion(models.Model):
    """What a version of the protocol of use asks of an outsider. Source: ACC-06, OPS-01, CDIP/22/3 paras 6, 8."""

    protocol = models.ForeignKey(
        Protocol, on_delete=models.PROTECT, related_name="criteria", verbose_name=_("protocol of use")
    )
    text = models.CharField(_("text"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("criterion for admissions")
        verbose_name_plural = _("criteria for admissions")
        ordering = ["protocol", "position", "pk"]

    def __str__(self) -> str:
        return self.text


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep one's own drafts, those of the state for its focal point, and all for who assesses or decides.

        Source: ACC-05, ACC-06, reading A5, workflow 2.3.
        """
        if not (viewer.may_enter and viewer.reads_every_room and viewer.writes):
            return self.none()
        if viewer.is_moderator:
            return self
        own = Q(drafted_by=viewer)
        if viewer.is_focal_point:
            own |= Q(sponsor__isnull=False, sponsor=viewer.member_state_id)
        return self.filter(own)

    def in_force(self, at: datetime | None = None) -> Self:
        """Keep what lets somebody in at a moment (now, when not given)."""
        now = at or timezone.now()
        return self.filter(state=AdmissionState.APPROVED, starts_at__lte=now, ends_at__gt=now)


class Admission(models.Model):
    """One outsider's way into one discussion: drafted, confirmed, assessed, decided, ended.

    Source: ACC-05, ACC-06, readings A5 and A6, workflow 2.3, CDIP/22/3 para 8.
    """

    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, related_name="admissions", verbose_name=_("discussion")
    )
    sponsor = models.ForeignKey(MemberState, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    full_name = models.CharField(_("name"), max_length=120, validators=[validate_plain_name])
    email = models.EmailField(_("e-mail address"))
    organization = models.CharField(_("organization"), max_length=160, validators=[validate_plain_name])
    kind = models.CharField(_("kind of stakeholder"), max_length=15, choices=StakeholderKind)
    language = models.CharField(_("language"), max_length=10, help_text=_("In which we write to them."))
    purpose = models.TextField(
        _("why"), max_length=2_000, help_text=_("What the discussion gains by this person’s taking part.")
    )
    interests = models.TextField(
        _("interests"), max_length=1_000, blank=True, help_text=_("Any conflict of interest, or “none”.")
    )
    scope = models.CharField(_("reach"), max_length=10, choices=AdmissionScope, default=AdmissionScope.ROOM)
    sees_earlier_posts = models.BooleanField(_("sees the posts made before"), default=True)
    ends_at = models.DateTimeField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=AdmissionState, default=AdmissionState.DRAFT)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    created_at = models.DateTimeField(_("drafted at"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    protocol = models.ForeignKey(
        Protocol,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assessed against"),
    )
    criteria_met = models.ManyToManyField(
        AdmissionCriterion, blank=True, related_name="+", verbose_name=_("criteria met")
    )
    is_recommended = models.BooleanField(_("recommended"), null=True, blank=True)
    assessment = models.TextField(_("assessment"), max_length=2_000, blank=True)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assessed by"),
    )
    assessed_at = models.DateTimeField(_("assessed at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason of the decision"), max_length=1_000, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="admissions",
        verbose_name=_("external stakeholder"),
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    end_reason = models.TextField(_("reason of the end"), max_length=1_000, blank=True)
    submission_key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text=_("Made with the form, so that a form sent twice counts once.")
    )

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["drafted_by", "submission_key"], name="admission_once_for_each_form"),
            models.UniqueConstraint(
                fields=["discussion", "email"],
                condition=Q(state__in=["draft", "confirmed", "assessed"]),
                name="admission_is_asked_for_once_at_a_time",
            ),
            models.CheckConstraint(
                name="admission_is_assessed_against_a_protocol",
                condition=~Q(state__in=["assessed", "approved"])
                | Q(protocol__isnull=False, assessed_by__isnull=False, is_recommended__isnull=False),
            ),
            models.CheckConstraint(
                name="admission_is_approved_by_somebody",
                condition=~Q(state="approved")
                | Q(decided_by__isnull=False, user__isnull=False, starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="admission_ends_after_it_starts",
                condition=Q(starts_at=None) | Q(ends_at__gte=F("starts_at")),
                violation_error_message=_("An admission ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.discussion})"

    def get_absolute_url(self) -> str:
        return reverse("moderation:admission_detail", args=[self.pk])
