"""Input about people."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.addresses import canonical_address
from accounts.enums import PACE_BY_DEFAULT, AccountStatus, Economy, Gender, MailScope, OfficeProfile, Pace
from accounts.fields import OrderedChoiceField
from accounts.models import User
from accounts.models.people import time_zones, validate_plain_name
from accounts.parts import is_on
from accounts.zones import canonical_zone, zone_choices

LANGUAGES = [(code, capfirst(get_language_info(code)["name_local"])) for code, _name in settings.LANGUAGES]
CHOOSABLE = [scope for scope in MailScope if scope != MailScope.ACCOUNT]  # what concerns the account always comes
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
        return canonical_address(str(self.cleaned_data["email"]))


class NewPersonForm(_PersonForm, AdminUserCreationForm):
    """A new account, with its first password."""


class PersonForm(_PersonForm, UserChangeForm):
    """What the Secretariat keeps about a person."""


def validate_plain_text(value: str) -> None:
    """Refuse characters that steer the text around them, but for the ends of lines.

    Raises:
        ValidationError: ``value`` holds such a character.
    """
    validate_plain_name("".join(value.split()))


class ProfileForm(forms.ModelForm):
    """What people may change about themselves, with how they want to be told."""

    class Meta:
        model = User
        fields = (
            *("full_name", "institution", "institution_kind", "office_profile", "gender", "biography", "shows_email"),
            *("language", "languages_read", "time_zone"),
        )
        labels = {"gender": _("Gender (optional)"), "biography": _("About you (optional)")}
        help_texts = {
            "full_name": _("As it stands beside your posts."),
            "gender": _("Nobody sees it; only the ratio of women and men among all participants is published."),
            "biography": _("A few sentences about your work, as plain text. Other participants can read them."),
            "office_profile": _("So that offices like yours find you."),
        }
        widgets = {"biography": forms.Textarea(attrs={"rows": 5, "dir": "auto"})}

    language = forms.ChoiceField(
        label=_("Language of the pages and of your mail"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    languages_read = OrderedChoiceField(
        label=_("Languages you read, the preferred one first"),
        choices=LANGUAGES_READ,
        help_text=_("Mail about a new topic leads you to a room in the first of these languages that has one."),
    )
    time_zone = forms.ChoiceField(label=_("Your time zone"), choices=zone_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["time_zone"] = canonical_zone(self.instance.time_zone)
        self.fields["biography"].validators.append(validate_plain_text)
        for name, known in (("gender", Gender), ("office_profile", OfficeProfile)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", pgettext("profile", "Not said")), *known.choices]
        state = self.instance.member_state
        if state is not None and self.instance.is_focal_point:
            self.fields["economy"] = forms.ChoiceField(
                label=_("Kind of economy of your state"),
                choices=[("", pgettext("profile", "Not said")), *Economy.choices],
                required=False,
                initial=state.economy,
                help_text=_("You say it for your whole delegation, so that states like yours find you."),
            )
        chosen = dict(self.instance.mail_preferences.values_list("scope", "pace"))
        if not is_on("forum"):
            self.fields["languages_read"].help_text = ""
            return
        for scope in CHOOSABLE:
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
        return {
            scope: Pace(self.cleaned_data[f"mail_{scope}"]) for scope in CHOOSABLE if f"mail_{scope}" in self.fields
        }

    @property
    def person(self) -> dict[str, object]:
        """What was typed about the person."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class AddressForm(forms.Form):
    """The address that somebody wants to be reached at."""

    new_email = forms.CharField(label=_("New e-mail address"), max_length=254, widget=forms.EmailInput)

    def clean_new_email(self) -> str:
        return canonical_address(self.cleaned_data["new_email"])


class LeavingForm(forms.Form):
    """That somebody has understood what leaving means."""

    understood = forms.BooleanField(label=_("I have understood that this cannot be undone."))
    without_successor = forms.BooleanField(label=_("Nobody can take over my seat: I leave without handing it over."))

    def __init__(self, *args: Any, is_focal_point: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_focal_point:
            del self.fields["without_successor"]


class MarkLeftForm(forms.Form):
    """Why the Secretariat records that somebody has left."""

    reason = forms.CharField(label=_("Reason, for the audit trail"), max_length=500)
    understood = forms.BooleanField(label=_("I have understood that this cannot be undone."))


class HandoverForm(forms.Form):
    """Whose seat passes on to whom, among the people of one state."""

    predecessor = forms.TypedChoiceField(label=_("Whose seat"), coerce=int)
    successor = forms.TypedChoiceField(label=_("Who takes it over"), coerce=int)
    leaves = forms.BooleanField(
        label=_("The first one leaves the forum with it: the name is removed for good, the posts stay."),
        required=False,
    )

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("predecessor", "successor"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "–"), *((person.pk, _label(person)) for person in people)]

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        if chosen.get("predecessor") and chosen.get("predecessor") == chosen.get("successor"):
            self.add_error("successor", ValidationError(_("Choose two different people."), code="same_person"))
        return chosen


def _label(person: User) -> str:
    name = f"{person.full_name}, {person.institution}" if person.institution else person.full_name
    return f"{name} ({AccountStatus(person.status).label})" if person.status != AccountStatus.ACTIVE else name
