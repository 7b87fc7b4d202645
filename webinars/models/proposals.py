"""What is proposed for a year's programme, and which groups want it."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberState, RegionalGroup, User
from webinars.enums import CycleState, InterestLevel, Origin, ProposalState
from webinars.models.cycles import PUBLIC, Cycle, coordinated_group
from webinars.models.places import Region, ScopeArea

LISTED = [Origin.SECRETARIAT, Origin.CARRIED, Origin.SUGGESTION]
"""Where the topics of the Secretariat's list come from."""
UNFINISHED = [ProposalState.DRAFT, ProposalState.WITH_COORDINATOR, ProposalState.RETURNED]
ANSWERS_SEEN = [
    CycleState.CLOSED,
    CycleState.ANALYSIS,
    CycleState.DECIDED,
    CycleState.PUBLISHED,
    CycleState.RUNNING,
    CycleState.REPORTED,
]


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Keep what a viewer may know of: the published outcome for everybody; before, by whose it is.

        The Secretariat sees all but others' drafts, and what waits for a coordinator once the answers are closed, or
        where there is no group; members see its list from when it is shared, and the groups' own from the deadline
        (or at once, where the cycle says so); who works on one sees it always.
        Source: WEB-08, WEB-09, WEB-14, reading A15.
        """
        published = Q(cycle__state__in=PUBLIC) & ~Q(state__in=[*UNFINISHED, ProposalState.WITHDRAWN])
        if not (isinstance(viewer, User) and viewer.may_enter and viewer.reads_every_room):
            return self.filter(published)
        own = Q(proposed_by=viewer)
        if viewer.is_staff:
            waits = Q(state=ProposalState.WITH_COORDINATOR)
            left = waits & (Q(cycle__state__in=ANSWERS_SEEN) | Q(group=None))
            return self.filter((~Q(state=ProposalState.DRAFT) & ~waits) | left | own)
        shared = ~Q(cycle__state=CycleState.PREPARING) & Q(origin__in=LISTED)
        seen = Q(cycle__state__in=ANSWERS_SEEN) | Q(cycle__hides_answers=False)
        others = ~Q(state__in=UNFINISHED) & ~Q(cycle__state=CycleState.PREPARING) & seen
        own |= Q(group__isnull=False, group=coordinated_group(viewer)) & ~(
            Q(state=ProposalState.DRAFT) & ~Q(proposed_by=viewer) & Q(origin=Origin.MEMBER)
        )
        return self.filter(published | (shared & ~Q(state__in=UNFINISHED)) | others | own)


class Cluster(models.Model):
    """Proposals that are taken together; none of them is lost by it. Source: WEB-13, CDIP/30/8 para 9."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="clusters", verbose_name=_("cycle"))
    lead = models.OneToOneField(
        "Proposal", on_delete=models.PROTECT, related_name="leads", verbose_name=_("leading proposal")
    )
    reason = models.TextField(_("reason"), max_length=1_000)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("cluster of proposals")
        verbose_name_plural = _("clusters of proposals")
        ordering = ["cycle", "pk"]

    def __str__(self) -> str:
        return str(self.lead)


