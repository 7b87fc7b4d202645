"""The catalogue of development cooperation activities that states choose from for their national plans."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from accounts.models import MemberState, RegionalGroup, User
from forum.enums import ActivityLevel, CooperationMode
from forum.models.topics import Category

ACTIVITY_TEXTS = (  # beside the title; in the order in which the trigger of search puts them together
    *("description", "programme", "procedure", "time_limits", "requesters", "contact_point"),
    *("partners", "readiness", "monitoring", "steering"),
)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the published ones for those who read the library, and all for who keeps the catalogue.

        Source: LIB-07, ACC-05, CDIP/22/3 para 8.
        """
        if not (viewer.may_enter and viewer.reads_every_room):
            return self.none()
        return self if viewer.is_moderator else self.published()

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)


class Activity(models.Model):
    """An activity of development cooperation that a state can ask for. Source: LIB-07, CDIP/11/4 rec 21 d)-e).

    It stands in the catalogue from ``published_at`` on, once its texts are there in the core languages, and is
    reviewed each year.
    """

    title = models.CharField(_("title"), max_length=160, blank=True)
    description = models.TextField(_("description"), blank=True)
    programme = models.CharField(_("WIPO programme"), max_length=160, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    groups = models.ManyToManyField(
        RegionalGroup,
        blank=True,
        related_name="activities",
        verbose_name=_("regional groups"),
        help_text=_("For whose states it is meant; none chosen: for all."),
    )
    levels = ArrayField(models.CharField(max_length=12, choices=ActivityLevel), verbose_name=_("levels"))
    modes = ArrayField(models.CharField(max_length=12, choices=CooperationMode), verbose_name=_("modes of cooperation"))
    procedure = models.TextField(_("procedure to request it"), blank=True)
    time_limits = models.TextField(_("time limits for requests"), blank=True)
    requesters = models.TextField(_("who may ask, and through which channel"), blank=True)
    contact_point = models.CharField(_("contact point inside WIPO"), max_length=160, blank=True)
    contact_email = models.EmailField(_("e-mail address of the contact point"), blank=True)
    partners = models.TextField(_("other providers, donors and experts"), blank=True)
    readiness = models.TextField(_("readiness of the state"), blank=True)
    monitoring = models.TextField(_("monitoring and evaluation"), blank=True)
    steering = models.TextField(_("how member states steer planning and priorities"), blank=True)
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text=_("Counts the changes, so that nobody undoes what they have not read.")
    )
    submission_key = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text=_("Made with the form, so that a form sent twice is kept once."),
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(_("last reviewed at"), null=True, blank=True, editable=False)

    objects = ActivityQuerySet.as_manager()

    group_names: list[str]  # added by ``forum.queries.activities``
    is_listed: bool  # added by ``forum.queries.activities``

    class Meta:
        verbose_name = _("activity of the catalogue")
        verbose_name_plural = _("activities of the catalogue")
        ordering = ["category__position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="activity_published_was_reviewed", condition=Q(published_at=None) | Q(reviewed_at__isnull=False)
            ),
            models.CheckConstraint(name="activity_has_a_level_and_a_mode", condition=~Q(levels=[]) & ~Q(modes=[])),
        ]

    def __str__(self) -> str:
        return self.title or gettext("Without a title yet")

    @property
    def language(self) -> str:
        """The language that its texts are shown in: the page's, or the first one that they are written in."""
        own = get_language() or settings.LANGUAGE_CODE
        codes = dict.fromkeys([own, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES])
        return next((code for code in codes if getattr(self, build_localized_fieldname("title", code), "")), own)

    @property
    def level_names(self) -> list[str]:
        return [str(level.label) for level in ActivityLevel if level in self.levels]

    @property
    def mode_names(self) -> list[str]:
        return [str(mode.label) for mode in CooperationMode if mode in self.modes]

    @property
    def is_due(self) -> bool:
        """Whether it stands in the catalogue and was not reviewed for a year."""
        since = timezone.now() - settings.ENTRY_REVIEWED_EVERY
        return self.published_at is not None and self.reviewed_at is not None and self.reviewed_at < since

    def get_absolute_url(self) -> str:
        return reverse("forum:activity_detail", args=[self.pk])


class ActivityInterestQuerySet(models.QuerySet["ActivityInterest"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep those of the viewer's own state: what it thinks of asking for is its own matter.

        Source: LIB-07, ACC-03.
        """
        if not (viewer.may_enter and viewer.member_state_id):
            return self.none()
        return self.filter(member_state=viewer.member_state_id)


class ActivityInterest(models.Model):
    """An activity on a state's private list for its national plan; nobody in particular has put it there.

    Source: LIB-07, CDIP/11/4 rec 21 d)-e), ACC-03.
    """

    member_state = models.ForeignKey(
        MemberState, on_delete=models.CASCADE, related_name="+", verbose_name=_("member state")
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="interests", verbose_name=_("activity of the catalogue")
    )
    marked_at = models.DateTimeField(_("put on the list at"), default=timezone.now)

    objects = ActivityInterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("interest of a state in an activity")
        verbose_name_plural = _("interests of states in activities")
        ordering = ["marked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["member_state", "activity"], name="interest_once_for_each_state")
        ]

    def __str__(self) -> str:
        return str(self.activity)
