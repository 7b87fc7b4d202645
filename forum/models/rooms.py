"""Rooms: where one language talks."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Role
from accounts.languages import spoken
from accounts.models import User
from forum.models.topics import Category

WEEKDAYS = range(1, 8)  # Monday is the first, as ISO 8601 counts


def validate_room_language(value: str) -> None:
    """Refuse the code of a language with its script, which rooms do not name.

    Raises:
        ValidationError: ``value`` is such a code.
    """
    if spoken(value) != value:
        message = _("A room has the code of the language alone: %(code)s.")
        raise ValidationError(message, params={"code": spoken(value)})


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the rooms ``viewer`` may enter. Source: ACC-01, ACC-05, MOD-05, CDIP/22/3 paras 7-8."""
        if viewer.may_enter and viewer.reads_every_room:
            return self
        if viewer.may_enter and viewer.role == Role.FACILITATOR:
            return self.filter(pk__in=viewer.room_grants.in_force().values("content_object"))
        return self.none()


class Room(models.Model):
    """One language's space. Source: FOR-04 to FOR-06, FOR-08, FOR-09, CDIP/22/3 para 7 and annex."""

    language = models.CharField(
        _("language"),
        max_length=10,
        unique=True,
        validators=[validate_room_language],
        help_text=_("Its code, such as fr; also the room's address."),
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
    categories = models.ManyToManyField(
        Category,
        blank=True,
        related_name="rooms",
        verbose_name=_("categories"),
        help_text=_("What participants open discussions about here; none chosen: all categories."),
    )
    opening_days = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("opening days"),
        default=list,
        blank=True,
        help_text=_("The days, in Geneva, on which one can post here; none chosen: always."),
    )
    holds_posts = models.BooleanField(
        _("holds posts"), default=False, help_text=_("A moderator reads each post before it is shown.")
    )
    read_only_since = models.DateTimeField(_("read-only since"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RoomQuerySet.as_manager()

    level: str | None  # added by ``forum.queries.pages.room_with_level``

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["position", "language"]
        permissions = [("facilitate_room", "Can facilitate the room")]
        constraints = [
            models.CheckConstraint(
                name="room_opens_on_days_of_the_week", condition=Q(opening_days__contained_by=[*WEEKDAYS])
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forum:room_detail", args=[self.language])

    @property
    def is_read_only(self) -> bool:
        """Whether nothing new is written here. Source: FOR-05, MOD-08."""
        return self.read_only_since is not None and self.read_only_since <= timezone.now()


def offered_categories(room: int, categories: models.QuerySet[Category]) -> models.QuerySet[Category]:
    """Keep of ``categories`` what participants open discussions about in a room: those chosen for it, else all.

    Args:
        room: The room's id.
        categories: To choose from.
    """
    chosen = Room.categories.through.objects.filter(room=room)
    return categories.filter(Q(pk__in=chosen.values("category")) | ~Exists(chosen))
