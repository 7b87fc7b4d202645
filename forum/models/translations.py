"""Stored translations of posts."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.enums import TranslationStatus
from forum.models.posts import Post


class PostTranslationQuerySet(models.QuerySet["PostTranslation"]):
    def written(self) -> Self:
        """Keep those that can be read, without what a machine has yet to write."""
        return self.exclude(body="")

    def waiting(self) -> Self:
        """Keep those that a machine has yet to write."""
        return self.filter(body="", status=TranslationStatus.MACHINE)

    def stale(self) -> Self:
        """Keep those whose post was reworded since."""
        return self.filter(made_from__lt=Coalesce("post__edited_at", "post__posted_at"))


class PostTranslation(models.Model):
    """A post in another language, and who answers for it. Source: FOR-07, reading A22.

    It is stale when the post was reworded after ``made_from``, the moment of the wording it renders.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="translations", verbose_name=_("post"))
    language = models.CharField(_("language"), max_length=10)
    body = models.TextField(_("text"))
    html = models.TextField(editable=False)
    status = models.CharField(_("status"), max_length=10, choices=TranslationStatus)
    made_from = models.DateTimeField(_("wording of"))
    translated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("translated by")
    )
    translated_at = models.DateTimeField(_("translated at"), default=timezone.now)
    checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )

    objects = PostTranslationQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        ordering = ["post", "language"]
        constraints = [
            models.UniqueConstraint(fields=["post", "language"], name="translation_once_in_each_language"),
            models.CheckConstraint(
                name="translation_by_a_person_names_them",
                condition=Q(status=TranslationStatus.MACHINE) | Q(translated_by__isnull=False),
            ),
            models.CheckConstraint(
                name="translation_is_checked_by_another",
                condition=Q(checked_by=None) | Q(translated_by=None) | ~Q(checked_by=F("translated_by")),
            ),
        ]

    @property
    def is_stale(self) -> bool:
        """Whether the post was reworded since it was translated."""
        return self.made_from < self.post.worded_at

    def __str__(self) -> str:
        return f"{self.post} ({self.language})"
