"""What was imported from an older forum, so that importing again changes nothing and old addresses lead on."""

from typing import Self
from urllib.parse import quote, unquote, urlsplit

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from forum.models.topics import Topic


class ImportedAuthorQuerySet(models.QuerySet["ImportedAuthor"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep those of whom ``viewer`` may read a post. Source: ACC-01, ACC-05."""
        from forum.models.posts import Post

        return self.filter(Exists(Post.objects.visible_to(viewer).filter(imported_author=OuterRef("pk"))))


class ImportedAuthor(models.Model):
    """Somebody who wrote in the older forum: a name, until they claim their posts. Source: FOR-18, workflow 2.10."""

    source = models.SlugField(pgettext_lazy("import", "source"))
    key = models.CharField(_("key in the source"), max_length=254)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Never shown; it proves a claim."))
    claimed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("claimed by")
    )
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)

    objects = ImportedAuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported author")
        verbose_name_plural = _("imported authors")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="imported_author_once")]

    def __str__(self) -> str:
        return self.name


class AuthorClaimQuerySet(models.QuerySet["AuthorClaim"]):
    def waiting(self) -> Self:
        """Keep what nobody has decided yet."""
        return self.filter(is_granted=None)


class AuthorClaim(models.Model):
    """That somebody says the posts of an imported author are theirs; the Secretariat decides."""

    author = models.ForeignKey(
        ImportedAuthor, on_delete=models.CASCADE, related_name="claims", verbose_name=_("imported author")
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    is_granted = models.BooleanField(_("granted"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = AuthorClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim of an imported author")
        verbose_name_plural = _("claims of imported authors")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "user"], condition=Q(is_granted=None), name="claim_open_once_for_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.author}"


def plain_address(address: str) -> str:
    """Return the path and query of an address, written in one way, so that it is found again.

    Args:
        address: With or without scheme and host.
    """
    parts = urlsplit(address)
    path = quote(unquote("/" + parts.path.lstrip("/")), safe="/~")
    return path + (f"?{quote(unquote(parts.query), safe='=&/~;+')}" if parts.query else "")


class ImportedItem(models.Model):
    """One topic or post of the older forum, by its old key and address. Source: FOR-18, workflow 2.10."""

    source = models.SlugField(pgettext_lazy("import", "source"))
    key = models.CharField(_("key in the source"), max_length=254)
    address = models.CharField(_("old address"), max_length=500, blank=True, help_text=_("Path and query."))
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    post = models.ForeignKey("forum.Post", on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("imported item")
        verbose_name_plural = _("imported items")
        indexes = [models.Index(fields=["address"], name="imported_item_by_address")]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="imported_item_once"),
            models.CheckConstraint(
                name="imported_item_is_a_topic_or_a_post",
                condition=Q(topic=None, post__isnull=False) | Q(topic__isnull=False, post=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"
