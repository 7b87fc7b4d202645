"""Which figures are asked for."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.days import today
from accounts.languages import language_name
from accounts.models import User
from moderation.documents.participation import DIMENSIONS
from moderation.policies.figures import sees_small_figures
from moderation.queries.participation import Period

FIRST_YEAR = 2000
LONGEST = timedelta(days=3 * 366)  # a period that is counted week by week


class _FiguresForm(forms.Form):
    """What is asked for by an address; what it leaves out is as usual."""

    language = forms.ChoiceField(label=_("Language of the report"))
    publication = forms.BooleanField(
        label=_("For publication"),
        required=False,
        help_text=_("Counts that could tell of a person are left out."),
    )

    def __init__(self, asked: QueryDict, *, viewer: User) -> None:
        reader = get_language() or "en"
        usual = {"language": reader if reader in settings.REPORT_LANGUAGES else "en", **self.usual()}
        super().__init__(usual | {name: value for name, value in asked.dict().items() if value})
        self._viewer = viewer
        choices = [(code, language_name(code, reader)) for code in settings.REPORT_LANGUAGES]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        if not sees_small_figures(viewer):
            del self.fields["publication"]

    def usual(self) -> dict[str, Any]:
        raise NotImplementedError

    @property
    def for_publication(self) -> bool:
        """Whether small counts are left out: where that was asked for, and always for an evaluator."""
        return not sees_small_figures(self._viewer) or bool(self.cleaned_data["publication"])


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class UsageForm(_FiguresForm):
    """The day of the users and the year of the traffic. Source: workflow 2.9, step 1."""

    cut_off = _day(_("Users at the end of"))
    year = forms.IntegerField(label=_("Pages and sessions in the year"), min_value=FIRST_YEAR)
    field_order = ("cut_off", "year", "language", "publication")

    def usual(self) -> dict[str, Any]:
        return {"cut_off": today().isoformat(), "year": today().year}

    def clean_cut_off(self) -> date:
        return _not_to_come(self.cleaned_data["cut_off"])

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > today().year:
            raise ValidationError(_("This year is still to come."), code="to_come")
        return year


class ParticipationForm(_FiguresForm):
    """The period, and what it is looked at by."""

    starts_on = _day(pgettext_lazy("date", "From"))
    ends_on = _day(pgettext_lazy("date", "Until"))
    by = forms.ChoiceField(label=pgettext_lazy("figures", "By"), choices=list(DIMENSIONS.items()))
    field_order = ("starts_on", "ends_on", "by", "language", "publication")

    def usual(self) -> dict[str, Any]:
        monday = today() - timedelta(days=today().weekday())
        return {"starts_on": (monday - timedelta(weeks=12)).isoformat(), "ends_on": today().isoformat(), "by": "week"}

    def clean_ends_on(self) -> date:
        return _not_to_come(self.cleaned_data["ends_on"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first."))
        elif first and last and last - first > LONGEST:
            self.add_error("starts_on", _("Choose at most three years."))
        return data

    @property
    def period(self) -> Period:
        """The days that are asked for."""
        return Period(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])


def _not_to_come(day: date) -> date:
    if day > today():
        raise ValidationError(_("This day is still to come."), code="to_come")
    return day
