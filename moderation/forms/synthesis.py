"""Input about syntheses, their corrections, and what came of a topic."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.days import today
from accounts.models import MemberState
from forum.forms.posts import read_version, validate_words
from moderation.enums import CorrectionState, FollowUpKind
from moderation.forms.steering import area
from moderation.models import Synthesis, SynthesisNote

TEXT_LENGTH = 20_000


class VersionedForm(forms.Form):
    """A form that says which text it goes on from."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> datetime | None:
        return read_version(self.cleaned_data["seen"])


class NoteForm(VersionedForm):
    """The notes on one room's discussion."""

    body = forms.CharField(
        label=_("Notes"),
        help_text=_("Cite what you rely on: copy the sign that stands beside each paragraph into your text."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=area(18),
    )

    @classmethod
    def of(cls, note: SynthesisNote | None) -> "NoteForm":
        """Return the form of the notes as they are."""
        if note is None:
            return cls()
        return cls(initial={"body": note.body, "seen": note.written_at.isoformat()})


class SynthesisForm(VersionedForm):
    """A version of a synthesis, in the languages of the topic's rooms."""

    changes = forms.CharField(
        label=_("What has changed since the version before"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self.languages = languages
        for code in languages:
            field = forms.CharField(
                label=capfirst(str(names[code])), max_length=TEXT_LENGTH, required=False, widget=area(16)
            )
            field.widget.attrs["lang"] = code
            self.fields[self._name(code)] = field

    @classmethod
    def of(cls, shown: Synthesis | None, languages: Sequence[str]) -> "SynthesisForm":
        """Return the form of the version that is written, or of a new one that begins as the published one is."""
        if shown is None:
            return cls(languages=languages)
        initial = {cls._name(code): getattr(shown, cls._name(code)) for code in languages}
        if shown.published_at is None:
            initial |= {"changes": shown.changes, "seen": shown.written_at.isoformat()}
        return cls(initial=initial, languages=languages)

    @staticmethod
    def _name(code: str) -> str:
        return f"text_{code.replace('-', '_')}"

    @property
    def texts(self) -> dict[str, str]:
        """What is written, by language."""
        return {code: self.cleaned_data[self._name(code)] for code in self.languages}

    @property
    def columns(self) -> list[tuple[str, BoundField]]:
        """The fields of the texts, each with the code of its language."""
        return [(code, self[self._name(code)]) for code in self.languages]


class CorrectionForm(forms.Form):
    """What somebody asks to be corrected."""

    text = forms.CharField(
        label=_("What is to be corrected, and how"), max_length=2_000, validators=[validate_words], widget=area(4)
    )


class CorrectionAnswerForm(forms.Form):
    """The moderator's answer to that."""

    state = forms.ChoiceField(choices=[(CorrectionState.TAKEN_UP, ""), (CorrectionState.DECLINED, "")])
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("As the person who asked reads it: please write in their language."),
        max_length=500,
        validators=[validate_words],
        widget=area(2),
    )


class FollowUpForm(forms.Form):
    """What came of a topic."""

    kind = forms.ChoiceField(label=_("Kind"), choices=FollowUpKind.choices)
    text = forms.CharField(label=_("What came of it"), max_length=2_000, validators=[validate_words], widget=area(3))
    states: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Member states"),
        help_text=_("Hold Ctrl, or Cmd, to choose several."),
        queryset=MemberState.objects.all(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    happened_on = forms.DateField(
        label=_("When"), initial=today, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
