"""Topics: what is discussed, whatever the language."""

from datetime import datetime
from typing import Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import MemberState, User
from forum.enums import PostState, TopicKind


class Category(models.Model):
    """One of the six categories of technical assistance. Source: LIB-03, CDIP/24 report paras 7, 23."""

    slug = models.SlugField(_("key"), unique=True)
    name = models.CharField(pgettext_lazy("category", "name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class PageCategory(models.Model):
    """A category of WIPO's page on technical assistance, with those of the forum that it stands for.

    The documents say that there are eight and not what they are called, so there are none until they are entered.
    Source: LIB-06, reading A16.
    """

    name = models.CharField(pgettext_lazy("category", "name"), max_length=120)
    categories = models.ManyToManyField(
        Category, blank=True, related_name="page_categories", verbose_name=_("categories of the forum")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category of WIPO’s page")
        verbose_name_plural = _("categories of WIPO’s page")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """One of the four steps of the assistance cycle. Source: LIB-02, CDIP/24 report paras 7, 11."""

    slug = models.SlugField(_("key"), unique=True)
    name = models.CharField(pgettext_lazy("step", "name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("step of the assistance cycle")
        verbose_name_plural = _("steps of the assistance cycle")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the opened topics of which ``viewer`` may see a discussion. Source: ACC-01, ACC-05."""
        from forum.models.discussions import Discussion

        return self.filter(pk__in=Discussion.objects.visible_to(viewer).values("topic"))

    def open_at(self, at: datetime) -> Self:
        """Keep the topics that one can post on, in some room, at ``at``."""
        standing = apps.get_model("forum", "Discussion")._default_manager.filter(
            topic=OuterRef("pk"), closed_at=None, merged_into=None
        )
        return self.filter(Q(closes_at=None) | Q(closes_at__gt=at), Exists(standing))

    def unanswered(self, at: datetime) -> Self:
        """Keep the questions on which nobody but who asked has spoken for as long as one waits for an answer.

        Args:
            at: When that is asked; a question that is settled or closed then is not waiting.

        Source: FOR-17.
        """
        posts = apps.get_model("forum", "Post")._default_manager.filter(
            discussion__topic=OuterRef("pk"), state=PostState.VISIBLE
        )
        waiting = self.filter(kind=TopicKind.QUESTION, answered_at=None, opens_at__lte=at - settings.QUESTION_WAITS)
        return waiting.open_at(at).filter(~Exists(posts.exclude(author=OuterRef("opened_by"))))


class Topic(models.Model):
    """The dossier that sister discussions share. Source: FOR-02, FOR-13, workflow 2.1, reading A9."""

    kind = models.CharField(_("kind"), max_length=12, choices=TopicKind, default=TopicKind.WEEKLY)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, editable=False)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    objective = models.TextField(
        _("objective"), blank=True, help_text=_("What the discussion should have produced at its end.")
    )
    guiding_questions = models.TextField(_("guiding questions"), blank=True, help_text=_("One on each line."))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, verbose_name=_("category"))
    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("step of the assistance cycle")
    )
    opened_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opened_topics",
        verbose_name=_("opened by"),
        help_text=_("The participant whose topic or question it is."),
    )
    proposing_state = models.ForeignKey(
        MemberState,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
        help_text=_("The member state whose delegate proposed it."),
    )
    proposer = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposer"),
        help_text=_("Only where they agree to be named."),
    )
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.ForeignKey(
        "forum.Post", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answer")
    )
    unanswered_told_at = models.DateTimeField(_("told that it is unanswered"), null=True, blank=True, editable=False)
    submission_key = models.UUIDField(
        null=True, blank=True, editable=False, help_text=_("Made with the form, so that a form sent twice opens once.")
    )
    synthesis = models.TextField(_("synthesis"), blank=True, help_text=_("Markdown, in each language."))

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["-opens_at"]
        indexes = [
            models.Index(fields=["kind", "closes_at"], name="topic_by_kind_and_closing"),
            models.Index(
                fields=["opens_at"], condition=Q(kind=TopicKind.QUESTION, answered_at=None), name="topic_unanswered"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="topic_symbol_is_unique"),
            models.UniqueConstraint(fields=["opened_by", "submission_key"], name="topic_once_for_each_form"),
            models.CheckConstraint(
                name="topic_closes_after_it_opens",
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("A topic closes after it opens."),
            ),
            models.CheckConstraint(
                name="topic_answered_is_a_question", condition=Q(answered_at=None) | Q(kind=TopicKind.QUESTION)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def symbol(self) -> str:
        """The citable symbol, such as ``TAF/2026/47``; empty until the topic has opened."""
        return symbol_of(self.year, self.number)

    @property
    def questions(self) -> list[str]:
        """The guiding questions in the active language."""
        return [line.strip() for line in self.guiding_questions.splitlines() if line.strip()]

    def get_absolute_url(self) -> str:
        return reverse("forum:topic_detail", args=[self.year, self.number])


def symbol_of(year: int | None, number: int | None) -> str:
    """Return the symbol of a topic's year and number; empty until they are given at its opening."""
    return f"TAF/{year}/{number}" if number else ""
