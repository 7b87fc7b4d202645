"""What helps to prepare topics: templates, and the checklist for web content."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from forum.models import Category, Step, Topic
from moderation.enums import Occasion


class TopicTemplate(models.Model):
    """The frame of a kind of topic that comes back, in every language. Source: MOD-11."""

    name = models.CharField(pgettext_lazy("template", "name"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120, blank=True)
    objective = models.TextField(_("objective"), blank=True)
    guiding_questions = models.TextField(_("guiding questions"), blank=True, help_text=_("One on each line."))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("step of the assistance cycle")
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("topic template")
        verbose_name_plural = _("topic templates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("moderation:topic_template_edit", args=[self.pk])


class ChecklistItem(models.Model):
    """One point of the checklist for web content, which the moderator keeps. Source: MOD-06, reading A23."""

    occasion = models.CharField(_("when"), max_length=10, choices=Occasion)
    text = models.CharField(_("text"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("point of the checklist")
        verbose_name_plural = _("points of the checklist")
        ordering = ["occasion", "position", "pk"]

    def __str__(self) -> str:
        return self.text


class ChecklistTick(models.Model):
    """That somebody has seen to one point for one topic. Source: MOD-06, reading A23."""

    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="ticks", verbose_name=_("point"))
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="ticks", verbose_name=_("topic"))
    ticked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("ticked by")
    )
    ticked_at = models.DateTimeField(_("ticked at"), default=timezone.now)

    class Meta:
        verbose_name = _("ticked point")
        verbose_name_plural = _("ticked points")
        ordering = ["item"]
        constraints = [models.UniqueConstraint(fields=["item", "topic"], name="point_ticked_once_for_each_topic")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.item}"
