"""What each person follows, has read and is writing."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, Q
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.enums import Capacity, ContributionKind, FollowLevel
from forum.models.discussions import Discussion
from forum.models.rooms import Room


class Follow(models.Model):
    """That somebody wants to be told of a room's topics or a discussion's posts."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows", verbose_name=_("person"))
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, null=True, blank=True, related_name="follows", verbose_name=_("room")
    )
    discussion = models.ForeignKey(
        Discussion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="follows",
        verbose_name=_("discussion"),
    )
    level = models.CharField(_("level"), max_length=10, choices=FollowLevel, default=FollowLevel.EVERYTHING)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["user", "room"], name="follow_a_room_once"),
            models.UniqueConstraint(fields=["user", "discussion"], name="follow_a_discussion_once"),
            models.CheckConstraint(
                name="follow_is_of_a_room_or_a_discussion",
                condition=Q(room=None, discussion__isnull=False) | Q(room__isnull=False, discussion=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.room or self.discussion}"


def heard_at(
    levels: Iterable[FollowLevel], *, user: Combinable | int, discussion: Combinable | int, room: Combinable | int
) -> Q:
    """Return the condition that somebody chose one of ``levels`` for a discussion, or else for its room.

    This is the one place that says what a level covers: it decides who is told of a post, which posts a digest
    holds, and what is left out of the page of what is new. Nothing chosen is no level.

    Args:
        levels: Those that are asked for.
        user: The person: an id, or a reference to the column of a query around this one.
        discussion: The discussion, likewise.
        room: The discussion's room, likewise.
    """
    follows = Follow.objects.filter(user=user)
    own = follows.filter(discussion=discussion)
    return Q(Exists(own.filter(level__in=levels))) | Q(
        ~Exists(own), Exists(follows.filter(room=room, level__in=levels))
    )


class ReadPosition(models.Model):
    """How far somebody has read a discussion: the number of a post."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    discussion = models.ForeignKey(Discussion, on_delete=models.CASCADE, related_name="+", verbose_name=_("discussion"))
    number = models.PositiveIntegerField(_("post number"))

    class Meta:
        verbose_name = _("read position")
        verbose_name_plural = _("read positions")
        constraints = [models.UniqueConstraint(fields=["user", "discussion"], name="read_position_once")]

    def __str__(self) -> str:
        return f"{self.user} – {self.discussion_id}: {self.number}"


class Visit(models.Model):
    """When somebody was here, and when the time before: what is new since then. Source: FOR-15."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="visit", verbose_name=_("person"))
    previous_at = models.DateTimeField(_("end of the visit before"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen at"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")

    def __str__(self) -> str:
        return f"{self.user} – {self.seen_at:%Y-%m-%d}"


class Draft(models.Model):
    """A text that somebody has typed and not published yet."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("person"))
    discussion = models.ForeignKey(
        Discussion, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("discussion")
    )
    body = models.TextField(_("text"))
    kind = models.CharField(_("kind"), max_length=12, choices=ContributionKind, default=ContributionKind.COMMENT)
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity, default=Capacity.PERSONAL)
    reply_to = models.PositiveIntegerField(_("reply to post"), null=True, blank=True)
    corrects = models.PositiveIntegerField(_("corrects post"), null=True, blank=True)
    form = models.UUIDField(null=True, blank=True, editable=False)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["user", "discussion"], name="draft_once_for_each_discussion")]

    def __str__(self) -> str:
        return f"{self.user} – {self.discussion_id}"
