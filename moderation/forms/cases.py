"""Input about reported posts, appeals and complaints."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.days import today
from accounts.models import User
from forum.enums import RemovalReason
from forum.forms.posts import body_field
from forum.models import Room
from moderation.enums import FOR_MEASURES, FOR_NOTHING, FOR_OTHER_WORDS, CommonReason, Outcome, ReportReason
from moderation.models import Case
from moderation.policies.cases import LIMITS

STATES = [
    ("open", pgettext_lazy("cases", "Waiting")),
    ("second", pgettext_lazy("cases", "Waiting for a second person")),
    ("changed", pgettext_lazy("cases", "Changed by the author")),
    ("decided", pgettext_lazy("cases", "Decided")),
]


def words(label: Any, *, help_text: Any = "", most: int = 2_000, rows: int = 4, required: bool = True) -> Any:
    """Return a field for some sentences.

    Args:
        label: Of the field.
        help_text: Below it.
        most: How many characters it takes.
        rows: How high it is.
        required: Whether it must be filled in.
    """
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, help_text=help_text, max_length=most, required=required, widget=widget)


def reasons_for(label: Any, reasons: Sequence[CommonReason]) -> tuple[Any, list[tuple[str, Any]]]:
    """Return common reasons as a group of choices."""
    return label, [(reason.value, reason.label) for reason in reasons]


class ReportForm(forms.Form):
    """Why a reader reports a post."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"), choices=ReportReason.choices, widget=forms.RadioSelect
    )
    text = words(
        _("In your words (optional)"),
        help_text=_("Those who moderate read it. The author is not told who reported the post."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reason") == ReportReason.OTHER and not cleaned.get("text"):
            self.add_error("text", _("Say what is wrong with it."))
        return cleaned


class CaseFilterForm(forms.Form):
    """Which cases are listed."""

    state = forms.ChoiceField(label=pgettext_lazy("cases", "State"), choices=STATES, required=False)
    room = forms.ChoiceField(label=pgettext_lazy("cases", "Room"), required=False)
    whose = forms.ChoiceField(
        label=_("Whose"),
        choices=[
            ("", pgettext_lazy("cases", "Everybody’s")),
            ("mine", pgettext_lazy("cases", "Mine")),
            ("nobody", pgettext_lazy("cases", "Nobody’s yet")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, rooms: Sequence[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(room.language, room.name) for room in rooms]
        self.fields["room"].choices = [("", _("All rooms")), *choices]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, str]:
        """What to list, as ``cases`` takes it; what is not among the choices is left out."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class BatchForm(forms.Form):
    """What is done with several cases at once."""

    cases = forms.ModelMultipleChoiceField(
        queryset=Case.objects.none(), error_messages={"required": _("Choose at least one reported post.")}
    )
    decision = forms.ChoiceField(choices=[("take", "take"), ("nothing", "nothing")])
    reason = words(
        _("Reason, where nothing is to be done"), help_text=_("It is kept with each of them."), rows=2, required=False
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = Case.objects.visible_to(viewer)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "nothing" and not cleaned.get("reason"):
            self.add_error("reason", _("Say why nothing is to be done."))
        return cleaned


class PersonForm(forms.Form):
    """One of some people."""

    person = forms.TypedChoiceField(coerce=int)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[User], label: Any, seen: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].label = label
        self.fields["person"].choices = [(person.pk, person.full_name) for person in people]  # type: ignore[attr-defined]
        self.fields["seen"].initial = seen


class OpinionForm(forms.Form):
    """What a second person says."""

    opinion = words(_("Your opinion"), help_text=_("Whoever decides reads it."))
    agrees_to_removal = forms.BooleanField(label=_("I agree that this post is removed"), required=False)


class DecisionForm(forms.Form):
    """What is decided about a reported post."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=Outcome.choices, widget=forms.RadioSelect)
    common = forms.ChoiceField(
        label=_("Common reason"),
        help_text=_("The author reads it in their own language."),
        choices=[
            ("", _("None of these")),
            reasons_for(_("To leave it as it is"), FOR_NOTHING),
            reasons_for(_("To ask for other words, or to hide it until then"), FOR_OTHER_WORDS),
            reasons_for(_("To remove it, to warn, to mute or to suspend"), FOR_MEASURES),
        ],
        required=False,
    )
    reason = words(
        _("Reason, in your words"),
        help_text=_("The author reads it after the common one, and it is kept. Say what should be different."),
        required=False,
    )
    removal = forms.ChoiceField(
        label=_("In place of a removed post everybody reads"),
        choices=[("", _("Choose what is said")), *RemovalReason.choices],
        required=False,
    )
    last_day = forms.DateField(
        label=_("Last day of a time without writing or without access"),
        help_text=_("It ends at midnight in Geneva."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and not today() <= day < today() + settings.SANCTION_MOST:
            raise forms.ValidationError(_("Choose a day that is still to come, within a year."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        outcome = cleaned.get("outcome")
        if not cleaned.get("common") and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose a reason, or write one."))
        if outcome == Outcome.REMOVED and not cleaned.get("removal"):
            self.add_error("removal", _("Choose what everybody reads in its place."))
        if outcome in LIMITS and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Choose the last day."))
        return cleaned

    @property
    def decision(self) -> dict[str, Any]:
        """What was decided, as ``decide_case`` takes it."""
        day, removal = self.cleaned_data["last_day"], self.cleaned_data["removal"]
        return {
            "outcome": Outcome(self.cleaned_data["outcome"]),
            "reason": self.cleaned_data["reason"],
            "common": self.cleaned_data["common"],
            "removal": RemovalReason(removal) if removal else None,
            "ends_at": _end_of(day) if day else None,
        }


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), timezone.get_default_timezone())


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = words(_("Reason"), help_text=_("Those concerned read it, and it is kept."), most=500, rows=2)


class HiddenPostForm(forms.Form):
    """The new wording of a hidden post."""

    body = body_field()


class AppealForm(forms.Form):
    """What an author says against a decision."""

    text = words(
        _("Why you do not agree"), help_text=_("The Secretariat reads it and answers; you can appeal once."), rows=5
    )


class ComplaintForm(forms.Form):
    """What somebody writes to the Secretariat."""

    text = words(_("What you want to say"), most=4_000, rows=6)


class AnswerForm(forms.Form):
    """What the Secretariat answers."""

    decision = forms.ChoiceField(choices=[("grant", "grant"), ("refuse", "refuse")])
    answer = words(_("Answer"), help_text=_("Whoever wrote reads it."), rows=3)
