"""Rooms: where one language talks."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Role
from accounts.models import User


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the rooms ``viewer`` may enter. Source: ACC-01, ACC-05, MOD-05, CDIP/22/3 paras 7-8."""
        if viewer.may_enter and viewer.reads_every_room:
            return self
        if viewer.may_enter and viewer.role == Role.FACILITATOR:
            return self.filter(pk__in=viewer.room_grants.in_force().values("content_object"))
        return self.none()


class Room(models.Model):
    """One language's space. Source: FOR-04, FOR-05, FOR-06, CDIP/22/3 para 7."""

    language = models.CharField(
        _("language"), max_length=10, unique=True, help_text=_("Its code, such as fr; also the room's address.")
    )
    name = models.CharField(pgettext_lazy("room", "name"), max_length=80)
    is_core = models.BooleanField(_("core room"), default=False, help_text=_("Weekly topics open in every core room."))
    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_("What is said here leaves it in no mail and no feed: only that it is."),
    )
    translation_server = models.URLField(
        _("translation server"),
        blank=True,
        help_text=_("A server of your own that speaks LibreTranslate’s protocol; empty: no machine translates here."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["position", "language"]
        permissions = [("facilitate_room", "Can facilitate the room")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forum:room_detail", args=[self.language])
