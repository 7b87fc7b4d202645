"""Lead participants: the delegations that regional groups have nominated for an interactive dialogue."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.days import today
from accounts.enums import Office
from accounts.models import Mandate, MemberState, RegionalGroup, User
from forum.models.topics import Topic


class LeadParticipantQuerySet(models.QuerySet["LeadParticipant"]):
    def standing(self) -> Self:
        """Keep the nominations that were neither changed nor taken back."""
        return self.filter(taken_back_at=None)


class LeadParticipant(models.Model):
    """That a regional group has nominated one of its states to lead for it in a topic, in every room.

    A nomination that is changed or taken back stays, with the moment of it. Source: ACC-10, CDIP/24 report para 17.
    """

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="leads", verbose_name=_("topic"))
    group = models.ForeignKey(
        RegionalGroup, on_delete=models.PROTECT, related_name="+", verbose_name=_("regional group")
    )
    member_state = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, related_name="+", verbose_name=_("member state")
    )
    nominated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("nominated by"))
    nominated_at = models.DateTimeField(_("nominated at"), default=timezone.now)
    by_secretariat = models.BooleanField(
        _("nominated by the Secretariat"), default=False, help_text=_("Because the group had no coordinator.")
    )
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = LeadParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead participant")
        verbose_name_plural = _("lead participants")
        ordering = ["-nominated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "group"], condition=Q(taken_back_at=None), name="lead_participant_once_for_each_group"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_state} ({self.group})"


def groups_spoken_for(user: User) -> models.QuerySet[RegionalGroup]:
    """Return the groups that ``user`` nominates for: the one they coordinate; the Secretariat, those without anybody.

    Source: ACC-10, CDIP/30/8 paras 7-8.
    """
    mandates = Mandate.objects.in_force(today()).filter(office=Office.COORDINATOR)
    if user.is_staff:
        at_work = mandates.filter(user__in=User.objects.active())
        return RegionalGroup.objects.exclude(pk__in=at_work.values("regional_group"))
    return RegionalGroup.objects.filter(pk__in=mandates.filter(user=user).values("regional_group"))
