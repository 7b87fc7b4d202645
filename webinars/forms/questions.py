"""Input about questions and their written answers."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from webinars.enums import Translation
from webinars.models import Answer, Question
from webinars.services.questions import Step

LONGEST_QUESTION = 1_000  # signs, as the model keeps them
LONGEST_ANSWER = 10_000
LONGEST_REASON = 500


class QuestionForm(forms.Form):
    """A question to the experts."""

    text = forms.CharField(
        label=_("Your question to the experts"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("It is shown to everybody once the Secretariat has let it through."),
    )
    language = forms.ChoiceField(label=_("Language of the question"), choices=settings.LANGUAGES)
    shows_name = forms.BooleanField(
        label=_("Show my name with it"), help_text=_("The Secretariat knows who asks in any case."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"language": get_language()}, **kwargs})


class StepForm(forms.Form):
    """What is decided about the questions that are chosen."""

    step = forms.ChoiceField(choices=[(step, step) for step in Step])
    questions = forms.TypedMultipleChoiceField(coerce=int, required=False)
    reason = forms.CharField(
        label=_("Reason for declining"),
        help_text=_("Who asked reads it."),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    target = forms.TypedChoiceField(label=_("The same as"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, rows: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.pk, row.text) for row in rows]
        self.fields["questions"].choices = choices  # type: ignore[attr-defined]
        shown = [(row.pk, f"{row.text[:90]}…" if len(row.text) > 90 else row.text) for row in rows]
        self.fields["target"].choices = [("", _("Choose a question")), *shown]  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Who sees to the answers to the questions that are chosen, and by when."""

    questions = forms.TypedMultipleChoiceField(coerce=int, required=False)
    owner = forms.ModelChoiceField(label=_("Who sees to it"), queryset=User.objects.none())
    due_on = forms.DateField(
        label=_("By"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: the day that the webinar has for its answers."),
    )

    def __init__(self, *args: Any, rows: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions"].choices = [(row.pk, row.pk) for row in rows]  # type: ignore[attr-defined]
        staff = User.objects.active().filter(role=Role.SECRETARIAT).order_by("full_name")
        self.fields["owner"].queryset = staff  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda person: person.full_name  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """A written answer in one language; ``seen`` says which text it is changed from."""

    text = forms.CharField(
        label=pgettext_lazy("written", "Answer"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
        help_text=_("Markdown: **bold**, *italics*, lists, links."),
    )
    source = forms.ChoiceField(
        label=pgettext_lazy("text", "How it was made"), choices=Translation.choices, widget=forms.RadioSelect
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, answer: Answer | None, is_first: bool, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"source": Translation.ORIGINAL if is_first else Translation.PERSON}
        if answer is not None:
            initial = {"text": answer.text, "source": answer.source, "seen": answer.written_at.isoformat()}
        super().__init__(*args, **{"initial": initial, **kwargs})
        is_original = is_first or (answer is not None and answer.source == Translation.ORIGINAL)
        if is_original:
            self.fields["source"].widget = forms.HiddenInput()
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in Translation.choices if (value == Translation.ORIGINAL) == is_original
        ]

    def clean_seen(self) -> datetime | None:
        return moment_of(self.cleaned_data["seen"])


class CloseForm(forms.Form):
    """Why a question is closed without an answer."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody reads it."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


def moment_of(written: str) -> datetime | None:
    """Return the moment that a form brings back, or nothing where it brings none."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None
