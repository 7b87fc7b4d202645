"""The library of practices: contributions completed so that others can find and use them."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberState, RegionalGroup, User
from forum.enums import Beneficiary, Delivery, EntryState, EntryType, Permission, Plan, Review
from forum.models.posts import Post
from forum.models.topics import Category, Step


class LibraryEntryQuerySet(models.QuerySet["LibraryEntry"]):
    def visible_to(self, viewer: User) -> Self:
        """Keep the published entries for participants, one's own, and those that one has to judge.

        What is unfinished is its writer's alone. The moderator judges all others; a focal point those whose
        publication needs the permission of the state. Source: LIB-01, FOR-24, LIB-15, ACC-05, workflow 2.3.
        """
        if not (viewer.may_enter and viewer.reads_every_room):
            return self.none()
        proposed, own = ~Q(state=EntryState.DRAFT), Q(proposed_by=viewer)
        if viewer.is_moderator:
            return self.filter(proposed | own)
        seen = Q(state=EntryState.PUBLISHED) | (proposed & Q(post__author=viewer))
        if viewer.is_focal_point:
            asked = EntryPermission.objects.filter(member_state=viewer.member_state_id)
            seen |= proposed & Q(pk__in=asked.values("entry"))
        return self.filter(seen | own)

    def published_to(self, viewer: User) -> Self:
        """Keep those that stand in the library, for whoever reads it. Source: LIB-01, ACC-05."""
        if not (viewer.may_enter and viewer.reads_every_room):
            return self.none()
        return self.filter(state=EntryState.PUBLISHED)


class LibraryEntry(models.Model):
    """A practice, tool or methodology of technical assistance. Source: LIB-01 to LIB-12, FOR-24, LIB-15 to LIB-18.

    It begins unfinished, is proposed, and is published by the moderator. What discloses legislative advice, shows a
    strategy or plan of a state, or names another state than its proposer's is published only once the states
    named have agreed; ``permission`` sums up what they answered.
    """

    number = models.PositiveIntegerField(
        _("number"), unique=True, null=True, blank=True, editable=False, help_text=_("Given at publication.")
    )
    post = models.OneToOneField(
        Post,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="library_entry",
        verbose_name=_("contribution"),
    )
    entry_type = models.CharField(_("type"), max_length=12, choices=EntryType, blank=True)
    title = models.CharField(_("title"), max_length=160, blank=True)
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("What it is and whom it helped, in a few sentences.")
    )
    language = models.CharField(_("language"), max_length=10)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    step = models.ForeignKey(
        Step,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("step of the assistance cycle"),
    )
    states = models.ManyToManyField(
        MemberState, blank=True, related_name="library_entries", verbose_name=_("member states concerned")
    )
    groups = models.ManyToManyField(
        RegionalGroup, blank=True, related_name="library_entries", verbose_name=_("regional groups concerned")
    )
    programme = models.CharField(_("WIPO programme"), max_length=160, blank=True)
    provider = models.CharField(_("provider"), max_length=160, blank=True, help_text=_("When it is not WIPO."))
    beneficiary = models.CharField(_("beneficiary"), max_length=12, choices=Beneficiary, blank=True)
    delivery = models.CharField(_("mode of delivery"), max_length=12, choices=Delivery, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    resources_allocated = models.PositiveBigIntegerField(
        _("resources allocated"), null=True, blank=True, help_text=_("In Swiss francs.")
    )
    resources_spent = models.PositiveBigIntegerField(
        _("resources spent"), null=True, blank=True, help_text=_("In Swiss francs.")
    )
    expected_result = models.TextField(_("expected result"), blank=True)
    achieved_result = models.TextField(_("achieved result"), blank=True)
    lessons = models.TextField(_("lessons learned"), blank=True)
    address = models.URLField(_("address"), blank=True, help_text=_("Where more of it is found."))
    review = models.CharField(_("review"), max_length=12, choices=Review, default=Review.NONE)
    is_legislative_advice = models.BooleanField(
        _("discloses legislative advice"),
        null=True,
        blank=True,
        help_text=_("Such advice is confidential: it is published only with the permission of the state."),
    )
    plan = models.CharField(
        _("strategy, policy or plan of a state"),
        max_length=12,
        choices=Plan,
        blank=True,
        help_text=_("It is published once it is complete, with the permission of the state."),
    )
    permission = models.CharField(
        _("permission of the states"), max_length=12, choices=Permission, default=Permission.NOT_NEEDED, editable=False
    )
    state = models.CharField(
        pgettext_lazy("entry of the library", "state"), max_length=10, choices=EntryState, default=EntryState.DRAFT
    )
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text=_("Counts the changes, so that nobody decides on what they have not read.")
    )
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="proposed_entries", verbose_name=_("proposed by")
    )
    submission_key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text=_("Made with the form, so that a form sent twice is kept once.")
    )
    begun_at = models.DateTimeField(_("begun at"), default=timezone.now)
    proposed_at = models.DateTimeField(_("proposed at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.TextField(_("reason"), blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("last reviewed at"), null=True, blank=True)

    objects = LibraryEntryQuerySet.as_manager()

    state_names: list[str]  # added by ``forum.queries.library``
    group_names: list[str]  # added by ``forum.queries.library``

    class Meta:
        verbose_name = _("entry of the library")
        verbose_name_plural = _("entries of the library")
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "-published_at", "-id"], name="entry_by_publication"),
            models.Index(fields=["state", "-reviewed_at", "-id"], name="entry_by_review"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["proposed_by", "submission_key"], name="entry_once_for_each_form"),
            models.CheckConstraint(
                name="entry_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The period ends after it begins."),
            ),
            models.CheckConstraint(
                name="entry_proposed_is_complete",
                condition=Q(state=EntryState.DRAFT)
                | (
                    ~Q(entry_type="")
                    & ~Q(title="")
                    & ~Q(summary="")
                    & ~Q(plan="")
                    & Q(category__isnull=False, is_legislative_advice__isnull=False, proposed_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="entry_published_has_a_number",
                condition=~Q(state=EntryState.PUBLISHED)
                | Q(number__isnull=False, published_at__isnull=False, reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="entry_published_with_permission",
                condition=~Q(state=EntryState.PUBLISHED)
                | Q(permission=Permission.GRANTED)
                | Q(permission=Permission.NOT_NEEDED, is_legislative_advice=False, plan=Plan.NONE),
            ),
            models.CheckConstraint(
                name="entry_of_a_plan_published_once_complete",
                condition=~Q(state=EntryState.PUBLISHED, plan=Plan.UNFINISHED),
            ),
        ]

    def __str__(self) -> str:
        return self.title or gettext("Without a title yet")

    @property
    def symbol(self) -> str:
        """The citable symbol, such as ``TAF/LIB/12``; empty until it is published."""
        return f"TAF/LIB/{self.number}" if self.number else ""

    @property
    def contributor_id(self) -> int:
        """Whose it is: the author of the contribution that it is made from, else who proposed it."""
        return (self.post and self.post.author_id) or self.proposed_by_id

    @property
    def discloses(self) -> bool:
        """Whether it tells what is the state's to publish. Source: FOR-24, LIB-15."""
        return bool(self.is_legislative_advice) or self.plan in {Plan.COMPLETE, Plan.UNFINISHED}

    def get_absolute_url(self) -> str:
        return reverse("forum:entry_detail", args=[self.pk])


class EntryPermission(models.Model):
    """What a state answers when it is asked whether an entry may be published. Source: FOR-24, LIB-15."""

    entry = models.ForeignKey(
        LibraryEntry, on_delete=models.CASCADE, related_name="permissions", verbose_name=_("entry of the library")
    )
    member_state = models.ForeignKey(
        MemberState, on_delete=models.PROTECT, related_name="+", verbose_name=_("member state")
    )
    answer = models.CharField(_("answer"), max_length=12, choices=Permission, default=Permission.ASKED)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("permission of a state")
        verbose_name_plural = _("permissions of states")
        ordering = ["entry", "member_state"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "member_state"], name="permission_asked_of_a_state_once"),
            models.CheckConstraint(
                name="permission_answered_by_somebody",
                condition=Q(answer=Permission.ASKED) | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} ({self.member_state})"
