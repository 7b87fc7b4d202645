"""Input about weekly topics."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from forum.models import Topic

TEXTS = ("title", "objective", "guiding_questions")


@dataclass(frozen=True)
class LanguageFields:
    """A topic's fields in one language, side by side with the others' on the page."""

    code: str
    name: str
    fields: Sequence[BoundField]


class WeeklyTopicForm(forms.ModelForm):
    """A weekly topic in every core language. A draft may lack texts; what opens may not."""

    class Meta:
        model = Topic
        fields = (
            *(f"{field}_{language}" for language in settings.CORE_LANGUAGES for field in TEXTS),
            "category",
            "step",
            "opens_at",
            "closes_at",
        )
        widgets = {
            "opens_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "closes_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }

    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, complete: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fewest, most = settings.GUIDING_QUESTIONS
        names = dict(settings.LANGUAGES)
        for language in settings.CORE_LANGUAGES:
            labels = {"title": _("Title"), "objective": _("Objective"), "guiding_questions": _("Guiding questions")}
            for name, label in labels.items():
                field = self.fields[f"{name}_{language}"]
                field.label = label
                field.required = complete
                field.error_messages["required"] = _("Write it in %(language)s too: the topic opens in that room.") % {
                    "language": names[language]
                }
                field.widget.attrs |= {"lang": language, "dir": "auto"}
                if name != "title":
                    field.widget.attrs["rows"] = 4 if name == "objective" else 6
            self.fields[f"objective_{language}"].help_text = _("What the discussion should have produced at its end.")
            self.fields[f"guiding_questions_{language}"].help_text = _(
                "One on each line, %(fewest)d to %(most)d of them."
            ) % {"fewest": fewest, "most": most}
        self.fields["closes_at"].required = True

    @property
    def languages(self) -> list[LanguageFields]:
        """The fields by language, for the page."""
        names = dict(settings.LANGUAGES)
        return [
            LanguageFields(code, capfirst(str(names[code])), [self[f"{name}_{code}"] for name in TEXTS])
            for code in settings.CORE_LANGUAGES
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        fewest, most = settings.GUIDING_QUESTIONS
        for language in settings.CORE_LANGUAGES:
            name = f"guiding_questions_{language}"
            questions = [line.strip() for line in (cleaned.get(name) or "").splitlines() if line.strip()]
            cleaned[name] = "\n".join(questions)
            if questions and not fewest <= len(questions) <= most:
                self.add_error(
                    name,
                    ngettext_lazy(
                        "There is %(count)d question: write %(fewest)d to %(most)d, one on each line.",
                        "There are %(count)d questions: write %(fewest)d to %(most)d, one on each line.",
                        len(questions),
                    )
                    % {"count": len(questions), "fewest": fewest, "most": most},
                )
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("Set a closing time after the opening time."))
        elif closes_at and closes_at <= timezone.now():
            self.add_error("closes_at", _("Set a closing time that is still to come."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the order of dates to ``clean``, which says it at the field that is to be changed."""
        return {*super()._get_validation_exclusions(), "closes_at"}  # type: ignore[misc]
