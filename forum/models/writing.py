"""What goes with writing: whom a post names, who clears it before it goes out, and discussions not opened yet."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberState, User
from forum.enums import Capacity, ClearanceState, ContributionKind
from forum.models.discussions import Discussion
from forum.models.posts import Post
from forum.models.rooms import Room


class Mention(models.Model):
    """That a post names a participant or a member state, who are told of it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions", verbose_name=_("post"))
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    member_state = models.ForeignKey(
        MemberState, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("member state")
    )

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["post", "user"], name="mention_a_person_once"),
            models.UniqueConstraint(fields=["post", "member_state"], name="mention_a_state_once"),
            models.CheckConstraint(
                name="mention_of_a_person_or_a_state",
                condition=Q(user=None, member_state__isnull=False) | Q(user__isnull=False, member_state=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} – {self.user or self.member_state}"


class ClearanceQuerySet(models.QuerySet["Clearance"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep what ``viewer`` asked, and what was asked of them, in discussions they may see."""
        if not viewer.may_enter:
            return self.none()
        mine = Q(author=viewer) | Q(colleague=viewer)
        return self.filter(mine, discussion__in=Discussion.objects.visible_to(viewer))


class Clearance(models.Model):
    """A text that a colleague of the same delegation is asked to clear before it goes out."""

    discussion = models.ForeignKey(
        Discussion, on_delete=models.CASCADE, related_name="clearances", verbose_name=_("discussion")
    )
    author = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="clearances_asked", verbose_name=_("author")
    )
    colleague = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="clearances_due", verbose_name=_("colleague")
    )
    body = models.TextField(_("text"))
    kind = models.CharField(_("kind"), max_length=12, choices=ContributionKind, default=ContributionKind.COMMENT)
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity, default=Capacity.PERSONAL)
    reply_to = models.PositiveIntegerField(_("reply to post"), null=True, blank=True)
    corrects = models.PositiveIntegerField(_("corrects post"), null=True, blank=True)
    publishes = models.BooleanField(
        _("publish it once it is cleared"), default=False, help_text=_("Otherwise its author publishes it.")
    )
    note = models.TextField(_("note to the colleague"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ClearanceState, default=ClearanceState.ASKED)
    answer = models.TextField(_("remarks"), blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    post = models.OneToOneField(
        Post, on_delete=models.SET_NULL, null=True, blank=True, related_name="clearance", verbose_name=_("post")
    )

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "discussion"],
                condition=Q(state=ClearanceState.ASKED),
                name="clearance_asked_once_at_a_time",
            ),
            models.CheckConstraint(name="clearance_by_another", condition=~Q(author=models.F("colleague"))),
        ]

    def __str__(self) -> str:
        return f"{self.author} – {self.discussion_id}"


class TopicDraft(models.Model):
    """A discussion that somebody means to open in a room: what is typed in its form, field by field."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="topic_drafts", verbose_name=_("person"))
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="topic_drafts", verbose_name=_("room"))
    typed = models.JSONField(_("what is typed"), default=dict)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        verbose_name = _("draft of a discussion")
        verbose_name_plural = _("drafts of discussions")
        constraints = [models.UniqueConstraint(fields=["user", "room"], name="topic_draft_once_for_each_room")]

    def __str__(self) -> str:
        return f"{self.user} – {self.room}"
