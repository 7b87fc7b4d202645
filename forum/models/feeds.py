"""Private feeds."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class FeedToken(models.Model):
    """The secret in the address of somebody's feed, kept as a digest; deleting it ends the feed. Source: ACC-03."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="feed_token", verbose_name=_("person"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("address of a feed")
        verbose_name_plural = _("addresses of feeds")

    def __str__(self) -> str:
        return str(self.user)
