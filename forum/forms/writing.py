"""Input about drafts, their clearance, and withdrawals."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import UserQuerySet
from forum.enums import Capacity, ContributionKind
from forum.forms.posts import read_version, validate_words

DRAFT_MAX_LENGTH = 2 * settings.POST_MAX_LENGTH  # a draft may still have to be shortened


class DraftForm(forms.Form):
    """What is typed in the form of a post, as far as it has come."""

    body = forms.CharField(required=False, strip=False, max_length=DRAFT_MAX_LENGTH)
    kind = forms.ChoiceField(choices=ContributionKind.choices, required=False)
    capacity = forms.ChoiceField(choices=Capacity.choices, required=False)
    reply_to = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    corrects = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    draft = forms.CharField(required=False)
    submission_key = forms.UUIDField(required=False)

    def clean_draft(self) -> datetime | None:
        return read_version(self.cleaned_data["draft"])

    @property
    def text(self) -> dict[str, Any]:
        """What was typed, as ``save_draft`` takes it."""
        return {
            "body": self.cleaned_data["body"],
            "seen": self.cleaned_data["draft"],
            "form": self.cleaned_data["submission_key"],
            "kind": ContributionKind(self.cleaned_data["kind"] or ContributionKind.COMMENT),
            "capacity": Capacity(self.cleaned_data["capacity"] or Capacity.PERSONAL),
            "reply_to": self.cleaned_data["reply_to"],
            "corrects": self.cleaned_data["corrects"],
        }


class ClearanceForm(forms.Form):
    """Which colleague is asked to clear a draft."""

    colleague = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), empty_label=_("Choose a colleague")
    )
    note = forms.CharField(
        label=_("Note to your colleague"),
        help_text=_("Only the two of you read it."),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    publishes = forms.BooleanField(label=_("Publish it as soon as it is cleared, under my name"), required=False)

    def __init__(self, *args: Any, colleagues: UserQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["colleague"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = colleagues


class ClearanceDecisionForm(forms.Form):
    """What a colleague says of a text."""

    decision = forms.ChoiceField(choices=[("clear", ""), ("return", "")])
    remarks = forms.CharField(
        label=_("Remarks for the author"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "return" and not cleaned.get("remarks"):
            self.add_error("remarks", _("Say what the author should change."))
        return cleaned


class WithdrawalForm(forms.Form):
    """Why a post is withdrawn."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stands in place of the text, for everybody who reads the discussion."),
        max_length=300,
        validators=[validate_words],
        widget=forms.TextInput(attrs={"dir": "auto"}),
        error_messages={"required": _("Say why you withdraw it.")},
    )
