"""Input about people."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.enums import PACE_BY_DEFAULT, MailScope, Pace
from accounts.models import User
from accounts.models.people import time_zones


class ProfileForm(forms.ModelForm):
    """What people may change about themselves, with how they want to be told."""

    class Meta:
        model = User
        fields = ("full_name", "language", "languages_read", "time_zone", "gender")

    language = forms.ChoiceField(
        label=_("Language of the pages and of your mail"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    languages_read = forms.MultipleChoiceField(
        label=_("Languages you read"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The rooms of these languages are yours to follow."),
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
