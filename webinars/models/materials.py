"""What remains of a webinar, in which languages."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from webinars.enums import MaterialKind, MaterialState, Translation
from webinars.models.webinars import Engagement, Webinar

CONSENTED = [MaterialKind.RECORDING, MaterialKind.AUDIO, MaterialKind.CAPTIONS, MaterialKind.TRANSCRIPT]
"""In which speakers are heard, or read word for word: shown once each of them agrees."""


class MaterialQuerySet(models.QuerySet["Material"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Keep what is published of webinars that ``viewer`` sees, and all for the Secretariat. Source: WEB-24.

        A recording is shown once each speaker has agreed to it.
        """
        if isinstance(viewer, User) and viewer.may_enter and viewer.is_staff:
            return self
        published = self.filter(
            Q(visible_from=None) | Q(visible_from__lte=timezone.now()),
            webinar__in=Webinar.objects.visible_to(viewer),
            state=MaterialState.PUBLISHED,
        )
        silent = Engagement.objects.exclude(consents_to_recording=True)
        return published.exclude(kind__in=CONSENTED, webinar__in=silent.values("webinar"))


class Material(models.Model):
    """A file, link or text in one language. Source: WEB-24, WEB-27, WEB-34, CDIP/30/8 para 20."""

    webinar = models.ForeignKey(Webinar, on_delete=models.PROTECT, related_name="materials", verbose_name=_("webinar"))
    kind = models.CharField(_("kind"), max_length=12, choices=MaterialKind)
    language = models.CharField(_("language"), max_length=10)
    source = models.CharField(_("made"), max_length=10, choices=Translation, default=Translation.ORIGINAL)
    title = models.CharField(_("title"), max_length=160, blank=True)
    address = models.URLField(_("address"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to="webinars/", blank=True)
    file_name = models.CharField(_("file name"), max_length=160, blank=True)
    media_type = models.CharField(_("media type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True, help_text=_("Markdown; of a summary or a transcript."))
    html = models.TextField(editable=False, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MaterialState, default=MaterialState.RECEIVED)
    rights_checked = models.BooleanField(_("rights checked"), default=False)
    accessibility_checked = models.BooleanField(_("accessibility checked"), default=False)
    visible_from = models.DateTimeField(_("visible from"), null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["webinar", "kind", "language", "pk"]
        constraints = [
            models.CheckConstraint(name="material_is_something", condition=~Q(address="", file="", text="")),
            models.CheckConstraint(
                name="material_is_checked_before_it_is_published",
                condition=~Q(state=MaterialState.PUBLISHED) | Q(rights_checked=True, published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webinar}: {self.get_kind_display()} ({self.language})"
