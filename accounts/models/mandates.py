"""The right to speak for a state or a group, from a day to a day."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Office
from accounts.models.places import MemberState, RegionalGroup


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, day: date) -> Self:
        """Keep the mandates that have begun and not ended on ``day``."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Mandate(models.Model):
    """A focal point's or a coordinator's mandate. Source: ACC-10, ACC-11, CDIP/30/8 paras 7-8."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("holder")
    )
    office = models.CharField(_("office"), max_length=20, choices=Office)
    member_state = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("member state")
    )
    regional_group = models.ForeignKey(
        RegionalGroup, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("regional group")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="mandate_is_for_a_state_or_a_group",
                condition=Q(office=Office.FOCAL_POINT, member_state__isnull=False, regional_group=None)
                | Q(office=Office.COORDINATOR, regional_group__isnull=False, member_state=None),
                violation_error_message=_(
                    "A focal point's mandate names a member state, a coordinator's a regional group."
                ),
            ),
            models.CheckConstraint(
                name="mandate_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A mandate ends on or after the day it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()} ({self.member_state or self.regional_group})"
