"""The weekly digest."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Digest(models.Model):
    """A week whose posts are told in one mail to those who want it so. Source: workflow 2.1."""

    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), unique=True)

    class Meta:
        verbose_name = _("weekly digest")
        verbose_name_plural = _("weekly digests")
        ordering = ["-ends_at"]
        constraints = [
            models.CheckConstraint(name="digest_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at")))
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"
