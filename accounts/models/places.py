"""Member states and their regional groups."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Economy


class RegionalGroup(models.Model):
    """A regional group of member states. Source: ACC-04, CDIP/30/8 para 7."""

    key = models.CharField(_("key"), max_length=40, unique=True)
    name = models.CharField(pgettext_lazy("place", "name"), max_length=120)

    class Meta:
        verbose_name = _("regional group")
        verbose_name_plural = _("regional groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MemberState(models.Model):
    """A member state of WIPO. Source: ACC-01, ACC-04, ACC-14, CDIP/22/3 para 8."""

    code = models.CharField(_("ISO 3166 code"), max_length=2, unique=True)
    name = models.CharField(pgettext_lazy("place", "name"), max_length=120)
    group = models.ForeignKey(
        RegionalGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="states",
        verbose_name=_("regional group"),
    )
    economy = models.CharField(
        _("kind of economy"),
        max_length=20,
        choices=Economy,
        blank=True,
        help_text=_("As the state itself says; empty where it has said nothing."),
    )

    class Meta:
        verbose_name = _("member state")
        verbose_name_plural = _("member states")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
