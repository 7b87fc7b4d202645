"""Input about the choice of the year's webinars."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from webinars.models import Cycle, Decision, Proposal, Region
from webinars.queries.selection import Candidate, option_of, units

SCOPE = {"": None, "in": True, "out": False}


@dataclass
class Sheet:
    """What is marked and decided on the bench, as it was sent or as it stands.

    Args:
        scope: ``in``, ``out`` or nothing, by id of the proposal.
        must: Ids of proposals that must be held.
        barred: Ids of proposals that are not held this year.
        locked: Ids of ways that must be taken.
        ruled_out: Ids of ways that are not taken.
        taken: Ids of ways that are taken.
        reasons: Why a proposal is not taken, by its id.
        difference: Why the list is other than the computed one.
        uncovered_reason: Why a region has no webinar.
    """

    scope: dict[int, str] = field(default_factory=dict)
    must: set[int] = field(default_factory=set)
    barred: set[int] = field(default_factory=set)
    locked: set[int] = field(default_factory=set)
    ruled_out: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    reasons: dict[int, str] = field(default_factory=dict)
    difference: str = ""
    uncovered_reason: str = ""

    @classmethod
    def of(cls, cycle: Cycle, among: Iterable[Candidate], advised: Iterable[str]) -> Self:
        """Return what stands: what was decided, else what the last run advises."""
        sheet = cls(uncovered_reason=cycle.uncovered_reason)
        decided: set[int] = set()
        for candidate in among:
            proposal = candidate.proposal
            mark = proposal.is_in_scope
            sheet.scope[proposal.pk] = "" if mark is None else "in" if mark else "out"
            sheet.reasons[proposal.pk] = proposal.pending_reason
            if proposal.must_be_in:
                sheet.must.add(proposal.pk)
            if proposal.is_barred:
                sheet.barred.add(proposal.pk)
            for option in candidate.options:
                if option.is_locked:
                    sheet.locked.add(option.pk)
                if option.is_barred:
                    sheet.ruled_out.add(option.pk)
                decision: Decision | None = getattr(option, "decision", None)
                if decision is not None:
                    decided.add(option.pk)
                    sheet.difference = decision.reason or sheet.difference
        sheet.taken = decided or {option_of(key) for key in advised}
        return sheet

    @classmethod
    def sent(cls, data: QueryDict, among: Iterable[Candidate]) -> Self:
        """Return what was sent, for the proposals that are there."""
        proposals = [candidate.proposal.pk for candidate in among]

        def ids(name: str) -> set[int]:
            return {int(value) for value in data.getlist(name) if value.isdigit()}

        return cls(
            scope={pk: sent for pk in proposals if (sent := data.get(f"scope_{pk}", "")) in SCOPE},
            must=ids("must"),
            barred=ids("barred"),
            locked=ids("locked"),
            ruled_out=ids("ruled_out"),
            taken=ids("taken"),
            reasons={pk: data.get(f"reason_{pk}", "")[:1_000] for pk in proposals},
            difference=data.get("difference", "")[:1_000],
            uncovered_reason=data.get("uncovered_reason", "")[:2_000],
        )

    @property
    def scope_marks(self) -> dict[int, bool | None]:
        """What is marked in scope, out of it, or left to the scope area."""
        return {pk: SCOPE[sent] for pk, sent in self.scope.items()}


class OptionForm(forms.Form):
    """One way to hold a proposal: a language and those it is for."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    part = forms.TypedChoiceField(label=_("Part of the series"), coerce=int)
    regions: "forms.ModelMultipleChoiceField[Region]" = forms.ModelMultipleChoiceField(
        label=_("For"), queryset=Region.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    staff_days = forms.IntegerField(label=_("Staff days"), min_value=0, max_value=365, initial=5)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [(part.position, str(part)) for part in proposal.parts.all()]
        if parts:
            self.fields["part"].choices = parts  # type: ignore[attr-defined]
        else:
            del self.fields["part"]
        self.fields["regions"].queryset = units(proposal.cycle)  # type: ignore[attr-defined]
        self.fields["regions"].error_messages["required"] = _("Choose at least one region that the webinar is for.")


class MergeForm(forms.Form):
    """Proposals taken together under one of them."""

    lead = forms.IntegerField()
    others = forms.TypedMultipleChoiceField(coerce=int)
    reason = forms.CharField(max_length=1_000, required=False)

    def __init__(self, *args: Any, proposals: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["others"].choices = [(pk, pk) for pk in proposals]  # type: ignore[attr-defined]
        self.fields["others"].error_messages["required"] = _("Choose the leading proposal and at least one other.")


class PairForm(forms.Form):
    """Two proposals that are not both held."""

    first = forms.IntegerField()
    second = forms.IntegerField()
    reason = forms.CharField(max_length=300, required=False)


class CapForm(forms.Form):
    """An exception to the most webinars of a year."""

    most = forms.IntegerField(required=False, min_value=1, max_value=100)
    reason = forms.CharField(max_length=2_000, required=False)
