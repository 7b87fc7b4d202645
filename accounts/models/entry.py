"""How people come in: they ask, or they are invited."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccountStatus, InstitutionKind, InvitationState, RequestState, Vouching
from accounts.models.people import User, validate_plain_name
from accounts.models.places import MemberState


class AccountRequestQuerySet(models.QuerySet["AccountRequest"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep all for the Secretariat, and for a focal point those of the state. Source: ACC-11, reading A3."""
        if viewer.may_enter and viewer.is_staff:
            return self
        if viewer.may_enter and viewer.is_focal_point:
            return self.filter(member_state=viewer.member_state_id)
        return self.none()

    def waiting(self) -> Self:
        """Keep what nobody has decided yet."""
        return self.filter(state=RequestState.WAITING)


class AccountRequest(models.Model):
    """Somebody's request for an account, for a state to vouch for and the Secretariat to decide.

    Source: ACC-01, ACC-11, reading A3, CDIP/22/3 para 8.
    """

    email = models.EmailField(_("official e-mail address"))
    full_name = models.CharField(_("name as shown"), max_length=120, validators=[validate_plain_name])
    member_state = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, related_name="account_requests", verbose_name=_("member state")
    )
    institution = models.CharField(_("institution"), max_length=160, validators=[validate_plain_name])
    institution_kind = models.CharField(_("kind of institution"), max_length=20, choices=InstitutionKind)
    language = models.CharField(_("language of the pages"), max_length=10, default="en")
    languages_read = ArrayField(models.CharField(max_length=10), verbose_name=_("languages read"), default=list)
    reason = models.TextField(_("why"), max_length=2_000)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    vouching = models.CharField(_("the state's word"), max_length=10, choices=Vouching, default=Vouching.NONE)
    vouched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("focal point"),
    )
    vouched_at = models.DateTimeField(_("vouched at"), null=True, blank=True)
    vouching_note = models.CharField(_("note of the focal point"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=500, blank=True)

    objects = AccountRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("account request")
        verbose_name_plural = _("account requests")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(state=RequestState.WAITING), name="account_request_waits_once"
            ),
            models.CheckConstraint(
                name="account_request_is_decided_by_somebody",
                condition=Q(state=RequestState.WAITING, decided_by=None)
                | (~Q(state=RequestState.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.member_state})"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep all for the Secretariat, and for a focal point those of the state's people. Source: ACC-11."""
        if viewer.may_enter and viewer.is_staff:
            return self
        if viewer.may_enter and viewer.is_focal_point:
            return self.filter(user__member_state__isnull=False, user__member_state=viewer.member_state_id)
        return self.none()

    def open(self, at: datetime) -> Self:
        """Keep what may still be taken up at ``at``."""
        return self.in_state(InvitationState.OPEN, at)

    def usable(self, at: datetime) -> Self:
        """Keep what opens an account at ``at``: open, of somebody whose term, if there is one, is not over."""
        day = timezone.localdate(at, timezone=timezone.get_default_timezone())
        serving = Q(user__serves_until=None) | Q(user__serves_until__gte=day)
        return self.open(at).filter(serving, user__status=AccountStatus.INVITED)

    def in_state(self, state: InvitationState, at: datetime) -> Self:
        """Keep what stands so at ``at``."""
        if state == InvitationState.TAKEN_UP:
            return self.filter(taken_up_at__isnull=False)
        if state == InvitationState.REVOKED:
            return self.filter(taken_up_at=None, revoked_at__isnull=False)
        waiting = self.filter(taken_up_at=None, revoked_at=None)
        return (
            waiting.filter(expires_at__gt=at) if state == InvitationState.OPEN else waiting.filter(expires_at__lte=at)
        )

    def last_of_each(self) -> Self:
        """Keep the last invitation of each person."""
        later = Invitation.objects.filter(user=OuterRef("user"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))


class Invitation(models.Model):
    """A personal link, sent by mail, with which an invited person takes up the account; it works once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("person")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    taken_up_at = models.DateTimeField(_("taken up at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="invitation_expires_after_it_is_made", condition=Q(expires_at__gt=F("created_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.created_at:%Y-%m-%d})"

    @property
    def state(self) -> InvitationState:
        """Where it stands now."""
        if self.taken_up_at is not None:
            return InvitationState.TAKEN_UP
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.OPEN if self.expires_at > timezone.now() else InvitationState.EXPIRED
