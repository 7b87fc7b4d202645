"""What moves when somebody leaves: the seat, the address, the person's own data."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SeatHandover(models.Model):
    """That a leaver's seat was passed on; what the leaver posted stays the leaver's. Source: ACC-11."""

    predecessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats_left", verbose_name=_("predecessor")
    )
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats_taken", verbose_name=_("successor")
    )
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )
    handed_over_at = models.DateTimeField(_("handed over at"), default=timezone.now)

    class Meta:
        verbose_name = _("handover of a seat")
        verbose_name_plural = _("handovers of seats")
        ordering = ["-handed_over_at"]

    def __str__(self) -> str:
        return f"{self.predecessor} – {self.successor}"


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def open(self, at: datetime) -> Self:
        """Keep what may still be confirmed at ``at``."""
        return self.filter(done_at=None, expires_at__gt=at)


class AddressChange(models.Model):
    """A new e-mail address, in use once the old and the new one have confirmed it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="address_changes", verbose_name=_("person")
    )
    new_email = models.EmailField(_("new e-mail address"))
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    old_confirmed_at = models.DateTimeField(_("confirmed from the old address at"), null=True, blank=True)
    new_confirmed_at = models.DateTimeField(_("confirmed from the new address at"), null=True, blank=True)
    done_at = models.DateTimeField(_("changed at"), null=True, blank=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.user} ({self.created_at:%Y-%m-%d})"


class DataArchiveQuerySet(models.QuerySet["DataArchive"]):
    def ready(self, at: datetime) -> Self:
        """Keep what can be downloaded at ``at``."""
        return self.filter(ready_at__lte=at, expires_at__gt=at)

    def waiting(self, at: datetime) -> Self:
        """Keep what is still to be prepared; what could not be within a day is to be asked for again."""
        return self.filter(ready_at=None, requested_at__gt=at - settings.ARCHIVE_PREPARATION)


class DataArchive(models.Model):
    """All that the forum keeps about one person, prepared for that person to download."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="archives", verbose_name=_("person")
    )
    requested_at = models.DateTimeField(_("asked at"), default=timezone.now)
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    file = models.FileField(upload_to="archives/", blank=True)

    objects = DataArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("archive of a person's data")
        verbose_name_plural = _("archives of people's data")
        ordering = ["-requested_at"]

    def __str__(self) -> str:
        return f"{self.user} ({self.requested_at:%Y-%m-%d})"