class Proposal(models.Model):
    """A wish for a webinar or a progressive series. Source: WEB-08 to WEB-15, CDIP/30/8 paras 7-10.

    ``pending_state`` is what was decided and not published yet; nobody but the Secretariat sees it.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("cycle"))
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("In its cycle; never used again."))
    origin = models.CharField(_("origin"), max_length=12, choices=Origin)
    group = models.ForeignKey(
        RegionalGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="webinar_proposals",
        verbose_name=_("regional group"),
    )
    member_state = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member state")
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="webinar_proposals",
        verbose_name=_("written by"),
    )
    entered_by_secretariat = models.BooleanField(_("entered by the Secretariat"), default=False)
    language = models.CharField(_("written in"), max_length=10)
    title = models.CharField(_("title"), max_length=160)
    aims = models.TextField(_("objectives"), max_length=4_000)
    audience = models.TextField(_("target audience"), max_length=2_000)
    subject = models.TextField(_("subject"), max_length=4_000)
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("wanted in"), default=list)
    regions = models.ManyToManyField(Region, blank=True, related_name="proposals", verbose_name=_("for"))
    scope_area = models.ForeignKey(
        ScopeArea, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scope area")
    )
    is_about_delivery = models.BooleanField(_("about delivering technical assistance"), default=True)
    about_note = models.CharField(_("if not, why it belongs here"), max_length=300, blank=True)
    elsewhere = models.TextField(
        _("related activity elsewhere"), max_length=1_000, blank=True, help_text=_("So that nothing is done twice.")
    )
    is_series = models.BooleanField(_("a progressive series"), default=False)
    builds_on = models.ManyToManyField(
        "webinars.Webinar", blank=True, related_name="+", verbose_name=_("builds on webinars held")
    )
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name=_("carried from"),
    )
    cluster = models.ForeignKey(
        Cluster, on_delete=models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("cluster")
    )
    is_in_scope = models.BooleanField(_("in scope"), null=True, blank=True, help_text=_("As the analysis marked it."))
    must_be_in = models.BooleanField(_("must be in"), default=False)
    is_barred = models.BooleanField(_("not this year"), default=False)
    state = models.CharField(_("state"), max_length=16, choices=ProposalState, default=ProposalState.DRAFT)
    state_reason = models.TextField(_("reason"), max_length=1_000, blank=True)
    pending_state = models.CharField(_("state to be published"), max_length=16, choices=ProposalState, blank=True)
    pending_reason = models.TextField(_("reason to be published"), max_length=1_000, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun at"), default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now, editable=False)
    submission_key = models.UUIDField(
        null=True, blank=True, editable=False, help_text=_("Made with the form, so that a form sent twice counts once.")
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("webinar proposal")
        verbose_name_plural = _("webinar proposals")
        ordering = ["cycle", "number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="proposal_number_once_in_a_cycle"),
            models.UniqueConstraint(fields=["proposed_by", "submission_key"], name="proposal_once_for_each_form"),
            models.CheckConstraint(
                name="proposal_of_a_group_names_it",
                condition=~Q(origin=Origin.GROUP) | Q(group__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_not_taken_has_a_reason",
                condition=~Q(state__in=[ProposalState.DECLINED, ProposalState.RETURNED]) | ~Q(state_reason=""),
            ),
            models.CheckConstraint(
                name="proposal_is_not_both_in_and_barred", condition=~Q(must_be_in=True, is_barred=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """What it is called in every list, such as ``P/2027/12``."""
        return f"P/{self.cycle.year}/{self.number}"

    @property
    def reason(self) -> str:
        """Why it is where it is: as was said, else what its outcome says by itself. Source: WEB-14."""
        by_itself = {
            ProposalState.SELECTED.value: _("It is in the programme of the year."),
            ProposalState.CARRIED_OVER.value: _("The programme of the year was chosen without it."),
            ProposalState.WITHDRAWN.value: _("Those who proposed it have withdrawn it."),
        }
        return self.state_reason or str(by_itself.get(self.state, ""))

    def get_absolute_url(self) -> str:
        return reverse("webinars:proposal_detail", args=[self.pk])


class ProposalPart(models.Model):
    """One part of a proposed series, in its order. Source: WEB-03, WEB-10."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="parts", verbose_name=_("proposal"))
    position = models.PositiveSmallIntegerField(_("part"))
    title = models.CharField(_("title"), max_length=160)
    aims = models.TextField(_("objectives"), max_length=2_000, blank=True)

    class Meta:
        verbose_name = _("part of a proposed series")
        verbose_name_plural = _("parts of proposed series")
        ordering = ["proposal", "position"]
        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="proposal_part_once_in_order")]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class ProposalVersion(models.Model):
    """An earlier wording of a proposal. Source: WEB-14 (states may use the list in later years)."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="versions", verbose_name=_("proposal")
    )
    texts = models.JSONField(_("texts"))
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("replaced by")
    )
    replaced_at = models.DateTimeField(_("replaced at"), default=timezone.now)

    class Meta:
        verbose_name = _("earlier wording of a proposal")
        verbose_name_plural = _("earlier wordings of proposals")
        ordering = ["proposal", "-replaced_at"]

    def __str__(self) -> str:
        return f"{self.proposal} ({self.replaced_at:%Y-%m-%d})"

    @property
    def words(self) -> list[str]:
        """What it said, in the order in which it is written."""
        return [said for said in self.texts.values() if isinstance(said, str)]


class InterestQuerySet(models.QuerySet["Interest"]):
    def current(self) -> Self:
        """Keep what holds, without what was said before."""
        return self.filter(replaced_at=None)

    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Keep one's own group's; others' from the deadline, or at once where the cycle says so. Source: WEB-09."""
        if not (isinstance(viewer, User) and viewer.may_enter and viewer.reads_every_room):
            return self.none()
        if viewer.is_staff:
            return self
        own = Q(group=coordinated_group(viewer))
        if viewer.member_state is not None:
            own |= Q(group__isnull=False, group=viewer.member_state.group_id)
        seen = Q(proposal__cycle__state__in=ANSWERS_SEEN) | Q(proposal__cycle__hides_answers=False)
        return self.filter(own | seen)


class Interest(models.Model):
    """A group's wish for a topic: one current row for each, earlier ones kept. Source: WEB-09, CDIP/30/8 para 8."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="interests", verbose_name=_("proposal")
    )
    group = models.ForeignKey(
        RegionalGroup, on_delete=models.PROTECT, related_name="interests", verbose_name=_("regional group")
    )
    level = models.PositiveSmallIntegerField(_("interest"), choices=InterestLevel)
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages"), default=list, blank=True)
    wants_own = models.BooleanField(_("a session of its own"), default=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_by_secretariat = models.BooleanField(_("entered by the Secretariat"), default=False)
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("interest of a group")
        verbose_name_plural = _("interests of groups")
        ordering = ["proposal", "group", "-entered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "group"], condition=Q(replaced_at=None), name="interest_is_current_once"
            ),
            models.CheckConstraint(
                name="interest_is_replaced_after_it_is_entered",
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("entered_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.proposal}"


class GroupAnswer(models.Model):
    """That a group has handed its answer in; it can be changed until the deadline. Source: WEB-09."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="answers", verbose_name=_("cycle"))
    group = models.ForeignKey(
        RegionalGroup, on_delete=models.PROTECT, related_name="+", verbose_name=_("regional group")
    )
    submitted_at = models.DateTimeField(_("handed in at"), default=timezone.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("handed in by")
    )
    by_secretariat = models.BooleanField(_("entered by the Secretariat"), default=False)

    class Meta:
        verbose_name = _("answer of a group")
        verbose_name_plural = _("answers of groups")
        ordering = ["cycle", "group"]
        constraints = [models.UniqueConstraint(fields=["cycle", "group"], name="answer_once_of_each_group")]

    def __str__(self) -> str:
        return f"{self.cycle}: {self.group}"
