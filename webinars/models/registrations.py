"""Who comes: registrations, attendance, reminders, and who agreed to hear of later webinars."""

from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Gender, InstitutionKind
from accounts.models import MemberState
from accounts.models.people import validate_plain_name, validate_time_zone
from webinars.enums import AttendanceSource, DeliveryState, RegistrationState, ReminderMoment
from webinars.models.webinars import Webinar


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def of_whose_is(self, registration: "Registration") -> Self:
        """Keep a registration and the others with its address, or of its participant of the forum."""
        same = Q(pk=registration.pk) | Q(email=registration.email)
        return self.filter(same | Q(user=registration.user_id) if registration.user_id else same)

    def entitled(self) -> Self:
        """Keep those who may join. Source: WEB-19."""
        return self.filter(state=RegistrationState.CONFIRMED)

    def holding_places(self, at: datetime) -> Self:
        """Keep those who use up a place at ``at``: confirmed, or offered one that they may still take."""
        return self.filter(
            Q(state=RegistrationState.CONFIRMED) | Q(state=RegistrationState.OFFERED, offered_until__gt=at)
        )


class Registration(models.Model):
    """One person's registration for one webinar; the consents are kept apart. Source: WEB-23, workflow 2.7.

    A personal link, signed with the forum's key, leads to it; nobody needs an account.
    """

    webinar = models.ForeignKey(
        Webinar, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("webinar")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("participant of the forum"),
    )
    full_name = models.CharField(_("name"), max_length=120, validators=[validate_plain_name])
    email = models.EmailField(_("e-mail address"))
    country = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country")
    )
    institution = models.CharField(_("institution"), max_length=160, blank=True, validators=[validate_plain_name])
    institution_kind = models.CharField(_("kind of institution"), max_length=20, choices=InstitutionKind)
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en", help_text=_("Of our mail."))
    time_zone = models.CharField(
        _("time zone"), max_length=50, default="Europe/Zurich", validators=[validate_time_zone]
    )
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True)
    hears_of_later = models.BooleanField(_("wants to hear of later webinars"), default=False)
    accepts_recording = models.BooleanField(_("knows that it is recorded"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=RegistrationState, default=RegistrationState.PENDING)
    offered_until = models.DateTimeField(_("place offered until"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    told_sequence = models.PositiveIntegerField(_("calendar version sent"), null=True, blank=True)
    attended = models.BooleanField(
        _("attended"), null=True, blank=True, help_text=_("As corrected by hand; empty: as the join times say.")
    )
    keep_until = models.DateField(_("kept until"))
    series_certificate = models.ForeignKey(
        "webinars.SeriesCertificate",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("certificate of the series"),
    )

    objects = RegistrationQuerySet.as_manager()

    minutes: int  # attended, added by ``registration_list``

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["webinar", "registered_at"]
        indexes = [models.Index(fields=["webinar", "state", "registered_at"], name="registration_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["webinar", "email"],
                condition=~Q(state=RegistrationState.CANCELLED),
                name="registration_once_for_each_address",
            ),
            models.CheckConstraint(name="registration_email_is_lower_case", condition=Q(email=Lower(F("email")))),
            models.CheckConstraint(
                name="registration_offer_expires",
                condition=~Q(state=RegistrationState.OFFERED) | Q(offered_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.webinar})"

    @property
    def tz(self) -> ZoneInfo:
        """By whose clocks the person is told of times."""
        return ZoneInfo(self.time_zone)


class AttendanceInterval(models.Model):
    """A stay in the meeting; overlapping ones of one person count once. Source: workflow 2.7."""

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="intervals", verbose_name=_("registration")
    )
    joined_at = models.DateTimeField(_("joined at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    source = models.CharField(_("known from"), max_length=10, choices=AttendanceSource)
    external_id = models.CharField(_("id there"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("stay in a meeting")
        verbose_name_plural = _("stays in meetings")
        ordering = ["registration", "joined_at"]
        constraints = [
            models.CheckConstraint(
                name="stay_ends_after_it_begins", condition=Q(left_at=None) | Q(left_at__gte=F("joined_at"))
            ),
            models.UniqueConstraint(
                fields=["registration", "external_id"], condition=~Q(external_id=""), name="stay_once_for_each_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration} ({self.joined_at:%H:%M})"


class ReminderRule(models.Model):
    """When those registered are written to, counted from the start or the end. Source: workflow 2.7."""

    webinar = models.ForeignKey(
        Webinar, on_delete=models.CASCADE, related_name="reminder_rules", verbose_name=_("webinar")
    )
    moment = models.CharField(_("counted from"), max_length=5, choices=ReminderMoment)
    minutes = models.PositiveIntegerField(_("minutes"))

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ["webinar", "moment", "-minutes"]
        constraints = [
            models.UniqueConstraint(fields=["webinar", "moment", "minutes"], name="reminder_rule_once_at_each_time")
        ]

    def __str__(self) -> str:
        return f"{self.webinar}: {self.get_moment_display()} ({self.minutes})"


class Reminder(models.Model):
    """One reminder to one person; its time follows the webinar's. Source: workflow 2.7."""

    rule = models.ForeignKey(ReminderRule, on_delete=models.CASCADE, related_name="reminders", verbose_name=_("rule"))
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="reminders", verbose_name=_("registration")
    )
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.SCHEDULED)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=DeliveryState.SCHEDULED), name="reminder_scheduled")
        ]
        constraints = [models.UniqueConstraint(fields=["rule", "registration"], name="reminder_once_for_each_person")]

    def __str__(self) -> str:
        return f"{self.registration} ({self.due_at:%Y-%m-%d %H:%M})"


class OptOut(models.Model):
    """An address that wants to hear of no later webinars, whatever else it agreed to. Source: WEB-23."""

    email = models.EmailField(_("e-mail address"), unique=True)
    opted_out_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("address not to be written to")
        verbose_name_plural = _("addresses not to be written to")
        ordering = ["-opted_out_at"]

    def __str__(self) -> str:
        return self.email


class Campaign(models.Model):
    """A mail that tells earlier participants of a webinar. Source: WEB-23, CDIP/30/8 para 19."""

    webinar = models.ForeignKey(Webinar, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("webinar"))
    earlier = models.ManyToManyField(Webinar, blank=True, related_name="+", verbose_name=_("participants of"))
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages"), default=list, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.webinar} ({self.made_at:%Y-%m-%d})"


class CampaignMail(models.Model):
    """One mail of a campaign to one person. Source: WEB-23."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="mails", verbose_name=_("campaign"))
    registration = models.ForeignKey(
        Registration,
        on_delete=models.CASCADE,
        related_name="campaign_mails",
        verbose_name=_("registration"),
        help_text=_("The earlier one, with which the person agreed."),
    )
    email = models.EmailField(_("e-mail address"))
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.SCHEDULED)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail of a campaign")
        verbose_name_plural = _("mails of campaigns")
        ordering = ["campaign", "pk"]
        constraints = [models.UniqueConstraint(fields=["campaign", "email"], name="campaign_once_to_each_address")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.email}"
