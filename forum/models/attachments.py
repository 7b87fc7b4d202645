"""Attachments: documents and pictures that come with a post or with an entry of the library."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from forum.enums import ClearanceState, PostState
from forum.models.discussions import Discussion
from forum.models.library import LibraryEntry
from forum.models.posts import Post
from forum.models.writing import Clearance


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the files of posts and entries ``viewer`` may read, those they have not published yet, and to clear.

        Source: ACC-03, CDIP/22/3 para 8.
        """
        own = Q(post=None, entry=None, uploaded_by=viewer, discussion__in=Discussion.objects.visible_to(viewer))
        read = Q(post__in=Post.objects.visible_to(viewer).filter(state=PostState.VISIBLE))
        asked = Clearance.objects.visible_to(viewer).filter(colleague=viewer, state=ClearanceState.ASKED)
        to_clear = Q(post=None, entry=None) & Exists(
            asked.filter(
                author=OuterRef("uploaded_by"),
                discussion=OuterRef("discussion"),
                asked_at__gte=OuterRef("uploaded_at"),
            )
        )
        held = Q(post__in=Post.objects.held_for(viewer))
        return self.filter(own | read | held | to_clear | Q(entry__in=LibraryEntry.objects.visible_to(viewer)))

    def waiting(self) -> Self:
        """Keep what was uploaded and belongs to nothing published yet."""
        return self.filter(post=None, entry=None)

    def of_clearance(self, clearance: Clearance) -> Self:
        """Keep what was attached to a text when its author asked for clearance, and is not published yet."""
        return self.waiting().filter(
            uploaded_by=clearance.author_id, discussion=clearance.discussion_id, uploaded_at__lte=clearance.asked_at
        )


class Attachment(models.Model):
    """One file, of a kind that was checked by its content. Source: FOR-01, ACC-03.

    It is uploaded for a discussion and belongs to a post once that is published; until then only who
    uploaded it sees it. ``text`` is what search finds in it.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    discussion = models.ForeignKey(
        Discussion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("discussion"),
    )
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("post")
    )
    entry = models.ForeignKey(
        LibraryEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("entry of the library"),
    )
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    name = models.CharField(pgettext_lazy("file", "name"), max_length=150)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveIntegerField(_("size"), help_text=_("In bytes."))
    sha256 = models.CharField(max_length=64, editable=False)
    file = models.FileField(upload_to="attachments/", max_length=200)
    preview = models.FileField(upload_to="previews/", max_length=200, blank=True, editable=False)
    preview_width = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    preview_height = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    text = models.TextField(blank=True, editable=False)
    text_read_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("Until then the text of a document is still to be read.")
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["uploaded_at", "pk"]
        indexes = [
            models.Index(
                fields=["uploaded_by", "discussion"],
                condition=Q(post=None, entry=None),
                name="attachment_waiting",
            ),
            models.Index(fields=["id"], condition=Q(text_read_at=None), name="attachment_text_to_read"),
        ]
        constraints = [
            models.CheckConstraint(name="attachment_of_a_post_or_an_entry", condition=Q(post=None) | Q(entry=None)),
            models.CheckConstraint(
                name="attachment_belongs_somewhere", condition=Q(discussion__isnull=False) | Q(entry__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forum:attachment_detail", args=[self.key])
