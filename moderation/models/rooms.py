"""Rooms of optional languages: who wants one, what was decided, who runs it."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models import Room


class LanguageDemand(models.Model):
    """That somebody asks for a room in a language. Source: FOR-05, FOR-07, workflow 2.4."""

    language = models.CharField(_("language"), max_length=10)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="language_demands",
        verbose_name=_("participant"),
    )
    note = models.CharField(_("why"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)

    class Meta:
        verbose_name = _("demand for a language")
        verbose_name_plural = _("demand for languages")
        ordering = ["language", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["language", "user"], name="language_is_asked_for_once_by_each_person")
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.user}"


class RoomDecision(models.Model):
    """What the Committee decided about a language or a further demand, with its cost.

    Source: FOR-05, OPS-04, OPS-05.
    """

    language = models.CharField(_("language"), max_length=10, blank=True)
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("room")
    )
    session = models.CharField(_("session"), max_length=40, help_text=_("Such as CDIP/34."))
    paragraph = models.CharField(_("paragraph"), max_length=40, blank=True)
    decided_on = models.DateField(_("decided on"))
    subject = models.CharField(_("what was decided"), max_length=300)
    one_off_cost = models.PositiveIntegerField(_("cost once, in Swiss francs"), default=0)
    yearly_cost = models.PositiveIntegerField(_("cost each year, in Swiss francs"), default=0)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    class Meta:
        verbose_name = _("decision on the forum")
        verbose_name_plural = _("decisions on the forum")
        ordering = ["-decided_on"]

    def __str__(self) -> str:
        return f"{self.session}: {self.subject}"


class ProviderContractQuerySet(models.QuerySet["ProviderContract"]):
    def in_force(self, day: date) -> Self:
        """Keep the contracts that have begun and not ended on ``day``."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def visible_to(self, viewer: User) -> Self:
        """Keep all for the moderator, and one's own. Source: MOD-05."""
        if not viewer.may_enter:
            return self.none()
        return self if viewer.is_moderator else self.filter(provider=viewer)


class ProviderContract(models.Model):
    """An external provider's contract for one room. Source: FOR-05, MOD-04, MOD-05, workflow 2.4."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("room"))
    provider = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("provider")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    competence = models.TextField(
        _("competence"),
        max_length=2_000,
        blank=True,
        help_text=_("What the provider knows of technical assistance, and of similar duties."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects = ProviderContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider's contract")
        verbose_name_plural = _("providers' contracts")
        ordering = ["room", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="contract_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A contract ends on or after the day it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.room}: {self.provider}"
