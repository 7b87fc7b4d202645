"""What participants and experts thought of a webinar, and what participants can show for it."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from webinars.models.cycles import Cycle
from webinars.models.proposals import Proposal
from webinars.models.registrations import Registration
from webinars.models.webinars import Engagement, Series, Webinar

ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class Feedback(models.Model):
    """What somebody who came thought; from whom is not kept. Source: WEB-26, REP-05, CDIP/30/8 para 12."""

    webinar = models.ForeignKey(Webinar, on_delete=models.PROTECT, related_name="feedback", verbose_name=_("webinar"))
    language = models.CharField(_("language"), max_length=10)
    relevance = models.PositiveSmallIntegerField(_("relevance to my daily work"), validators=ONE_TO_FIVE)
    lectures = models.PositiveSmallIntegerField(_("quality of the lectures"), validators=ONE_TO_FIVE)
    speakers = models.PositiveSmallIntegerField(_("quality of the speakers"), validators=ONE_TO_FIVE)
    opinion = models.TextField(_("what you think of it"), max_length=2_000, blank=True)
    is_shown = models.BooleanField(_("opinion may be shown"), default=False, help_text=_("After moderation."))
    given_on = models.DateField(_("given on"))

    class Meta:
        verbose_name = _("feedback of a participant")
        verbose_name_plural = _("feedback of participants")
        ordering = ["webinar", "pk"]

    def __str__(self) -> str:
        return f"{self.webinar} ({self.pk})"


class FeedbackReceipt(models.Model):
    """That somebody has given feedback, so that they do once; not what they said. Source: WEB-26."""

    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, related_name="feedback_receipt", verbose_name=_("registration")
    )

    class Meta:
        verbose_name = _("receipt for feedback")
        verbose_name_plural = _("receipts for feedback")

    def __str__(self) -> str:
        return str(self.registration)


class ExpertFeedback(models.Model):
    """What an expert thought of a webinar. Source: WEB-26, CDIP/30/8 para 12."""

    engagement = models.OneToOneField(
        Engagement, on_delete=models.PROTECT, related_name="feedback", verbose_name=_("expert")
    )
    audience = models.PositiveSmallIntegerField(_("fit of the audience"), validators=ONE_TO_FIVE)
    preparation = models.PositiveSmallIntegerField(_("preparation by the Secretariat"), validators=ONE_TO_FIVE)
    questions = models.PositiveSmallIntegerField(_("quality of the questions"), validators=ONE_TO_FIVE)
    opinion = models.TextField(_("what you think of it"), max_length=2_000, blank=True)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)

    class Meta:
        verbose_name = _("feedback of an expert")
        verbose_name_plural = _("feedback of experts")
        ordering = ["engagement"]

    def __str__(self) -> str:
        return str(self.engagement)


class SuggestionQuerySet(models.QuerySet["TopicSuggestion"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Keep what was read by the Secretariat for members who plan, and all for the Secretariat. Source: WEB-26."""
        if not (isinstance(viewer, User) and viewer.may_enter and viewer.reads_every_room):
            return self.none()
        return self if viewer.is_staff else self.filter(accepted_at__isnull=False)


class TopicSuggestion(models.Model):
    """A topic that participants or experts suggest for later. Source: WEB-26, CDIP/30/8 para 12."""

    webinar = models.ForeignKey(
        Webinar, on_delete=models.PROTECT, related_name="suggestions", verbose_name=_("webinar")
    )
    language = models.CharField(_("language"), max_length=10)
    text = models.CharField(_("topic"), max_length=500)
    from_expert = models.BooleanField(_("by an expert"), default=False)
    suggested_on = models.DateField(_("suggested on"))
    accepted_at = models.DateTimeField(_("shown to members at"), null=True, blank=True)
    proposal = models.ForeignKey(
        Proposal,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("proposal"),
    )

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggested topic")
        verbose_name_plural = _("suggested topics")
        ordering = ["-suggested_on"]

    def __str__(self) -> str:
        return f"{self.webinar} ({self.pk})"


class Certificate(models.Model):
    """That somebody attended, with a code that anybody can check. Source: workflow 2.7."""

    registration = models.OneToOneField(
        Registration, on_delete=models.PROTECT, related_name="certificate", verbose_name=_("registration")
    )
    code = models.CharField(_("code"), max_length=20, unique=True)
    full_name = models.CharField(_("name"), max_length=120)
    minutes = models.PositiveSmallIntegerField(_("minutes attended"))
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return self.code

    @property
    def language(self) -> str:
        """That of our mail to whose it is."""
        return self.registration.language

    @property
    def webinars(self) -> list[Webinar]:
        """What it is about."""
        return [self.registration.webinar]


class SeriesCertificate(models.Model):
    """That somebody attended all of an explored series, with a code that anybody can check. Source: workflow 2.7.

    It stands on one registration for each part; a registration stands for one such certificate at most.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("series"))
    code = models.CharField(_("code"), max_length=20, unique=True)
    full_name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10)
    minutes = models.PositiveIntegerField(_("minutes attended"))
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)

    class Meta:
        verbose_name = _("certificate of a series")
        verbose_name_plural = _("certificates of series")
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return self.code

    @property
    def webinars(self) -> list[Webinar]:
        """What was attended, the earliest first."""
        return list(Webinar.objects.filter(registrations__series_certificate=self).order_by("starts_at", "pk"))


class AnnualReport(models.Model):
    """A year's figures, frozen when they were reported. Source: REP-03, CDIP/30/8 para 21."""

    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="report", verbose_name=_("cycle"))
    figures = models.JSONField(_("figures"))
    narrative = models.TextField(_("narrative"), max_length=20_000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("annual report")
        verbose_name_plural = _("annual reports")
        ordering = ["-cycle"]

    def __str__(self) -> str:
        return str(self.cycle)
