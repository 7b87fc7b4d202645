"""The record of what was decided or changed, by whom and when."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AuditEntry(models.Model):
    """One change of state: ids and facts, never what people wrote. Source: ACC-03, ACC-06."""

    at = models.DateTimeField(pgettext_lazy("audit entry", "at"), default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("audit entry", "by"),
        help_text=_("Empty when the forum acted by itself, on its clock."),
    )
    action = models.CharField(_("action"), max_length=60)
    subject = models.CharField(
        pgettext_lazy("audit entry", "subject"), max_length=80, help_text=_("Kind and id, such as forum.post:12.")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    position = models.PositiveBigIntegerField(_("place in the chain"), null=True, unique=True, editable=False)
    hash = models.CharField(_("seal"), max_length=64, blank=True, editable=False)
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
