"""What is asked at a webinar, and what is answered in writing."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from webinars.enums import QuestionState, Translation
from webinars.models.registrations import Registration
from webinars.models.webinars import Webinar

UNSETTLED = [QuestionState.LEFT_OPEN, QuestionState.ASSIGNED, QuestionState.DRAFTED, QuestionState.CLEARED]
SHOWN = [
    QuestionState.VISIBLE,
    QuestionState.ANSWERED_LIVE,
    QuestionState.ANSWERED_CHAT,
    *UNSETTLED,
    QuestionState.PUBLISHED,
    QuestionState.CLOSED,
]


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Keep what was let through of webinars that ``viewer`` sees, and all for the Secretariat. Source: WEB-25."""
        if isinstance(viewer, User) and viewer.may_enter and viewer.is_staff:
            return self
        return self.filter(webinar__in=Webinar.objects.visible_to(viewer), state__in=SHOWN)

    def unsettled(self) -> Self:
        """Keep what was left open and is not answered in writing yet. Source: WEB-25."""
        return self.filter(state__in=UNSETTLED)


class Question(models.Model):
    """A question to a webinar's experts. Source: WEB-20, WEB-25, workflow 2.7."""

    webinar = models.ForeignKey(Webinar, on_delete=models.PROTECT, related_name="questions", verbose_name=_("webinar"))
    registration = models.ForeignKey(
        Registration,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("asked by"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("participant of the forum"),
    )
    is_anonymous = models.BooleanField(_("without my name"), default=False)
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("question"), max_length=1_000)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    asked_before = models.BooleanField(_("asked beforehand"), default=False)
    state = models.CharField(_("state"), max_length=15, choices=QuestionState, default=QuestionState.WAITING)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("same as")
    )
    is_pinned = models.BooleanField(_("first"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("answered by"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["webinar", "asked_at"]
        indexes = [models.Index(fields=["webinar", "state"], name="question_by_state")]
        constraints = [
            models.CheckConstraint(
                name="question_joined_names_the_other",
                condition=~Q(state=QuestionState.DUPLICATE) | Q(duplicate_of__isnull=False),
            ),
            models.CheckConstraint(
                name="question_is_not_the_same_as_itself", condition=Q(duplicate_of=None) | ~Q(duplicate_of=F("pk"))
            ),
            models.CheckConstraint(
                name="question_assigned_has_an_owner_and_a_day",
                condition=~Q(state__in=["assigned", "drafted", "cleared"])
                | Q(owner__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="question_not_answered_has_a_reason",
                condition=~Q(state__in=["declined", "closed"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webinar} ({self.pk})"


class QuestionVote(models.Model):
    """That somebody wants a question answered. Source: workflow 2.7."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="votes", verbose_name=_("question"))
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="votes", verbose_name=_("registration")
    )

    class Meta:
        verbose_name = _("vote for a question")
        verbose_name_plural = _("votes for questions")
        constraints = [
            models.UniqueConstraint(fields=["question", "registration"], name="question_vote_once_by_each_person")
        ]

    def __str__(self) -> str:
        return f"{self.question}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def published(self) -> Self:
        """Keep what stands on the page."""
        return self.filter(published_at__isnull=False)


class Answer(models.Model):
    """A written answer in one language. Source: WEB-25, CDIP/30/8 para 20."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers", verbose_name=_("question"))
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("answer"), max_length=10_000)
    html = models.TextField(editable=False)
    source = models.CharField(_("made"), max_length=10, choices=Translation, default=Translation.ORIGINAL)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cleared by"),
    )
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("written answer")
        verbose_name_plural = _("written answers")
        ordering = ["question", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "language"], name="answer_once_in_each_language"),
            models.CheckConstraint(
                name="answer_is_published_once_cleared",
                condition=Q(published_at=None) | Q(cleared_by__isnull=False, cleared_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} ({self.language})"
