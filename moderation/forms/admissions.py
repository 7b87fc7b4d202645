"""Input about letting somebody from outside into one discussion."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.addresses import canonical_address
from accounts.forms import LANGUAGES
from forum.models import Discussion
from moderation.models import Admission, AdmissionCriterion

DRAFT_LASTS = timedelta(days=14)  # proposed where the discussion has no closing time


def _moment_field(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, widget=widget)


def _check_end(ends_at: datetime) -> datetime:
    """Refuse an end that is over, or later than the Secretariat allows."""
    now = timezone.now()
    if ends_at <= now:
        raise forms.ValidationError(_("Choose a moment that is still to come."), code="over")
    if ends_at > now + settings.ADMISSION_LASTS_MOST:
        raise forms.ValidationError(
            _("An admission lasts at most %(days)d days."),
            code="too_long",
            params={"days": settings.ADMISSION_LASTS_MOST.days},
        )
    return ends_at


class AdmissionForm(forms.ModelForm):
    """Who is to be admitted, why, where and until when."""

    class Meta:
        model = Admission
        fields = (
            "full_name",
            "email",
            "organization",
            "kind",
            "language",
            "purpose",
            "interests",
            "scope",
            "sees_earlier_posts",
        )
        widgets = {
            "full_name": forms.TextInput(attrs={"dir": "auto"}),
            "email": forms.EmailInput(attrs={"dir": "ltr"}),
            "organization": forms.TextInput(attrs={"dir": "auto"}),
            "purpose": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "interests": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            "scope": forms.RadioSelect,
        }
        labels = {
            "purpose": _("Why the person should take part"),
            "scope": _("Where the person takes part"),
            "sees_earlier_posts": _("The person also sees what was posted before"),
        }

    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, help_text=_("In which we write to them."))
    ends_at = _moment_field(_("Until when"))

    def __init__(self, *args: Any, discussion: Discussion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interests"].required = True
        latest = timezone.now() + settings.ADMISSION_LASTS_MOST
        closing = discussion.topic.closes_at or timezone.now() + DRAFT_LASTS
        self.fields["ends_at"].initial = self.instance.ends_at or min(closing, latest)
        if self.instance.pk is None:
            self.fields["language"].initial = discussion.room.language

    def clean_email(self) -> str:
        return canonical_address(self.cleaned_data["email"])

    def clean_ends_at(self) -> datetime:
        return _check_end(self.cleaned_data["ends_at"])

    @property
    def asked(self) -> dict[str, Any]:
        """What was typed, by the names of the columns."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "ends_at")}

    def _get_validation_exclusions(self) -> set[str]:
        """Leave what is unique to the service, which says it in words."""
        return {*super()._get_validation_exclusions(), "submission_key", "discussion"}  # type: ignore[misc]


class ReasonForm(forms.Form):
    """Why something is decided."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("It is kept, and those who asked read it."),
    )


class AssessmentForm(forms.Form):
    """What the moderator finds by the criteria of the protocol in force."""

    criteria: "forms.ModelMultipleChoiceField[AdmissionCriterion]" = forms.ModelMultipleChoiceField(
        label=_("What is met"),
        queryset=AdmissionCriterion.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_recommended = forms.TypedChoiceField(
        label=_("Recommendation"),
        choices=[("yes", _("Admit the person")), ("no", _("Do not admit the person"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    assessment = forms.CharField(
        label=_("Assessment"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("The Secretariat decides on the strength of this."),
    )

    def __init__(self, *args: Any, criteria: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].queryset = criteria  # type: ignore[attr-defined]

    @property
    def found(self) -> dict[str, Any]:
        """What was found, by the arguments of ``assess_admission``."""
        return {**self.cleaned_data, "criteria": [criterion.pk for criterion in self.cleaned_data["criteria"]]}


class DecisionForm(ReasonForm):
    """What the Secretariat decides."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("decline", "")])


class ExtensionForm(ReasonForm):
    """A later end, and why."""

    ends_at = _moment_field(_("New end"))

    def clean_ends_at(self) -> datetime:
        return _check_end(self.cleaned_data["ends_at"])
