"""Requests to delete what stands in the forum."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models import Attachment, Post
from moderation.enums import Basis, DeletionState


class DeletionRequestQuerySet(models.QuerySet["DeletionRequest"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep one's own, and all for the moderator. Source: MOD-10, workflow 2.5."""
        if not viewer.may_enter:
            return self.none()
        return self if viewer.is_moderator else self.filter(asked_by=viewer)


class DeletionRequest(models.Model):
    """A request to delete a post or a file of it; the row outlives the text. Source: FOR-14, MOD-10, reading A7."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="deletion_requests", verbose_name=_("post"))
    attachment = models.ForeignKey(
        Attachment,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
        help_text=_("Only this file; empty for the whole post with its files."),
    )
    basis = models.CharField(_("ground"), max_length=10, choices=Basis)
    reason = models.TextField(_("why"), max_length=2_000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="deletion_requests",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    due_at = models.DateTimeField(_("to be decided by"))
    state = models.CharField(_("state"), max_length=10, choices=DeletionState, default=DeletionState.WAITING)
    answer = models.TextField(_("reason of the decision"), max_length=1_000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = DeletionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("deletion request")
        verbose_name_plural = _("deletion requests")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "asked_by"],
                condition=Q(state=DeletionState.WAITING),
                name="deletion_is_asked_for_once_at_a_time",
            ),
            models.CheckConstraint(
                name="deletion_is_decided_by_somebody",
                condition=Q(state__in=[DeletionState.WAITING, DeletionState.TAKEN_BACK])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} ({self.asked_at:%Y-%m-%d})"

    def get_absolute_url(self) -> str:
        return reverse("moderation:deletion_request_detail", args=[self.pk])
