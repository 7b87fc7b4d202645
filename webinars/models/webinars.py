"""Webinars: what is held, by whom, in which order, and how it is made known."""

import uuid
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Gender
from accounts.models import MemberState, User
from accounts.models.people import validate_plain_name, validate_time_zone
from forum.models import Topic
from webinars.enums import Channel, ExpertRole, Format, Promoter, SeriesState, WebinarState
from webinars.models.cycles import PUBLIC, Cycle
from webinars.models.places import Region, ScopeArea
from webinars.models.proposals import Proposal

ENDED = [WebinarState.HELD, WebinarState.FOLLOW_UP, WebinarState.COMPLETE]
OPEN_TO_ALL = [WebinarState.ANNOUNCED, WebinarState.LIVE, *ENDED]


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Keep those of which ``viewer`` sees a webinar, and all for the Secretariat. Source: WEB-14."""
        if isinstance(viewer, User) and viewer.may_enter and viewer.is_staff:
            return self
        return self.filter(webinars__in=Webinar.objects.visible_to(viewer)).distinct()


class Series(models.Model):
    """Webinars that build on one another; it may span years. Source: WEB-03, WEB-04, CDIP/30/8 para 14."""

    title = models.CharField(_("title"), max_length=160)
    theme = models.TextField(_("theme"), max_length=4_000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SeriesState, default=SeriesState.OPEN)
    state_reason = models.TextField(_("reason"), max_length=1_000, blank=True, help_text=_("Shown to the public."))
    created_at = models.DateTimeField(_("begun at"), default=timezone.now, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="series_explored_has_a_reason",
                condition=Q(state=SeriesState.OPEN) | ~Q(state_reason=""),
                violation_error_message=_("Say why the series is fully explored."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("webinars:series_detail", args=[self.pk])


class WebinarQuerySet(models.QuerySet["Webinar"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Keep all for the Secretariat, and what is published for everybody. Source: WEB-14, CDIP/30/8 para 10."""
        if isinstance(viewer, User) and viewer.may_enter and viewer.is_staff:
            return self
        return self.filter(Q(cycle__state__in=PUBLIC) | Q(cycle=None, state__in=OPEN_TO_ALL))

    def held(self) -> Self:
        return self.filter(state__in=ENDED)


