"""What somebody wants a discussion as."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_name
from forum.enums import RecordFormat
from forum.queries.rows import SisterRow


class RecordForm(forms.Form):
    """Which part of a topic, in which language, as which file."""

    discussion = forms.ChoiceField(label=_("What"), required=False)
    language = forms.ChoiceField(
        label=_("Language of the document"),
        help_text=_("Contributions stay in their own language unless a person has translated them."),
    )
    file_format = forms.ChoiceField(label=_("File"), choices=RecordFormat.choices, initial=RecordFormat.DOCX)

    def __init__(self, *args: Any, sisters: list[SisterRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = get_language() or "en"
        names = [(code, language_name(code, here)) for code in settings.MODELTRANSLATION_LANGUAGES]
        rooms = [(str(sister.pk), sister.room_name) for sister in sisters]
        whole = [("", gettext("All rooms of the topic"))] if len(rooms) > 1 else []
        choices = {"discussion": [*whole, *rooms], "language": names}
        for name, options in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options
        self.fields["language"].initial = get_language()

    @property
    def wanted(self) -> dict[str, Any]:
        """What was chosen, as ``ask_record`` takes it."""
        chosen = self.cleaned_data["discussion"]
        return {
            "discussion": int(chosen) if chosen else None,
            "language": self.cleaned_data["language"],
            "file_format": RecordFormat(self.cleaned_data["file_format"]),
        }
