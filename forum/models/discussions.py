"""Discussions: one topic's exchange in one room."""

from datetime import datetime
from functools import lru_cache
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.composed import ComposedExpression
from accounts.enums import Role
from accounts.models import User
from forum.enums import ClearanceState, TopicKind
from forum.models.rooms import Room
from forum.models.topics import Topic


class DiscussionQuerySet(models.QuerySet["Discussion"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep what ``viewer`` may know exists. Source: ACC-01, ACC-05, MOD-05, CDIP/22/3 para 8."""
        if viewer.may_enter and viewer.reads_every_room:
            return self
        if viewer.may_enter and viewer.role == Role.FACILITATOR:
            return self.filter(room__in=viewer.room_grants.in_force().values("content_object"))
        if viewer.may_enter and viewer.role == Role.EXTERNAL:
            return self.filter(pk__in=viewer.discussion_grants.in_force().values("content_object"))
        return self.none()

    def standing(self) -> Self:
        """Leave out what was merged into another discussion: it leads there, and stands in no list."""
        return self.filter(merged_into=None)

    def with_unread(self, viewer: int) -> Self:
        """Add ``read_up_to``: the number of the last post that the person with the id ``viewer`` has read."""
        return self.annotate(read_up_to=_read_up_to(viewer=viewer))

    def with_own(self, viewer: int) -> Self:
        """Add what the person with the id ``viewer`` has here, each or None: ``draft`` as JSON, ``level`` chosen."""
        return self.annotate(draft=_draft(viewer=viewer), level=_level(viewer=viewer))

    def of_this_week(self, now: datetime) -> Self:
        """Keep the discussions of weekly topics that are open at ``now``. Source: FOR-02."""
        return self.filter(self._of_this_week(now))

    def of_other_weeks(self, now: datetime) -> Self:
        """Keep everything but what ``of_this_week`` keeps."""
        return self.exclude(self._of_this_week(now))

    def first_in_room(self, now: datetime) -> Self:
        """Keep what stands first in its room at ``now``: what is pinned, then the open weekly topics."""
        found = self.filter(self._of_this_week(now) | Q(pinned_at__isnull=False))
        return found.order_by(F("pinned_at").desc(nulls_last=True), "-opened_at")

    @staticmethod
    def _of_this_week(now: datetime) -> Q:
        still_open = Q(topic__closes_at=None) | Q(topic__closes_at__gt=now)
        return still_open & Q(topic__kind=TopicKind.WEEKLY, closed_at=None)


class Discussion(models.Model):
    """One topic's exchange in one room. Source: FOR-02, FOR-04, CDIP/22/3 paras 6-7."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="discussions", verbose_name=_("topic"))
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="discussions", verbose_name=_("room"))
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    pinned_at = models.DateTimeField(_("pinned at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
        help_text=_("The discussion in which its posts stand now."),
    )
    last_number = models.PositiveIntegerField(_("last post"), default=0, editable=False)
    last_activity_at = models.DateTimeField(_("last activity at"), editable=False)

    objects = DiscussionQuerySet.as_manager()

    read_up_to: int  # added by ``with_unread``
    draft: str | None  # added by ``with_own``
    level: str | None  # added by ``with_own``

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")
        ordering = ["-last_activity_at"]
        permissions = [("take_part_in_discussion", "Can take part in the discussion")]
        indexes = [
            models.Index(fields=["room", "-last_activity_at", "-id"], name="discussion_by_activity"),
            models.Index(fields=["-last_activity_at", "-id"], name="discussion_by_any_activity"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["topic", "room"], name="discussion_once_in_each_room"),
            models.CheckConstraint(
                name="discussion_closes_after_it_opens",
                condition=Q(closed_at=None) | Q(closed_at__gt=F("opened_at")),
                violation_error_message=_("A discussion closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} ({self.room})"

    @property
    def symbol(self) -> str:
        """The citable symbol, such as ``TAF/2026/47/fr``."""
        return f"{self.topic.symbol}/{self.room.language}"

    @property
    def opening_days(self) -> list[int]:
        """The days of the week on which one can post; none for every day. Source: FOR-09."""
        return self.room.opening_days

    @property
    def is_read_only(self) -> bool:
        """Whether nothing new is written in its room."""
        return self.room.is_read_only

    @property
    def is_merged(self) -> bool:
        """Whether its posts stand in another discussion now."""
        return self.merged_into_id is not None

    def is_closed(self, now: datetime) -> bool:
        """Tell whether nobody may post at ``now``: closed by hand, or the topic's time is over."""
        return is_closed(self.closed_at, self.topic.closes_at, now)

    def get_absolute_url(self) -> str:
        return discussion_address(self.room.language, self.pk)


def is_closed(closed_at: datetime | None, closes_at: datetime | None, now: datetime) -> bool:
    """Tell whether a discussion is closed at ``now``, by hand or because its topic's time is over."""
    return closed_at is not None or (closes_at is not None and closes_at <= now)


@lru_cache(maxsize=10_000)
def discussion_address(language: str, pk: int) -> str:
    """Return the address of the discussion ``pk`` in the room of ``language``."""
    return reverse("forum:discussion_detail", args=[language, pk])


def _own(model: str, viewer: int) -> models.QuerySet:
    """Return what a viewer has in a discussion; the models that keep it are built on this one."""
    rows: models.QuerySet = apps.get_model("forum", model)._default_manager.all()
    return rows.filter(user=viewer, discussion=OuterRef("pk"))


def _draft_as_json(viewer: int) -> models.QuerySet:
    """Return a viewer's draft with the latest clearance that was asked for it, as ``forum.queries.drafts`` reads it."""
    clearances = apps.get_model("forum", "Clearance")._default_manager.filter(author=viewer)
    asked = clearances.filter(discussion=OuterRef("discussion")).exclude(state=ClearanceState.TAKEN_BACK)
    latest = asked.order_by("-asked_at").values(json=JSONObject(pk="pk", state="state", body="body", post="post"))[:1]
    fields = {name: name for name in ("body", "kind", "capacity", "reply_to", "corrects", "form", "saved_at")}
    draft = JSONObject(**fields, clearance=Subquery(latest))
    return _own("Draft", viewer).values(json=Cast(draft, models.TextField()))


_read_up_to = ComposedExpression(
    Discussion,
    lambda viewer: Coalesce(Subquery(_own("ReadPosition", viewer).values("number")), 0),
    viewer=int,
)
_draft = ComposedExpression(Discussion, lambda viewer: Subquery(_draft_as_json(viewer)), viewer=int)
_level = ComposedExpression(Discussion, lambda viewer: Subquery(_own("Follow", viewer).values("level")), viewer=int)
