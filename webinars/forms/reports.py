"""Input about the annual report."""

from typing import Any

from django import forms
from django.conf import settings

from accounts.languages import language_name
from webinars.models import AnnualReport


class NarrativeForm(forms.ModelForm):
    """What the Secretariat says of a year, in each language of the report."""

    class Meta:
        model = AnnualReport
        fields = tuple(f"narrative_{code}" for code in settings.REPORT_LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in settings.REPORT_LANGUAGES:
            field = self.fields[f"narrative_{code}"]
            field.label = language_name(code, code)
            field.widget = forms.Textarea(attrs={"rows": 6, "lang": code, "dir": "auto"})
