"""Input about registrations for webinars."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.addresses import canonical_address
from accounts.models import User
from accounts.models.people import time_zones
from webinars.models import Registration, Webinar


class RegistrationForm(forms.ModelForm):
    """What somebody says who registers; the two consents are asked apart."""

    class Meta:
        model = Registration
        fields = (
            "full_name",
            "email",
            "country",
            "institution",
            "institution_kind",
            "languages",
            "language",
            "time_zone",
            "gender",
            "accepts_recording",
            "hears_of_later",
        )
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
            "institution": forms.TextInput(attrs={"autocomplete": "organization"}),
        }
        labels = {
            "full_name": _("Your name"),
            "languages": _("Languages you follow a webinar in"),
            "language": _("Language of our mail"),
            "gender": _("Gender (optional)"),
            "accepts_recording": _("I know that the webinar is recorded and that the recording is published"),
            "hears_of_later": _("Write to me about later webinars"),
        }
        help_texts = {
            "email": _("We write to it once, to confirm; and then about this webinar only, unless you agree below."),
            "country": _("Leave it empty if yours is not in the list."),
            "gender": _("Only counted, for the balance that is reported."),
            "hears_of_later": _("You can end that with one click in each such letter."),
        }

    languages = forms.MultipleChoiceField(choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple)
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)

    def __init__(self, *args: Any, webinar: Webinar, user: User | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {
            "language": get_language(),
            "languages": [language for language in webinar.languages if language in dict(settings.LANGUAGES)],
            "time_zone": "Europe/Zurich",
        }
        if user is not None:
            initial |= {
                "full_name": user.full_name,
                "email": user.email,
                "country": user.member_state_id,
                "institution": user.institution,
                "institution_kind": user.institution_kind,
                "gender": user.gender,
                "time_zone": user.time_zone,
                "languages": user.languages_read,
            }
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["languages"].label = self.Meta.labels["languages"]
        self.fields["language"].label = self.Meta.labels["language"]
        self.fields["accepts_recording"].required = True
        self.fields["accepts_recording"].error_messages["required"] = _(
            "The webinar is recorded. Tick this to say that you know."
        )

    def clean_email(self) -> str:
        return canonical_address(self.cleaned_data["email"])
