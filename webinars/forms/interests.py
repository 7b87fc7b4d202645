"""Input about what a group says of one topic."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_name
from webinars.enums import InterestLevel
from webinars.models import Interest
from webinars.services.interests import Wish


class InterestForm(forms.Form):
    """One row of a group's workspace: how much it wants a topic, in which languages, alone or with others."""

    level = forms.TypedChoiceField(
        label=_("Interest"),
        choices=InterestLevel.choices,
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(label=_("Preferred in"), required=False, widget=forms.CheckboxSelectMultiple)
    wants_own = forms.TypedChoiceField(
        label=_("Session"),
        choices=[("", _("Joint with other groups will do")), ("own", _("One of our own"))],
        coerce=bool,
        empty_value="",
        required=False,
    )
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 1, "dir": "auto"})
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, topic: int, interest: Interest | None, **kwargs: Any) -> None:
        kwargs["prefix"] = f"t{topic}"
        super().__init__(*args, **kwargs)
        own = get_language() or settings.LANGUAGE_CODE
        languages = self.fields["languages"]
        assert isinstance(languages, forms.MultipleChoiceField)
        languages.choices = [(code, language_name(code, own)) for code in settings.MODELTRANSLATION_LANGUAGES]
        if interest is not None:
            self.initial = {
                "level": interest.level,
                "languages": interest.languages,
                "wants_own": "own" if interest.wants_own else "",
                "note": interest.note,
                "seen": interest.pk,
            }

    @property
    def status_id(self) -> str:
        """The id of the region that says whether the row is saved."""
        return f"topic-{str(self.prefix)[1:]}-status"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("level") is None and any(cleaned.get(name) for name in ("languages", "wants_own", "note")):
            self.add_error("level", _("Say how much your group wants this topic."))
        return cleaned

    @property
    def wish(self) -> Wish | None:
        """What the row says; None where it says nothing."""
        if self.cleaned_data["level"] is None:
            return None
        return Wish(
            level=InterestLevel(self.cleaned_data["level"]),
            languages=self.cleaned_data["languages"],
            wants_own=bool(self.cleaned_data["wants_own"]),
            note=self.cleaned_data["note"],
            seen=self.cleaned_data["seen"],
        )
