"""What people have experience of."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models.topics import Category, Step


class ExperienceQuerySet(models.QuerySet["Experience"]):
    def about(self, *, category: Combinable | int, step: Combinable | int | None) -> Self:
        """Keep the experience of what a topic is about: of its category, or of its step where it has one.

        Args:
            category: The topic's: an id, or a reference to the column of a query around this one.
            step: Likewise.
        """
        return self.filter(Q(category=category) | Q(step=step, step__isnull=False))


class Experience(models.Model):
    """That somebody has experience of a category of assistance, or of a step of its cycle. Source: LIB-02, LIB-03."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="experiences", verbose_name=_("person"))
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    step = models.ForeignKey(
        Step,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("step of the assistance cycle"),
    )

    objects = ExperienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("area of experience")
        verbose_name_plural = _("areas of experience")
        constraints = [
            models.UniqueConstraint(fields=["user", "category"], name="experience_of_a_category_once"),
            models.UniqueConstraint(fields=["user", "step"], name="experience_of_a_step_once"),
            models.CheckConstraint(
                name="experience_is_of_a_category_or_a_step",
                condition=Q(category=None, step__isnull=False) | Q(category__isnull=False, step=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.category or self.step}"
