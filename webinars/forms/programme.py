"""What of the public programme is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webinars.queries.programme import Choices


class ProgrammeForm(forms.Form):
    """Narrows the programme down; what nobody offered narrows nothing."""

    q = forms.CharField(
        label=_("In titles"), required=False, max_length=100, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    held_in = forms.ChoiceField(label=pgettext_lazy("webinar", "Held in"), required=False)
    series = forms.ChoiceField(label=_("Series"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in choices._asdict().items():
            self.fields[name].choices = [("", pgettext_lazy("filter", "All")), *offered]  # type: ignore[attr-defined]

    @property
    def has_filters(self) -> bool:
        """Whether more than words was asked for."""
        return any(self.data.get(name) for name in self.fields if name != "q")
