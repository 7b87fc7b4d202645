"""How a discussion is steered: who is asked to answer, and what is suggested to authors."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberState, User
from forum.models import Discussion, Post
from moderation.enums import CallState, SuggestionState


class StaffCallQuerySet(models.QuerySet["StaffCall"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep what is asked in discussions that ``viewer`` sees. Source: FOR-12, ACC-05."""
        return self.filter(discussion__in=Discussion.objects.visible_to(viewer))

    def waiting(self) -> Self:
        """Keep what nobody has answered or taken back."""
        return self.filter(state=CallState.ASKED)

    def late(self, day: date) -> Self:
        """Keep what should have been answered before ``day``."""
        return self.waiting().filter(due_on__lt=day)


class StaffCall(models.Model):
    """That an expert, or the office of a state, is asked to answer by a day. Source: FOR-12, workflow 2.1."""

    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, related_name="calls", verbose_name=_("discussion")
    )
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="calls",
        verbose_name=_("staff expert"),
    )
    member_state = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member state")
    )
    request = models.TextField(_("what is asked"), max_length=2_000)
    due_on = models.DateField(_("due on"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=12, choices=CallState, default=CallState.ASKED)
    answer = models.ForeignKey(
        Post, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answer")
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = StaffCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for an answer")
        verbose_name_plural = _("requests for an answer")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="call_is_for_an_expert_or_a_state",
                condition=Q(expert__isnull=False, member_state=None) | Q(expert=None, member_state__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["discussion", "expert"],
                condition=Q(state=CallState.ASKED),
                name="call_waits_once_for_each_expert",
            ),
            models.UniqueConstraint(
                fields=["discussion", "member_state"],
                condition=Q(state=CallState.ASKED),
                name="call_waits_once_for_each_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.expert or self.member_state} ({self.discussion})"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep those to ``viewer`` and, for who steers the room, those of the room. Source: MOD-05, ACC-03."""
        if not viewer.may_enter:
            return self.none()
        own = Q(post__author=viewer)
        if viewer.is_moderator:
            return self
        steered = viewer.room_grants.in_force().values("content_object")
        return self.filter(own | Q(post__discussion__room__in=steered))


class Suggestion(models.Model):
    """What is suggested to the author of a post that is held. Source: FOR-11, MOD-01.

    Whatever came of it can be undone for ``SUGGESTION_UNDONE_FOR``; the first wording is kept for that.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="suggestions", verbose_name=_("post"))
    reason = models.TextField(_("reason"), max_length=2_000)
    body = models.TextField(_("suggested wording"), blank=True)
    first_body = models.TextField(_("first wording"), editable=False)
    suggested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("suggested by")
    )
    suggested_at = models.DateTimeField(_("suggested at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=12, choices=SuggestionState, default=SuggestionState.SENT)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion to an author")
        verbose_name_plural = _("suggestions to authors")
        ordering = ["-suggested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(state__in=[SuggestionState.SENT, SuggestionState.RESUBMITTED]),
                name="suggestion_once_at_a_time",
            ),
            models.CheckConstraint(
                name="suggestion_settles_after_it_is_made",
                condition=Q(settled_at=None) | Q(settled_at__gte=F("suggested_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} ({self.suggested_at:%Y-%m-%d})"
