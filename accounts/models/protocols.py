"""The protocol of use, and who accepted which version of it."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.days import today

if TYPE_CHECKING:
    from accounts.models.people import User


class ProtocolQuerySet(models.QuerySet["Protocol"]):
    def in_force(self, day: date) -> Self:
        """Keep the versions in force by ``day``, the one that counts first."""
        return self.filter(in_force_on__lte=day).order_by("-in_force_on", "-version")

    def visible_to(self, viewer: "User") -> Self:
        """Keep the version in force and those that ``viewer`` accepted; for the Secretariat, all. Source: OPS-01."""
        if viewer.may_enter and viewer.is_staff:
            return self
        in_force = Protocol.objects.in_force(today()).values("pk")[:1]
        return self.filter(Q(pk__in=in_force) | Q(pk__in=viewer.acceptances.values("protocol")))


class Protocol(models.Model):
    """One version of the protocol of use. Source: OPS-01, CDIP/22/3 para 6."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), help_text=_("Markdown, in each language of the forum."))
    changes = models.TextField(
        _("what changed"), blank=True, help_text=_("Markdown, in each language: what is new in this version.")
    )
    in_force_on = models.DateField(_("in force from"))

    objects = ProtocolQuerySet.as_manager()

    class Meta:
        verbose_name = _("protocol of use")
        verbose_name_plural = _("protocols of use")
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class ProtocolAcceptance(models.Model):
    """Somebody's acceptance of one version. Source: OPS-01, ACC-06."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="acceptances", verbose_name=_("person")
    )
    protocol = models.ForeignKey(
        Protocol, on_delete=models.PROTECT, related_name="acceptances", verbose_name=_("protocol of use")
    )
    accepted_at = models.DateTimeField(_("accepted at"), default=timezone.now)

    class Meta:
        verbose_name = _("acceptance of the protocol")
        verbose_name_plural = _("acceptances of the protocol")
        ordering = ["-accepted_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "protocol"], name="protocol_accepted_once_by_each_person")
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.protocol}"
