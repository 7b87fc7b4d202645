"""What participants propose as topics of the week."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_name
from accounts.models import MemberState, User
from forum.models import Category, Topic
from moderation.enums import ProposalState

TITLE_LENGTH = 120
WHY_LENGTH = 4_000


class TopicProposalQuerySet(models.QuerySet["TopicProposal"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep what participants may support, one's own whatever became of it, and all for those who decide.

        Source: FOR-03, workflow 2.2.
        """
        if not (viewer.may_enter and viewer.reads_every_room):
            return self.none()
        if viewer.is_moderator:
            return self
        hidden = [ProposalState.DECLINED, ProposalState.WITHDRAWN]
        return self.filter(~Q(state__in=hidden) | Q(proposed_by=viewer))

    def with_support(self, viewer: User) -> Self:
        """Add how many people support each, or what was merged into it, and whether ``viewer`` does.

        What lists show about it comes with it. Source: workflow 2.2.
        """
        supports = ProposalSupport.objects.filter(Q(proposal=OuterRef("pk")) | Q(proposal__merged_into=OuterRef("pk")))
        people = supports.order_by().annotate(all=Value(1)).values("all").values(n=Count("user", distinct=True))
        return self.annotate(
            supporters=Coalesce(Subquery(people, output_field=models.IntegerField()), 0),
            is_supported=Exists(ProposalSupport.objects.filter(proposal=OuterRef("pk"), user=viewer)),
        ).select_related("member_state", "category", "proposed_by", "topic", "merged_into")

    def undecided(self) -> Self:
        """Keep what still waits for a decision."""
        return self.filter(state__in=[ProposalState.SUBMITTED, ProposalState.UNDER_REVIEW])


class TopicProposal(models.Model):
    """A participant's suggestion for a weekly topic, in the proposer's language. Source: FOR-03, workflow 2.2."""

    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    why = models.TextField(_("why"), max_length=WHY_LENGTH, help_text=_("Why it is worth a week of everybody’s time."))
    expected_result = models.TextField(
        _("expected result"),
        max_length=2_000,
        blank=True,
        help_text=_("What the discussion should have produced at its end."),
    )
    language = models.CharField(_("language"), max_length=10, help_text=_("In which it is written."))
    wanted_languages = ArrayField(models.CharField(max_length=10), verbose_name=_("wanted in"), default=list)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="topic_proposals",
        verbose_name=_("proposed by"),
    )
    member_state = models.ForeignKey(
        MemberState,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("member state"),
        help_text=_("The proposer's when it was proposed."),
    )
    names_proposer = models.BooleanField(_("the topic may name me"), default=False)
    by_mail = models.BooleanField(_("came by mail"), default=False, editable=False)
    state = models.CharField(_("state"), max_length=15, choices=ProposalState, default=ProposalState.SUBMITTED)
    reason = models.TextField(_("reason"), max_length=1_000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    topic = models.ForeignKey(
        Topic,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("topic"),
        help_text=_("The topic that was made of it."),
    )
    submission_key = models.UUIDField(
        null=True, blank=True, editable=False, help_text=_("Made with the form, so that a form sent twice counts once.")
    )
    created_at = models.DateTimeField(_("proposed at"), default=timezone.now)

    objects = TopicProposalQuerySet.as_manager()

    supporters: int  # added by ``with_support``
    is_supported: bool  # likewise

    class Meta:
        verbose_name = _("topic proposal")
        verbose_name_plural = _("topic proposals")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["proposed_by", "submission_key"], name="topic_proposal_once_for_each_form"),
            models.CheckConstraint(
                name="topic_proposal_declined_with_a_reason",
                condition=~Q(state=ProposalState.DECLINED) | ~Q(reason=""),
                violation_error_message=_("Say why it is declined."),
            ),
            models.CheckConstraint(
                name="topic_proposal_merged_names_the_other",
                condition=~Q(state=ProposalState.MERGED) | Q(merged_into__isnull=False),
            ),
            models.CheckConstraint(
                name="topic_proposal_is_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def credit(self) -> str:
        """Whom lists name: the member state, or of those who are of none the role."""
        return str(self.member_state or self.proposed_by.get_role_display())

    @property
    def wanted_names(self) -> str:
        """The languages in which the proposer would like it, in the reader's."""
        own = get_language() or settings.LANGUAGE_CODE
        return pgettext("in a list", ", ").join(language_name(code, own) for code in self.wanted_languages)

    def get_absolute_url(self) -> str:
        return reverse("moderation:topic_proposal_detail", args=[self.pk])


class ProposalSupport(models.Model):
    """That a participant supports a proposal; it helps ordering and is no vote. Source: workflow 2.2."""

    proposal = models.ForeignKey(
        TopicProposal, on_delete=models.CASCADE, related_name="supports", verbose_name=_("topic proposal")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="supported_proposals",
        verbose_name=_("participant"),
    )
    created_at = models.DateTimeField(_("supported at"), default=timezone.now)

    class Meta:
        verbose_name = _("support of a proposal")
        verbose_name_plural = _("support of proposals")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "user"], name="proposal_supported_once_by_each_person")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.proposal}"
