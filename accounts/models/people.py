"""The people who sign in."""

import unicodedata
import zoneinfo
from datetime import date, datetime
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.composed import ComposedExpression
from accounts.days import today
from accounts.enums import (
    PACE_BY_DEFAULT,
    AccountStatus,
    Gender,
    InstitutionKind,
    MailScope,
    Office,
    OfficeProfile,
    Pace,
    Role,
)
from accounts.languages import spoken
from accounts.models.mandates import Mandate
from accounts.models.notices import MailPreference
from accounts.models.places import MemberState
from accounts.models.protocols import Protocol, ProtocolAcceptance
from accounts.parts import is_on

FORMER = gettext_noop("Former participant")  # in place of the name of somebody who has left


def validate_plain_name(value: str) -> None:
    """Refuse characters that steer the text around a name, such as right-to-left overrides.

    Raises:
        ValidationError: ``value`` holds a control or format character.
    """
    if any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"} for character in value):
        raise ValidationError(
            _("Write the name without control characters or hidden direction marks."), code="control_character"
        )


def validate_time_zone(value: str) -> None:
    """Refuse what is no time zone of the IANA database.

    Raises:
        ValidationError: There is no such zone.
    """
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone from the list, such as Africa/Nairobi."), code="time_zone")


def names_a_place(value: str) -> bool:
    """Tell whether a zone is one that a person would choose, not an alias such as ``Etc/GMT+3``."""
    return "/" in value and not value.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))


def time_zones() -> list[tuple[str, str]]:
    """Return the time zones to choose from, as pairs of value and label."""
    return [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones()) if names_a_place(zone)]


