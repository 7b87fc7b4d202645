"""Signals: what a reader answers with one touch."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.enums import SignalKind
from forum.models.posts import Post


class Signal(models.Model):
    """That a post meets somebody's experience, is of use, or should lead to contact. Never a ranking."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="signals", verbose_name=_("post"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="signals", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=12, choices=SignalKind)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        constraints = [models.UniqueConstraint(fields=["post", "user", "kind"], name="signal_once_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.user} – {self.post_id}: {self.kind}"
