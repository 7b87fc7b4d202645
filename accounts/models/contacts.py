"""Organisations of member states that have agreed to be written to, what they are sent, and what they answer."""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.days import today
from accounts.enums import ContactState, InstitutionKind, Role
from accounts.models.people import User, validate_plain_name
from accounts.models.places import MemberState


def _agreeing(day: date) -> Q:
    """Keep who has confirmed since the last question, or has still time to."""
    has_time = Q(asked_on__gt=day - settings.CONTACT_CONFIRM_WITHIN)
    return Q(stopped_on=None, confirmed_on__isnull=False) & (Q(confirmed_on__gte=F("asked_on")) | has_time)


class StakeholderContactQuerySet(models.QuerySet["StakeholderContact"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep all for the Secretariat; for delegates those that agree to it, and their own state's for a focal point.

        Source: ACC-11, ACC-12.
        """
        if viewer.may_enter and viewer.is_staff:
            return self
        if not viewer.may_enter or viewer.role != Role.DELEGATE:
            return self.none()
        if viewer.is_focal_point:
            return self.filter(_agreeing(today()) | Q(member_state=viewer.member_state_id))
        return self.agreeing()

    def agreeing(self) -> Self:
        """Keep those that have agreed, and still do, to be listed and written to."""
        return self.filter(_agreeing(today()))


class StakeholderContact(models.Model):
    """An organisation of a member state, and how it is reached; no private person.

    Source: ACC-12, CDIP/11/4 rec 71 b).
    """

    name = models.CharField(pgettext_lazy("organisation", "name"), max_length=200, validators=[validate_plain_name])
    member_state = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("member state")
    )
    institution_kind = models.CharField(_("kind of institution"), max_length=20, choices=InstitutionKind)
    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("An organisation with this address is in the list already.")},
    )
    website = models.URLField(_("web page"), blank=True)
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages"))
    areas = models.CharField(_("areas of work"), max_length=300, blank=True)
    note = models.TextField(_("note"), max_length=1_000, blank=True)
    asked_on = models.DateField(_("last asked on"), default=today)
    confirmed_on = models.DateField(_("last confirmed on"), null=True, blank=True)
    stopped_on = models.DateField(_("wants no mail since"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    objects = StakeholderContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("stakeholder contact")
        verbose_name_plural = _("stakeholder contacts")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(name="stakeholder_contact_reads_something", condition=~Q(languages=[])),
            models.CheckConstraint(
                name="stakeholder_contact_that_wants_no_mail_has_not_agreed",
                condition=Q(stopped_on=None) | Q(confirmed_on=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_answered(self) -> bool:
        """Whether it has confirmed since it was last asked."""
        return self.confirmed_on is not None and self.confirmed_on >= self.asked_on

    @property
    def state(self) -> ContactState:
        """Where it stands today."""
        if self.stopped_on is not None:
            return ContactState.STOPPED
        if self.has_answered:
            return ContactState.CONFIRMED
        if self.asked_on > today() - settings.CONTACT_CONFIRM_WITHIN:
            return ContactState.CONFIRMED if self.confirmed_on else ContactState.ASKED
        return ContactState.LAPSED


class CircularQuerySet(models.QuerySet["Circular"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep all for the Secretariat, and for a focal point what was written for the own state. Source: ACC-12."""
        if viewer.may_enter and viewer.is_staff:
            return self
        if viewer.may_enter and viewer.is_focal_point:
            return self.filter(member_state=viewer.member_state_id, written_by__member_state=viewer.member_state_id)
        return self.none()


class Circular(models.Model):
    """What organisations are told, in one or more languages, each once; they can answer it.

    Source: ACC-12, CDIP/11/4 rec 71 b).
    """

    subject = models.CharField(_("subject"), max_length=160)
    text = models.TextField(_("text"), max_length=10_000)
    member_state = models.ForeignKey(
        MemberState,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("member state"),
        help_text=_("Empty for those of all states."),
    )
    institution_kind = models.CharField(
        _("kind of institution"),
        max_length=20,
        choices=InstitutionKind,
        blank=True,
        help_text=_("Empty for all kinds."),
    )
    answers_until = models.DateField(_("answers until"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = CircularQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to organisations")
        verbose_name_plural = _("messages to organisations")
        ordering = [F("sent_at").desc(nulls_first=True), "-pk"]

    def __str__(self) -> str:
        return self.subject

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """The languages it is written in, each with its subject and text."""
        columns = [(code, code.replace("-", "_")) for code in settings.MODELTRANSLATION_LANGUAGES]
        rows = [(code, getattr(self, f"subject_{column}"), getattr(self, f"text_{column}")) for code, column in columns]
        return [row for row in rows if row[2]]


class CircularCopy(models.Model):
    """A message as one organisation got it, and its answer; of its personal link only a digest is kept."""

    circular = models.ForeignKey(
        Circular, on_delete=models.CASCADE, related_name="copies", verbose_name=_("message to organisations")
    )
    contact = models.ForeignKey(
        StakeholderContact, on_delete=models.CASCADE, related_name="copies", verbose_name=_("stakeholder contact")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    answer = models.TextField(_("answer"), max_length=4_000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("copy of a message")
        verbose_name_plural = _("copies of messages")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["circular", "contact"], name="circular_goes_to_a_contact_once"),
            models.CheckConstraint(
                name="circular_answer_has_its_moment",
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circular_id}: {self.contact_id}"

    @property
    def shown(self) -> tuple[str, str, str]:
        """The first language of the organisation that it is written in, else any, with subject and text."""
        texts = {row[0]: row for row in self.circular.texts}
        return next((texts[code] for code in self.contact.languages if code in texts), next(iter(texts.values())))