class UserQuerySet(models.QuerySet["User"]):
    def with_access(self, day: date | None = None) -> Self:
        """Add, in the same statement, what deciding about access on ``day`` (today, when not given) needs to know."""
        day = day or today()
        return self.annotate(
            has_accepted_protocol=_has_accepted_protocol(day=day),
            is_focal_point=_is_focal_point(day=day),
            has_second_factor=_has_second_factor(),
        )

    def wanting(self, scope: MailScope, pace: Pace) -> Self:
        """Keep those who want mail of ``scope`` at ``pace``, by choice or by default."""
        chosen = MailPreference.objects.filter(user=OuterRef("pk"), scope=scope)
        if PACE_BY_DEFAULT[scope] == pace:
            return self.filter(~Exists(chosen.exclude(pace=pace)))
        return self.filter(Exists(chosen.filter(pace=pace)))

    def yet_to_accept(self, protocol: Protocol) -> Self:
        """Keep those who have not accepted ``protocol``. Source: OPS-01."""
        return self.filter(~Exists(ProtocolAcceptance.objects.filter(user=OuterRef("pk"), protocol=protocol)))

    def active(self, at: datetime | None = None) -> Self:
        """Keep those whose account works at ``at`` (now, when not given)."""
        now = at or timezone.now()
        day = timezone.localdate(now, timezone=timezone.get_default_timezone())
        serving = Q(serves_until=None) | Q(serves_until__gte=day)
        return self.filter(serving, Q(suspended_until=None) | Q(suspended_until__lte=now), status=AccountStatus.ACTIVE)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save a new user whose address is kept in lower case."""
        user: User = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save a Secretariat account that may do everything in the administration."""
        fields = {"full_name": "Secretariat", "role": Role.SECRETARIAT, "status": AccountStatus.ACTIVE} | fields
        user: User = self.create_user(email, password, is_superuser=True, **fields)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email=(username or "").lower())
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: tied to one member state, or of another role. Source: ACC-04."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name as shown"), max_length=120, validators=[validate_plain_name])
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.DELEGATE)
    member_state = models.ForeignKey(
        MemberState,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("member state"),
    )
    institution = models.CharField(_("institution"), max_length=160, blank=True, validators=[validate_plain_name])
    institution_kind = models.CharField(
        _("kind of institution"), max_length=20, choices=InstitutionKind, default=InstitutionKind.OTHER
    )
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True)
    language = models.CharField(_("language of the pages"), max_length=10, default="en")
    languages_read = ArrayField(models.CharField(max_length=10), verbose_name=_("languages read"), default=list)
    time_zone = models.CharField(
        _("time zone"), max_length=50, default="Europe/Zurich", validators=[validate_time_zone]
    )
    status = models.CharField(_("status"), max_length=10, choices=AccountStatus, default=AccountStatus.INVITED)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    muted_until = models.DateTimeField(
        _("muted until"), null=True, blank=True, help_text=_("Until then this person reads and does not write.")
    )
    held_until = models.DateTimeField(
        _("held until"),
        null=True,
        blank=True,
        help_text=_("Until then a moderator reads each post before it is shown."),
    )
    serves_until = models.DateField(
        _("serves until"),
        null=True,
        blank=True,
        help_text=_("The last day of a contract or period; empty where there is none."),
    )
    biography = models.TextField(_("about you"), max_length=2_000, blank=True)
    office_profile = models.CharField(_("kind of IP office"), max_length=20, choices=OfficeProfile, blank=True)
    shows_email = models.BooleanField(_("other participants see my e-mail address"), default=False)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name"]
        constraints = [
            models.CheckConstraint(
                name="user_is_of_a_state_exactly_when_a_delegate",
                condition=Q(role=Role.DELEGATE, member_state__isnull=False)
                | (~Q(role=Role.DELEGATE) & Q(member_state__isnull=True)),
                violation_error_message=_("A delegate has a member state, and nobody else has one."),
            ),
            models.CheckConstraint(name="user_email_is_lower_case", condition=Q(email=Lower(F("email")))),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    @property
    def shown_name(self) -> str:
        """The name; in the reader's language where it is gone."""
        return gettext(FORMER) if self.status == AccountStatus.LEFT else self.full_name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the account works now: taken up, not left, not suspended."""
        if self.status != AccountStatus.ACTIVE or (self.serves_until is not None and self.serves_until < today()):
            return False
        return self.suspended_until is None or self.suspended_until <= timezone.now()

    @property
    def is_staff(self) -> bool:
        """Whether the Secretariat's administration is open to this person."""
        return self.role == Role.SECRETARIAT and self.is_active

    @property
    def is_moderator(self) -> bool:
        return self.role in {Role.MODERATOR, Role.SECRETARIAT}

    @property
    def writes(self) -> bool:
        """Whether this role takes the floor; an evaluator only reads. Source: reading A24."""
        return self.role != Role.EVALUATOR

    @property
    def reads_every_room(self) -> bool:
        return self.role in {Role.DELEGATE, Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT, Role.EVALUATOR}

    @cached_property
    def has_accepted_protocol(self) -> bool:
        """Whether the protocol in force was accepted; ``with_access`` fills this. Source: OPS-01."""
        in_force = Protocol.objects.in_force(today()).first()
        return in_force is not None and self.acceptances.filter(protocol=in_force).exists()

    @cached_property
    def is_focal_point(self) -> bool:
        """Whether a mandate for the state is in force today; ``with_access`` fills this."""
        mandates = self.mandates.in_force(today())
        return mandates.filter(office=Office.FOCAL_POINT, member_state=self.member_state_id).exists()

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether an authenticator app or a passkey is set up; ``with_access`` fills this."""
        return _second_factors().filter(user=self).exists()

    @property
    def needs_second_factor(self) -> bool:
        """Whether this role enters with a second factor only."""
        return settings.REQUIRE_SECOND_FACTOR and self.role in settings.SECOND_FACTOR_ROLES

    @property
    def lacks_second_factor(self) -> bool:
        """Whether a second factor is still to be set up before anything opens."""
        return self.needs_second_factor and not self.has_second_factor

    @property
    def may_enter(self) -> bool:
        """Whether anything of the forum is open to this person now. Source: ACC-02, OPS-01."""
        return self.is_active and self.has_accepted_protocol and not self.lacks_second_factor

    @property
    def room_languages(self) -> list[str]:
        """The languages this person reads, as rooms name them, the preferred one first."""
        return list(dict.fromkeys(spoken(code) for code in (self.language, *self.languages_read)))

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Open the administration to the Secretariat; anything else is guardian's to answer."""
        return (obj is None and self.is_staff) or super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff and is_on(app_label)


def _accepted(day: date) -> Exists:
    in_force = Protocol.objects.in_force(day)
    return Exists(ProtocolAcceptance.objects.filter(user=OuterRef("pk"), protocol=Subquery(in_force.values("pk")[:1])))


def _second_factors() -> models.QuerySet:
    factors: models.QuerySet = apps.get_model("mfa", "Authenticator")._default_manager.filter(
        type__in=["totp", "webauthn"]
    )
    return factors


def _can_prove_twice() -> Exists:
    return Exists(_second_factors().filter(user=OuterRef("pk")))


def _speaks_for_state(day: date) -> Exists:
    """Tell whether there is a mandate for the state that somebody is of: who has changed states speaks for none."""
    mandates = Mandate.objects.in_force(day).filter(user=OuterRef("pk"), office=Office.FOCAL_POINT)
    return Exists(mandates.filter(member_state=OuterRef("member_state")))


_has_accepted_protocol = ComposedExpression(User, _accepted, day=date)
_is_focal_point = ComposedExpression(User, _speaks_for_state, day=date)
_has_second_factor = ComposedExpression(User, _can_prove_twice)
