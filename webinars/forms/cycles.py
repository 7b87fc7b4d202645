"""Input about the yearly cycle."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.days import today
from webinars.models import Cycle, ScopeArea
from webinars.queries.cycles import mark_of
from webinars.services.cycles import UNTIL

MOMENT = "%Y-%m-%dT%H:%M"
SOONEST = timedelta(weeks=6)  # from now to the deadline that is offered, where the year's usual one is too near


def usual_calendar(year: int) -> dict[str, Any]:
    """Return the calendar that is offered for a year: the second half of the one before. Source: CDIP/30/8 para 7."""
    dates = {name: date(year - 1, month, day) for name, (month, day) in settings.WEBINAR_CALENDAR.items()}
    late = max(timedelta(0), today() + SOONEST - dates["answers_due_at"])
    due = dates["answers_due_at"] + late
    return {
        "answers_due_at": datetime(due.year, due.month, due.day, 18, tzinfo=timezone.get_default_timezone()),
        "decision_on": dates["decision_on"] + late,
        "publication_on": dates["publication_on"] + late,
    }


class CycleForm(forms.ModelForm):
    """The calendar and the rules of a year, with the documents' values to begin with. Source: reading A26."""

    class Meta:
        model = Cycle
        fields = (
            "year",
            "answers_due_at",
            "decision_on",
            "publication_on",
            "hides_answers",
            "priority_marks",
            "strong_marks",
            "cap",
            "counts_repeats",
            "most_per_proposal",
            "scheme",
            "needs_adoption",
            "staff_days",
            "fewest_languages",
            "most_per_language",
        )
        widgets = {
            "answers_due_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
            "decision_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "publication_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    in_scope: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        ScopeArea.objects.none(),
        label=_("Scope areas that come first"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where there are too many requests, topics in these areas are preferred; others are not refused."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = self.fields["in_scope"]
        assert isinstance(areas, forms.ModelMultipleChoiceField)
        areas.queryset = ScopeArea.objects.all()
        self.fields["year"].widget.attrs |= {"min": 2020, "max": 2100}
        if self.instance.pk:
            self.initial["seen"] = mark_of(self.instance)
            self.initial["in_scope"] = [scope.area_id for scope in self.instance.scopes.filter(in_scope=True)]
            for name, states in UNTIL.items():
                self.fields[name].disabled = self.instance.state not in states
        else:
            self.initial["in_scope"] = list(areas.queryset)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not 2020 <= year <= 2100:
            raise forms.ValidationError(_("Write the year with four digits."))
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        due, decision, publication = (cleaned.get(n) for n in ("answers_due_at", "decision_on", "publication_on"))
        if due and decision and timezone.localdate(due, timezone.get_default_timezone()) >= decision:
            self.add_error("decision_on", _("The decision comes after the deadline for answers."))
        if decision and publication and publication < decision:
            self.add_error("publication_on", _("The programme is published after the decision."))
        for name in ("cap", "most_per_proposal", "fewest_languages"):
            if cleaned.get(name) == 0:
                self.add_error(name, _("At least one."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the order of dates to ``clean``, which says it at the field that is to be changed."""
        return {*super()._get_validation_exclusions(), "publication_on"}  # type: ignore[misc]

    def let_save_over(self, saved: Cycle) -> None:
        """Have the form, shown again, know of what somebody else has saved meanwhile."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = mark_of(saved)  # type: ignore[index]

    @property
    def settings(self) -> dict[str, Any]:
        """The cleaned values by name of the model's field."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ReopeningForm(forms.Form):
    """Opening answers again."""

    reason = forms.CharField(
        label=_("Why answers are opened again"),
        max_length=450,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Every coordinator reads it."),
    )
    answers_due_at = forms.DateTimeField(
        label=_("New deadline"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )
    seen = forms.CharField(widget=forms.HiddenInput)
