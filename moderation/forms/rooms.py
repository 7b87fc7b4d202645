"""Input about rooms of further languages."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.addresses import canonical_address
from accounts.days import today
from accounts.languages import language_name, spoken
from accounts.models.people import validate_plain_name
from forum.models import Category, Room
from moderation.forms.cases import words
from moderation.models import RoomDecision
from moderation.services.rooms import Terms


def free_languages() -> list[tuple[str, str]]:
    """Return the languages that have no room one can write in, as pairs of code and name."""
    taken = set(Room.objects.filter(read_only_since=None).values_list("language", flat=True))
    reader = get_language() or "en"
    codes = {spoken(code) for code in settings.MODELTRANSLATION_LANGUAGES} | set(settings.ROOM_LANGUAGES)
    return sorted(((code, language_name(code, reader)) for code in codes - taken), key=lambda pair: pair[1])


class LanguageDemandForm(forms.Form):
    """In which language somebody wants a room."""

    language = forms.ChoiceField(label=_("Language"))
    note = words(
        _("What you would use it for (optional)"), help_text=_("The Secretariat reads it."), most=500, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Choose a language")), *free_languages()]  # type: ignore[attr-defined]


class RoomDecisionForm(forms.ModelForm):
    """What the Committee decided, with its cost."""

    class Meta:
        model = RoomDecision
        fields = ("language", "session", "paragraph", "decided_on", "subject", "one_off_cost", "yearly_cost")
        widgets = {"decided_on": forms.DateInput(attrs={"type": "date"})}
        help_texts = {
            "yearly_cost": _("For a further language, the figure of CDIP/22/3 para 9 is put in."),
            "subject": _("Such as: a room in Arabic; or another feature that costs more."),
        }

    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Another matter")), *free_languages()]  # type: ignore[attr-defined]
        self.fields["yearly_cost"].initial = settings.COST_OF_LANGUAGE


class ContractForm(forms.Form):
    """What is agreed with a provider."""

    email = forms.EmailField(label=_("The provider’s e-mail address"))
    full_name = forms.CharField(
        label=_("The provider’s name"), max_length=120, validators=[validate_plain_name], required=False
    )
    starts_on = forms.DateField(
        label=_("First day of the contract"), widget=forms.DateInput(attrs={"type": "date"}), initial=today
    )
    ends_on = forms.DateField(label=_("Last day of the contract"), widget=forms.DateInput(attrs={"type": "date"}))
    competence = words(
        _("What the provider knows of technical assistance"),
        help_text=_("And of similar duties: CDIP/22/3 para 7 asks for both."),
        required=False,
    )

    def clean_email(self) -> str:
        return canonical_address(str(self.cleaned_data["email"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("A contract ends on or after the day it starts."))
        return cleaned

    @property
    def terms(self) -> Terms:
        """What was agreed, as the services take it; who has no name yet is called by the address."""
        cleaned = self.cleaned_data
        return Terms(
            email=cleaned["email"],
            full_name=cleaned["full_name"] or cleaned["email"],
            starts_on=cleaned["starts_on"],
            ends_on=cleaned["ends_on"],
            competence=cleaned["competence"],
        )


class RoomOpenForm(ContractForm):
    """A new room: its provider, and what is talked about in it."""

    categories: "forms.ModelMultipleChoiceField[Category]" = forms.ModelMultipleChoiceField(
        label=_("Categories"),
        help_text=_("Leave all of them out to have every category, as in the other rooms."),
        queryset=Category.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
