"""Where a webinar takes place, and what the meeting software reports."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webinars.enums import Provider
from webinars.models.webinars import Webinar


class Meeting(models.Model):
    """The meeting of a webinar in the organization's own software. Source: WEB-19, CDIP/30/8 para 16.

    What lets people in (``address``, ``secrets``) is shown to those entitled and to nobody else.
    """

    webinar = models.OneToOneField(Webinar, on_delete=models.CASCADE, related_name="meeting", verbose_name=_("webinar"))
    provider = models.CharField(_("meeting software"), max_length=15, choices=Provider, default=Provider.LINK)
    external_id = models.CharField(_("id there"), max_length=200, blank=True)
    address = models.URLField(_("address"), max_length=500, blank=True)
    secrets = models.JSONField(_("what lets people in"), default=dict, blank=True)
    fallback_address = models.URLField(_("address if that fails"), max_length=500, blank=True)
    telephone = models.CharField(_("telephone"), max_length=300, blank=True)
    created_there_at = models.DateTimeField(_("made there at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def __str__(self) -> str:
        return str(self.webinar)


class Recording(models.Model):
    """A recording that the meeting software reports, once however often it does. Source: WEB-24."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="recordings", verbose_name=_("meeting"))
    external_id = models.CharField(_("id there"), max_length=200)
    formats = models.JSONField(_("formats"), default=list)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["meeting", "external_id"], name="recording_once_for_each_id")]

    def __str__(self) -> str:
        return self.external_id
