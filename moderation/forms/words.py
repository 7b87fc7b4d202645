"""Texts of topics and templates in the languages of all rooms, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_name
from moderation.queries.weekly import TEXTS, WeeklyLanguage, lacks_language

COLUMNS = tuple(f"{field}_{code.replace('-', '_')}" for code in settings.MODELTRANSLATION_LANGUAGES for field in TEXTS)
"""All columns with words; a form keeps those of the rooms' languages."""


@dataclass(frozen=True)
class LanguageFields:
    """The fields in one language, side by side with the others' on the page.

    Args:
        code: Of the language.
        name: Of the language, in the reader's.
        is_core: Whether no topic opens without it.
        is_missing: Whether what is saved is not complete in it.
        fields: Title, objective and guiding questions.
    """

    code: str
    name: str
    is_core: bool
    is_missing: bool
    fields: Sequence[BoundField]


class WordsForm(forms.ModelForm):
    """What has a title, an objective and guiding questions in each language; what is unfinished can be saved."""

    def __init__(self, *args: Any, languages: Sequence[WeeklyLanguage], complete: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._languages = languages
        kept = {f"{field}_{language.suffix}" for language in languages for field in TEXTS}
        for name in set(COLUMNS) - kept:
            del self.fields[name]
        for language in languages:
            self._describe(language, complete=complete and language.is_core)

    def _describe(self, language: WeeklyLanguage, *, complete: bool) -> None:
        fewest, most = settings.GUIDING_QUESTIONS
        labels = {"title": _("Title"), "objective": _("Objective"), "guiding_questions": _("Guiding questions")}
        for name, label in labels.items():
            field = self.fields[f"{name}_{language.suffix}"]
            field.label = label
            field.required = complete
            field.error_messages["required"] = _("Write it in %(language)s too: the topic opens in that room.") % {
                "language": dict(settings.LANGUAGES)[language.code]
            }
            field.widget.attrs |= {"lang": language.code, "dir": "auto"}
            if name != "title":
                field.widget.attrs["rows"] = 4 if name == "objective" else 6
        objective, questions = (self.fields[f"{name}_{language.suffix}"] for name in TEXTS[1:])
        objective.help_text = _("What the discussion should have produced at its end.")
        questions.help_text = _("One on each line, %(fewest)d to %(most)d of them.") % {"fewest": fewest, "most": most}

    @property
    def languages(self) -> list[LanguageFields]:
        """The fields by language, for the page."""
        own = get_language() or settings.LANGUAGE_CODE
        return [
            LanguageFields(
                code=language.code,
                name=language_name(language.code, own),
                is_core=language.is_core,
                is_missing=lacks_language(self.instance, language.code),
                fields=[self[f"{name}_{language.suffix}"] for name in TEXTS],
            )
            for language in self._languages
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        fewest, most = settings.GUIDING_QUESTIONS
        for language in self._languages:
            name = f"guiding_questions_{language.suffix}"
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
        return cleaned
