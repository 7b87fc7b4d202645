"""Posts: what participants say, and their earlier wordings."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import MemberState, User
from forum.enums import Capacity, ContributionKind, PostState
from forum.models.discussions import Discussion
from forum.models.imports import ImportedAuthor

HELD_FROM = 2_100_000_000
"""The numbers of posts that were never shown begin here: until then none of the discussion's is given to them."""


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the posts of discussions ``viewer`` may see; withdrawn ones stay, as placeholders."""
        shown = self.exclude(state=PostState.HELD).filter(discussion__in=Discussion.objects.visible_to(viewer))
        return shown.since_admission_of(viewer)

    def held_for(self, viewer: User) -> Self:
        """Keep the posts that are held: one's own, and for who guides the room those of the room.

        Source: FOR-11, MOD-01, MOD-05.
        """
        shown = self.filter(state=PostState.HELD, discussion__in=Discussion.objects.visible_to(viewer))
        if viewer.is_moderator or viewer.role == Role.FACILITATOR:
            return shown
        return shown.filter(author=viewer)

    def waiting(self) -> Self:
        """Keep the held posts on which nobody has decided."""
        return self.filter(state=PostState.HELD, state_changed_at=None)

    def since_admission_of(self, viewer: User) -> Self:
        """Leave out, for somebody from outside, what was posted before the admission lets them read.

        Source: ACC-05, reading A6.
        """
        if viewer.role != Role.EXTERNAL:
            return self
        admissions = viewer.discussion_grants.in_force().filter(content_object=OuterRef("discussion"))
        return self.filter(Exists(admissions.filter(first_post__lte=OuterRef("number"))))


class Post(models.Model):
    """One contribution to a discussion. Source: FOR-10, FOR-11, FOR-14, readings A19 and A20.

    ``html`` is made from ``body`` when it is written, with numbered paragraphs, so that showing a
    post costs nothing and every paragraph of it can be cited.
    """

    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, related_name="posts", verbose_name=_("discussion")
    )
    number = models.PositiveIntegerField(_("number"), help_text=_("In its discussion; never used again."))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("author"),
    )
    imported_author = models.ForeignKey(
        ImportedAuthor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("imported author"),
    )
    member_state = models.ForeignKey(
        MemberState,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("member state"),
        help_text=_("The author's when it was posted."),
    )
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity, default=Capacity.PERSONAL)
    kind = models.CharField(_("kind"), max_length=12, choices=ContributionKind, default=ContributionKind.COMMENT)
    language = models.CharField(_("language"), max_length=10)
    body = models.TextField(_("text"))
    html = models.TextField(editable=False)
    reply_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("reply to")
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrigenda", verbose_name=_("corrects")
    )
    state = models.CharField(_("state"), max_length=10, choices=PostState, default=PostState.VISIBLE)
    state_reason = models.CharField(_("reason for the state"), max_length=300, blank=True)
    state_changed_at = models.DateTimeField(_("state changed at"), null=True, blank=True)
    posted_at = models.DateTimeField(_("posted at"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    submission_key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text=_("Made with the form, so that a form sent twice posts once.")
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["discussion", "number"]
        indexes = [
            models.Index(fields=["-posted_at", "-id"], name="post_by_time"),
            models.Index(  # what is counted over a year, without the texts
                fields=["posted_at"], include=["author", "state", "discussion"], name="post_counted"
            ),
            models.Index(fields=["discussion"], condition=Q(state=PostState.HELD), name="post_held"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["discussion", "number"], name="post_number_once_in_a_discussion"),
            models.UniqueConstraint(fields=["author", "submission_key"], name="post_once_for_each_form"),
            models.CheckConstraint(
                name="post_has_an_author", condition=Q(author__isnull=False) | Q(imported_author__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.discussion_id}, {self.number}"

    @property
    def author_name(self) -> str:
        """The author as everybody is shown them; of an imported post the name it came with."""
        return self.author.shown_name if self.author else str(self.imported_author)

    @property
    def speaker(self) -> str:
        """Who speaks, where nothing else says in whose name."""
        return spoken_by(self.author_name, str(self.member_state or ""), self.capacity)

    @property
    def worded_at(self) -> datetime:
        """The moment of the wording that is shown."""
        return self.edited_at or self.posted_at

    @property
    def anchor(self) -> str:
        """The post's id on the page, and the beginning of its paragraphs' ids."""
        return f"post-{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("forum:post_detail", args=[self.pk])


def spoken_by(author: str, delegation: str, capacity: str) -> str:
    """Return who speaks: an author, or the delegation for which one makes a statement. Source: reading A20."""
    if capacity != Capacity.DELEGATION:
        return author
    return gettext("%(delegation)s (statement of the delegation, made by %(author)s)") % {
        "delegation": delegation,
        "author": author,
    }


class PostRevision(models.Model):
    """An earlier wording of a post, and the files it had. Source: FOR-11 (transparent statements)."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions", verbose_name=_("post"))
    body = models.TextField(_("text"))
    html = models.TextField(editable=False)
    files = ArrayField(models.CharField(max_length=150), verbose_name=_("files"), default=list, blank=True)
    replaced_at = models.DateTimeField(_("replaced at"), default=timezone.now)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, verbose_name=_("replaced by"))

    class Meta:
        verbose_name = _("earlier wording")
        verbose_name_plural = _("earlier wordings")
        ordering = ["post", "-replaced_at"]

    def __str__(self) -> str:
        return f"{self.post} ({self.replaced_at:%Y-%m-%d})"


class MovedPost(models.Model):
    """Where a post stood before it was moved, so that what was cited is still found. Source: FOR-11, MOD-01."""

    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, related_name="moved_posts", verbose_name=_("discussion")
    )
    number = models.PositiveIntegerField(_("number"))
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="moves", verbose_name=_("post"))
    moved_at = models.DateTimeField(_("moved at"), default=timezone.now)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("moved by")
    )

    class Meta:
        verbose_name = _("moved post")
        verbose_name_plural = _("moved posts")
        ordering = ["discussion", "number"]
        constraints = [models.UniqueConstraint(fields=["discussion", "number"], name="moved_post_once_at_each_number")]

    def __str__(self) -> str:
        return f"{self.discussion_id}, {self.number}"
