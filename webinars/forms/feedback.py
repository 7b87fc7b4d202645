"""Input about feedback and certificates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.people import validate_plain_name
from webinars.models import Registration
from webinars.queries.feedback import ASKED, ASKED_OF_EXPERTS

SUGGESTIONS = 3  # topics that one person can suggest


class _Asked(forms.Form):
    """Some things from 1 to 5, each with its words; an opinion; and topics for later."""

    asked: dict[str, tuple[Any, list[tuple[int, Any]]]]

    opinion = forms.CharField(
        label=_("What you think of it (optional)"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (title, words) in self.asked.items():
            self.fields[name] = forms.TypedChoiceField(label=title, choices=words, coerce=int, widget=forms.RadioSelect)
        self.fields["opinion"] = self.fields.pop("opinion")  # after what is chosen
        for number in range(1, SUGGESTIONS + 1):
            self.fields[f"suggestion_{number}"] = forms.CharField(
                label=_("A topic for a later webinar (optional)") if number == 1 else _("Another topic (optional)"),
                max_length=500,
                required=False,
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )

    def values(self) -> dict[str, Any]:
        """Return what is kept of the answers, by name of the field."""
        return {name: self.cleaned_data[name] for name in (*self.asked, "opinion")}

    def suggestions(self) -> list[str]:
        """Return the topics that were suggested."""
        names = [f"suggestion_{number}" for number in range(1, SUGGESTIONS + 1)]
        return [self.cleaned_data[name] for name in names if self.cleaned_data.get(name)]


class FeedbackForm(_Asked):
    """What somebody who came thinks of a webinar."""

    asked = ASKED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opinion"].help_text = _("Shown, without a name, once the Secretariat has let it through.")


class ExpertFeedbackForm(_Asked):
    """What an expert thinks of a webinar."""

    asked = ASKED_OF_EXPERTS


class CertificateForm(forms.Form):
    """The name that a certificate is issued in."""

    full_name = forms.CharField(
        label=_("Your name, as it is to stand on the certificate"),
        max_length=120,
        validators=[validate_plain_name],
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"full_name": registration.full_name}, **kwargs})
