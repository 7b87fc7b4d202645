"""Input about people."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.enums import PACE_BY_DEFAULT, MailScope, Pace
from accounts.models import User
from accounts.models.people import time_zones

LANGUAGES = [(code, capfirst(get_language_info(code)["name_local"])) for code, _name in settings.LANGUAGES]
LANGUAGES_READ = [
    (code, capfirst(get_language_info(code)["name_local"])) for code in settings.MODELTRANSLATION_LANGUAGES
]


class _PersonForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language of the pages and of mail"), choices=LANGUAGES)
    languages_read = forms.MultipleChoiceField(
        label=_("Languages read"), choices=LANGUAGES_READ, widget=forms.CheckboxSelectMultiple
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, initial="Europe/Zurich")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NewPersonForm(_PersonForm, AdminUserCreationForm):
    """A new account, with its first password."""


class PersonForm(_PersonForm, UserChangeForm):
    """What the Secretariat keeps about a person."""


class ProfileForm(forms.ModelForm):
    """What people may change about themselves, with how they want to be told."""

    class Meta:
        model = User
        fields = ("full_name", "language", "languages_read", "time_zone", "gender")

    language = forms.ChoiceField(
        label=_("Language of the pages and of your mail"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    languages_read = forms.MultipleChoiceField(
        label=_("Languages you read"),
        choices=LANGUAGES_READ,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Mail about a new topic leads you to a room in one of these languages."),
    )
    time_zone = forms.ChoiceField(label=_("Your time zone"), choices=time_zones)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = dict(self.instance.mail_preferences.values_list("scope", "pace"))
        for scope in MailScope:
            choices = Pace.choices
            if scope != MailScope.POSTS:
                choices = [choice for choice in choices if choice[0] != Pace.WEEKLY]
            self.fields[f"mail_{scope}"] = forms.ChoiceField(
                label=scope.label,
                choices=choices,
                widget=forms.RadioSelect,
                initial=chosen.get(scope, PACE_BY_DEFAULT[scope]),
            )

    @property
    def paces(self) -> dict[MailScope, Pace]:
        """What was chosen for each kind of mail."""
        return {scope: Pace(self.cleaned_data[f"mail_{scope}"]) for scope in MailScope}

    @property
    def person(self) -> dict[str, object]:
        """What was typed about the person."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
