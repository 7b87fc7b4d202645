"""Rights on one room or one discussion, kept by guardian, from a moment to a moment."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from accounts.models import MemberState, User
from forum.models.discussions import Discussion
from forum.models.rooms import Room


class GrantQuerySet(models.QuerySet[Any]):
    def in_force(self, at: datetime | None = None) -> Self:
        """Keep the grants that have begun and not ended at a moment (now, when not given)."""
        now = at or timezone.now()
        return self.not_over(now).filter(starts_at__lte=now)

    def not_over(self, at: datetime) -> Self:
        """Keep the grants that have not ended at a moment, begun or not."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at))


class RoomGrant(UserObjectPermissionBase):  # type: ignore[misc]
    """A facilitator's right on one room, for the contract's period. Source: FOR-05, MOD-05."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="room_grants", verbose_name=_("person"))
    content_object = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="grants", verbose_name=_("room"))
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = UserObjectPermissionManager.from_queryset(GrantQuerySet)()  # type: ignore[misc]

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("right on a room")
        verbose_name_plural = _("rights on rooms")
        constraints = [
            models.CheckConstraint(
                name="room_grant_ends_after_it_starts", condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))
            )
        ]


class DiscussionGrant(UserObjectPermissionBase):  # type: ignore[misc]
    """An external stakeholder's right on one discussion. Source: ACC-05, CDIP/22/3 para 8."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="discussion_grants", verbose_name=_("person"))
    content_object = models.ForeignKey(
        Discussion, on_delete=models.CASCADE, related_name="grants", verbose_name=_("discussion")
    )
    sponsor = models.ForeignKey(
        MemberState,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
        help_text=_("The member state that asked for the admission."),
    )
    first_post = models.PositiveIntegerField(
        _("from post"), default=1, help_text=_("Earlier posts stay unseen; 1 for the whole discussion.")
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = UserObjectPermissionManager.from_queryset(GrantQuerySet)()  # type: ignore[misc]

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("right on a discussion")
        verbose_name_plural = _("rights on discussions")
        constraints = [
            models.CheckConstraint(
                name="discussion_grant_ends_after_it_starts",
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
            )
        ]
