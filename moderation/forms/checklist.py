"""Input about the checklist for web content."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_name
from moderation.models import ChecklistItem


class ChecklistItemForm(forms.ModelForm):
    """One point, in every language; a core language is never left out."""

    class Meta:
        model = ChecklistItem
        fields = (
            "occasion",
            "position",
            *(f"text_{code.replace('-', '_')}" for code in settings.MODELTRANSLATION_LANGUAGES),
        )
        help_texts = {"position": _("Points stand in the order of these numbers.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in settings.MODELTRANSLATION_LANGUAGES:
            field = self.fields[f"text_{code.replace('-', '_')}"]
            field.label = capfirst(language_name(code, get_language() or settings.LANGUAGE_CODE))
            field.required = code in settings.CORE_LANGUAGES
            field.widget = forms.Textarea(attrs={"rows": 2, "lang": code, "dir": "auto", "maxlength": 300})
