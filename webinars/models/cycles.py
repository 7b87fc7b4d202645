"""A year's programme, and what of it is published."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.days import today
from accounts.enums import Office
from accounts.models import User
from webinars.enums import CycleState, Scheme
from webinars.models.places import ScopeArea

SHARED_WITH_COORDINATORS = [state for state in CycleState if state != CycleState.PREPARING]
PUBLIC = [CycleState.PUBLISHED, CycleState.RUNNING, CycleState.REPORTED]


class CycleQuerySet(models.QuerySet["Cycle"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Keep all for the Secretariat, what is shared for members, and what is published for everybody.

        Source: WEB-08, WEB-14, CDIP/30/8 paras 7, 10.
        """
        if isinstance(viewer, User) and viewer.may_enter:
            if viewer.is_staff:
                return self
            if viewer.reads_every_room:
                return self.filter(state__in=SHARED_WITH_COORDINATORS)
        return self.filter(state__in=PUBLIC)


class Cycle(models.Model):
    """One year's webinars, from the Secretariat's list to the report. Source: WEB-08 to WEB-14, CDIP/30/8 paras 7-10.

    Every number of the documents is a setting of the cycle, with the document's value as its default (reading A26).
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    state = models.CharField(_("state"), max_length=10, choices=CycleState, default=CycleState.PREPARING)
    answers_due_at = models.DateTimeField(_("answers due"))
    decision_on = models.DateField(_("decision by"))
    publication_on = models.DateField(_("publication by"))
    cap = models.PositiveSmallIntegerField(_("most webinars"), default=6)
    overridden_cap = models.PositiveSmallIntegerField(_("most webinars, by exception"), null=True, blank=True)
    cap_reason = models.TextField(_("reason for the exception"), blank=True, help_text=_("Shown to the public."))
    cap_overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cap_overridden_at = models.DateTimeField(_("exception made at"), null=True, blank=True)
    scheme = models.CharField(_("coverage by"), max_length=10, choices=Scheme, default=Scheme.GROUPS)
    uncovered_reason = models.TextField(
        _("why a region has no webinar"), blank=True, help_text=_("Shown to the public where one has none.")
    )
    needs_adoption = models.BooleanField(
        _("a topic of the Secretariat must be taken up by a group"), default=False, help_text=_("As Peru asked.")
    )
    counts_repeats = models.BooleanField(
        _("a repeat in another language counts again"), default=True, help_text=_("Towards the most in a year.")
    )
    hides_answers = models.BooleanField(_("groups see each other's answers only after the deadline"), default=True)
    priority_marks = models.PositiveSmallIntegerField(_("priority marks of a group"), default=2)
    strong_marks = models.PositiveSmallIntegerField(_("strong marks of a group"), default=3)
    staff_days = models.PositiveSmallIntegerField(_("staff days"), null=True, blank=True)
    fewest_languages = models.PositiveSmallIntegerField(_("fewest languages"), default=1)
    most_per_language = models.PositiveSmallIntegerField(_("most in one language"), null=True, blank=True)
    most_per_proposal = models.PositiveSmallIntegerField(_("most deliveries of one proposal"), default=1)
    reopened_reason = models.TextField(_("why answers were opened again"), blank=True)
    created_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    opened_at = models.DateTimeField(_("answers opened at"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("cycle")
        verbose_name_plural = _("cycles")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                name="cycle_exceeds_its_cap_with_a_reason",
                condition=Q(overridden_cap=None)
                | (
                    Q(overridden_cap__gt=F("cap"), cap_overridden_by__isnull=False, cap_overridden_at__isnull=False)
                    & ~Q(cap_reason="")
                ),
                violation_error_message=_("Say why there are to be more webinars than the usual number."),
            ),
            models.CheckConstraint(
                name="cycle_is_published_after_its_decision", condition=Q(publication_on__gte=F("decision_on"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def most(self) -> int:
        """How many webinars the year may have, the exception included. Source: WEB-05, CDIP/30/8 para 4 iv."""
        return self.overridden_cap or self.cap

    @property
    def takes_answers(self) -> bool:
        """Whether coordinators may answer now. Source: WEB-09."""
        return self.state == CycleState.OPEN and timezone.now() < self.answers_due_at

    def get_absolute_url(self) -> str:
        return reverse("webinars:release_list", args=[self.year])


class CycleScope(models.Model):
    """Whether a scope area is in scope in a cycle. Source: WEB-12, WEB-15, reading A12."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="scopes", verbose_name=_("cycle"))
    area = models.ForeignKey(ScopeArea, on_delete=models.PROTECT, related_name="+", verbose_name=_("scope area"))
    in_scope = models.BooleanField(_("in scope"), default=True)

    class Meta:
        verbose_name = _("scope of a cycle")
        verbose_name_plural = _("scopes of cycles")
        constraints = [models.UniqueConstraint(fields=["cycle", "area"], name="scope_area_once_in_each_cycle")]

    def __str__(self) -> str:
        return f"{self.cycle}: {self.area}"


class CommitteeMeeting(models.Model):
    """A session of the Committee, or an event beside one, which webinars better not overlap. Source: WEB-29."""

    title = models.CharField(_("title"), max_length=160, help_text=_("One for all languages, such as “CDIP/38”."))
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))

    class Meta:
        verbose_name = _("meeting of the Committee")
        verbose_name_plural = _("meetings of the Committee")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="committee_meeting_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("A meeting ends after it starts."),
            ),
            models.UniqueConstraint(
                fields=["title", "starts_at"],
                name="committee_meeting_once",
                violation_error_message=_("This meeting is in the list already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Release(models.Model):
    """A published version of a cycle's programme, frozen as it was. Source: WEB-14, CDIP/30/8 para 10."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="releases", verbose_name=_("cycle"))
    number = models.PositiveSmallIntegerField(_("version"))
    snapshot = models.JSONField(_("as published"), help_text=_("Webinars and proposals with their outcomes."))
    changes = models.JSONField(_("what changed"), default=list)
    note = models.CharField(_("note"), max_length=300, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"), default=timezone.now)

    class Meta:
        verbose_name = _("release of a programme")
        verbose_name_plural = _("releases of programmes")
        ordering = ["cycle", "-number"]
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="release_once_with_each_number")]

    def __str__(self) -> str:
        return f"{self.cycle} ({self.number})"


def coordinated_group(user: User) -> int | None:
    """Return the id of the group that ``user`` coordinates today, if any. Source: ACC-10, CDIP/30/8 paras 7-8."""
    mandates = user.mandates.in_force(today()).filter(office=Office.COORDINATOR)
    group: int | None = mandates.values_list("regional_group", flat=True).first()
    return group
