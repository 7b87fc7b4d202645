"""What webinars are counted for, and what they may be about."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import MemberState, RegionalGroup
from webinars.enums import Scheme


class Region(models.Model):
    """A unit of coverage: a regional group, or a geographic region. Source: WEB-02, WEB-12, reading A10."""

    scheme = models.CharField(_("scheme"), max_length=10, choices=Scheme)
    key = models.SlugField(_("key"), max_length=40)
    name = models.CharField(pgettext_lazy("place", "name"), max_length=120)
    group = models.OneToOneField(
        RegionalGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="region",
        verbose_name=_("regional group"),
    )
    states = models.ManyToManyField(
        MemberState,
        blank=True,
        related_name="regions",
        verbose_name=_("member states"),
        help_text=_("Of a geographic region; a regional group has those of its own."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["scheme", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "key"], name="region_once_in_each_scheme"),
            models.CheckConstraint(
                name="region_is_a_group_exactly_in_that_scheme",
                condition=Q(scheme=Scheme.GROUPS, group__isnull=False) | Q(scheme=Scheme.REGIONS, group=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScopeArea(models.Model):
    """What webinars are to be about, such as the examples (a) to (e). Source: WEB-15, CDIP/30/8 para 13."""

    letter = models.CharField(_("letter"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("scope area")
        verbose_name_plural = _("scope areas")
        ordering = ["position", "letter"]

    def __str__(self) -> str:
        return f"({self.letter}) {self.name}"