class Webinar(models.Model):
    """One delivery of a topic: in languages, for regions, at a time. Source: WEB-02, WEB-16 to WEB-25, workflow 2.7."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, null=True, blank=True, related_name="webinars", verbose_name=_("cycle")
    )
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="webinars", verbose_name=_("proposal")
    )
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="webinars", verbose_name=_("series")
    )
    part = models.PositiveSmallIntegerField(_("part"), null=True, blank=True)
    builds_on = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="built_on_by", verbose_name=_("builds on")
    )
    repeats = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="repetitions", verbose_name=_("repeats")
    )
    title = models.CharField(_("title"), max_length=160)
    aims = models.TextField(_("objectives"), max_length=4_000, blank=True)
    audience = models.TextField(_("target audience"), max_length=2_000, blank=True)
    promotion = models.TextField(
        _("ready text"), max_length=4_000, blank=True, help_text=_("For web pages and social media, in each language.")
    )
    scope_area = models.ForeignKey(
        ScopeArea, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scope area")
    )
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("held in"))
    regions = models.ManyToManyField(Region, related_name="webinars", verbose_name=_("for"))
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.LIVE)
    state = models.CharField(_("state"), max_length=10, choices=WebinarState, default=WebinarState.PLANNED)
    state_reason = models.TextField(_("reason"), max_length=1_000, blank=True, help_text=_("Shown to the public."))
    zone = models.CharField(_("time zone"), max_length=50, default="Europe/Zurich", validators=[validate_time_zone])
    starts_at = models.DateTimeField(_("starts at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    topic = models.ForeignKey(
        Topic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="webinars",
        verbose_name=_("topic of the forum"),
        help_text=_("Where members talk about it before and after; only they see it."),
    )
    elsewhere = models.TextField(_("related activity elsewhere"), max_length=1_000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="webinars",
        verbose_name=_("organized by"),
    )
    answers_due_on = models.DateField(_("written answers due"), null=True, blank=True)
    no_recording_reason = models.CharField(_("why there is no recording"), max_length=300, blank=True)
    uid = models.UUIDField(_("calendar id"), default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("calendar version"), default=0, editable=False)
    created_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    objects = WebinarQuerySet.as_manager()

    class Meta:
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["state", "starts_at"], name="webinar_by_state_and_start")]
        constraints = [
            models.CheckConstraint(
                name="webinar_ends_after_it_starts",
                condition=Q(starts_at=None, ends_at=None) | Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("A webinar ends after it starts."),
            ),
            models.CheckConstraint(
                name="webinar_announced_has_a_time",
                condition=Q(state__in=["planned", "organizing", "postponed", "cancelled"]) | Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="webinar_put_off_has_a_reason",
                condition=~Q(state__in=["postponed", "cancelled"]) | ~Q(state_reason=""),
                violation_error_message=_("Say why it is postponed or cancelled."),
            ),
            models.UniqueConstraint(
                fields=["series", "part"],
                condition=Q(repeats=None) & ~Q(state="cancelled"),
                name="webinar_part_once_in_a_series",
            ),
            models.CheckConstraint(name="webinar_has_a_language", condition=Q(languages__len__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which its time was set."""
        return ZoneInfo(self.zone)

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    def join_opens_at(self) -> datetime | None:
        """Return the moment from which those entitled find the way in. Source: WEB-19."""
        if self.starts_at is None:
            return None
        return self.starts_at - timedelta(minutes=settings.WEBINAR_JOIN_OPENS_MINUTES)

    def get_absolute_url(self) -> str:
        return reverse("webinars:webinar_detail", args=[self.pk])


class Engagement(models.Model):
    """An expert at a webinar. Source: WEB-16, WEB-17, WEB-28."""

    webinar = models.ForeignKey(
        Webinar, on_delete=models.CASCADE, related_name="engagements", verbose_name=_("webinar")
    )
    full_name = models.CharField(_("name"), max_length=120, validators=[validate_plain_name])
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en", help_text=_("In which we write to them."))
    organization = models.CharField(_("organization"), max_length=160, blank=True, validators=[validate_plain_name])
    role = models.CharField(_("role"), max_length=10, choices=ExpertRole, default=ExpertRole.SPEAKER)
    is_internal = models.BooleanField(_("of WIPO"), default=False)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True)
    biography = models.TextField(_("about the expert"), max_length=2_000, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    consents_to_recording = models.BooleanField(_("agrees to the recording"), null=True, blank=True)
    consented_at = models.DateTimeField(_("said so at"), null=True, blank=True)
    interests = models.CharField(
        _("interests declared"), max_length=500, blank=True, help_text=_("Any conflict of interest, or “none”.")
    )
    token_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("expert at a webinar")
        verbose_name_plural = _("experts at webinars")
        ordering = ["webinar", "position", "pk"]

    def __str__(self) -> str:
        return self.full_name


class PromotionTask(models.Model):
    """Who makes a webinar known to whom, and with what result. Source: WEB-21, WEB-22, WEB-31."""

    webinar = models.ForeignKey(
        Webinar, on_delete=models.CASCADE, related_name="promotion_tasks", verbose_name=_("webinar")
    )
    audience = models.CharField(_("whom"), max_length=160)
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    promoter = models.CharField(_("who"), max_length=12, choices=Promoter)
    member_state = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member state")
    )
    due_on = models.DateField(_("by"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    reach = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("step of the promotion")
        verbose_name_plural = _("steps of the promotion")
        ordering = ["webinar", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="promotion_by_a_state_names_it",
                condition=Q(promoter=Promoter.SECRETARIAT, member_state=None)
                | Q(promoter=Promoter.STATE, member_state__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.webinar}: {self.audience}"
