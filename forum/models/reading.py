"""What each person follows, has read and is writing."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
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


class Draft(models.Model):
    """A text that somebody has typed and not published yet."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("person"))
    discussion = models.ForeignKey(
        Discussion, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("discussion")
    )
    body = models.TextField(_("text"))
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["user", "discussion"], name="draft_once_for_each_discussion")]

    def __str__(self) -> str:
        return f"{self.user} – {self.discussion_id}"
