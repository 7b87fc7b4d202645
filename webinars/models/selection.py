"""How the year's webinars are chosen: what could be held, what was computed, what was decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webinars.models.cycles import Cycle
from webinars.models.places import Region
from webinars.models.proposals import Proposal, ProposalPart


class Option(models.Model):
    """One way to hold a proposal, or one part of it: in a language, for regions. Source: WEB-02, WEB-11."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="options", verbose_name=_("proposal"))
    part = models.ForeignKey(
        ProposalPart, on_delete=models.CASCADE, null=True, blank=True, related_name="options", verbose_name=_("part")
    )
    language = models.CharField(_("language"), max_length=10)
    regions = models.ManyToManyField(Region, related_name="options", verbose_name=_("for"))
    staff_days = models.PositiveSmallIntegerField(_("staff days"), default=5)
    is_locked = models.BooleanField(_("locked in"), default=False)
    is_barred = models.BooleanField(_("not this one"), default=False)

    class Meta:
        verbose_name = _("way to hold a webinar")
        verbose_name_plural = _("ways to hold webinars")
        ordering = ["proposal__number", "part__position", "language", "pk"]
        constraints = [
            models.CheckConstraint(
                name="option_is_not_both_in_and_barred", condition=~Q(is_locked=True, is_barred=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal} ({self.language})"


class Exclusion(models.Model):
    """Two proposals that are not both to be held in one year. Source: WEB-06, CDIP/30/8 para 4 v."""

    first = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+", verbose_name=_("proposal"))
    second = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+", verbose_name=_("other proposal"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("pair not to be combined")
        verbose_name_plural = _("pairs not to be combined")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="exclusion_once_for_each_pair"),
            models.CheckConstraint(name="exclusion_is_in_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class SelectionRun(models.Model):
    """What was computed from what; kept as it was. Source: WEB-11, WEB-12."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="runs", verbose_name=_("cycle"))
    inputs = models.JSONField(_("inputs"))
    result = models.JSONField(_("result"))
    method = models.CharField(_("method"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("run by")
    )
    run_at = models.DateTimeField(_("run at"), default=timezone.now)

    class Meta:
        verbose_name = _("run of the selection")
        verbose_name_plural = _("runs of the selection")
        ordering = ["-run_at"]

    def __str__(self) -> str:
        return f"{self.cycle} ({self.run_at:%Y-%m-%d %H:%M})"


class Decision(models.Model):
    """That one way to hold a proposal is taken into the programme; pending until publication. Source: WEB-11."""

    option = models.OneToOneField(Option, on_delete=models.PROTECT, related_name="decision", verbose_name=_("way"))
    run = models.ForeignKey(
        SelectionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("run")
    )
    differs = models.BooleanField(_("other than the run advised"), default=False)
    reason = models.TextField(_("reason"), max_length=1_000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="decision_that_differs_has_a_reason",
                condition=Q(differs=False) | ~Q(reason=""),
                violation_error_message=_("Say why the decision is other than the run advised."),
            )
        ]

    def __str__(self) -> str:
        return str(self.option)
