"""Forms of evaluations."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.days import today
from accounts.models.people import validate_plain_name
from moderation.enums import CommitteeDecision
from moderation.models import Evaluation
from moderation.services.evaluations import months_after

REPORT_BYTES = 1024 * 1024


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **options)


class AgreementForm(forms.ModelForm):
    """What is agreed before a period begins. Source: REP-04, REP-06."""

    starts_on = _day(_("From"))
    ends_on = _day(_("Until"))

    class Meta:
        model = Evaluation
        fields = ["title", "starts_on", "ends_on", "criteria", "data"]
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "criteria": forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
            "data": forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
        }

    @classmethod
    def usual(cls) -> dict[str, Any]:
        """Return a period that begins today, with the criteria and data that the documents name."""
        criteria = (
            _("Participation: member states and regional groups that read and write, in each room"),
            _("Exchange: contributions of practices, tools and methodologies, and answers between offices"),
            _("Responsiveness: questions answered, and the time to the first answer"),
            _("Use of what was learned: follow-up actions, new ideas and new cooperation"),
            _("Resources: work and cost against what was estimated"),
        )
        data = (
            _("Registered users, countries, types of institution, page views and sessions, from the usage report"),
            _("Who read, wrote and was silent, by week, room, group and language"),
            _("Follow-ups recorded with each topic"),
            _("Opinions and suggestions of participants"),
        )
        return {
            "starts_on": today(),
            "ends_on": months_after(today(), settings.EVALUATION_MONTHS),
            "criteria": "\n".join(map(str, criteria)),
            "data": "\n".join(map(str, data)),
        }


class EvaluatorForm(forms.Form):
    """Who judges a period, and until when they can read. Source: reading A24."""

    full_name = forms.CharField(label=_("Name as shown"), max_length=120, validators=[validate_plain_name])
    email = forms.EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(label=_("Language"))
    until = _day(_("Reads until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """An evaluation's report: typed, pasted, or read from a file."""

    text = forms.CharField(
        label=_("Report"),
        required=False,
        max_length=100_000,
        help_text=_("Markdown: # for headings, - for lists, tables with |."),
        widget=forms.Textarea(attrs={"rows": 24, "dir": "auto"}),
    )
    file = forms.FileField(
        label=_("Or a Markdown file, in place of the text above"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".md,.txt,text/markdown,text/plain"}),
    )
    version = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def clean_file(self) -> str:
        """Return the text of the file, or nothing."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None:
            return ""
        if (file.size or 0) > REPORT_BYTES:
            raise ValidationError(_("The file is too large for a report."), code="too_large")
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(
                _("This is no text in UTF-8. Save it as plain text or Markdown and send it again."), code="no_text"
            ) from None
        field: forms.CharField = self.fields["text"]  # type: ignore[assignment]
        return str(field.clean(text))

    @property
    def report(self) -> str:
        """What the report is to be."""
        return str(self.cleaned_data["file"] or self.cleaned_data["text"])


class DecisionForm(forms.Form):
    """What the Committee decided. Source: REP-04."""

    decision = forms.ChoiceField(label=_("Decision"), choices=CommitteeDecision.choices, widget=forms.RadioSelect)
    decided_on = _day(_("Decided on"))
    source = forms.CharField(
        label=_("Decided in"), max_length=80, help_text=_("Session and paragraph, such as CDIP/34, para 12.")
    )
    note = forms.CharField(
        label=_("What is to change"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    archived_from = _day(
        _("Read only from"), required=False, help_text=_("Only to close: the first day on which nobody writes.")
    )
    version = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def clean_decided_on(self) -> date:
        day: date = self.cleaned_data["decided_on"]
        if day > today():
            raise ValidationError(_("This day is still to come."), code="to_come")
        return day
