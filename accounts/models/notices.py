"""The outbox: one row for each thing one person is to be told."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import MailScope, NoticeState, Pace

if TYPE_CHECKING:
    from accounts.models.people import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, at: datetime) -> Self:
        """Keep what waits to be sent and may be tried at ``at``, the oldest first."""
        return self.filter(state=NoticeState.WAITING, next_attempt_at__lte=at).order_by("next_attempt_at", "pk")


class Notice(models.Model):
    """One thing one person is to be told, kept until it is. Written in the transaction of the event."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("recipient"),
    )
    address = models.EmailField(_("address"), blank=True, help_text=_("Of somebody who has no account."))
    language = models.CharField(_("language"), max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=40)
    scope = models.CharField(_("scope"), max_length=10, choices=MailScope)
    key = models.CharField(_("key"), max_length=120, unique=True)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey("content_type", "object_id")
    state = models.CharField(_("state"), max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(state=NoticeState.WAITING), name="notice_waiting"
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_is_for_a_person_or_an_address",
                condition=Q(user__isnull=False, address="") | (Q(user=None) & ~Q(address="")),
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def reader(self) -> "User":
        """The person who is told; not to be asked for where a notice goes to an address alone."""
        if self.user is None:
            raise ValueError("This notice goes to somebody who has no account.")
        return self.user


class MailPreference(models.Model):
    """A choice about one kind of mail, where ``PACE_BY_DEFAULT`` is not what somebody wants."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preferences", verbose_name=_("person")
    )
    scope = models.CharField(_("scope"), max_length=10, choices=MailScope)
    pace = models.CharField(_("how soon"), max_length=10, choices=Pace)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = [models.UniqueConstraint(fields=["user", "scope"], name="mail_preference_once_for_each_scope")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_scope_display()}"
