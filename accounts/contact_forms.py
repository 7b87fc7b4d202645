"""Input about organisations: who they are, what they are told, and what they answer."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.days import today
from accounts.desk_forms import DAY
from accounts.entry_forms import AddressField
from accounts.enums import InstitutionKind
from accounts.fields import OrderedChoiceField, WebAddressField
from accounts.forms import LANGUAGES_READ, validate_plain_text
from accounts.models import Circular, MemberState, StakeholderContact, User
from accounts.models.people import validate_plain_name
from accounts.queries.contacts import WantedContacts

ANY_KIND = [("", _("Any kind of institution")), *InstitutionKind.choices]


class ContactsForm(forms.Form):
    """Which organisations somebody looks for."""

    q = forms.CharField(
        label=_("Name or area of work"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    state: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Member state"),
        queryset=MemberState.objects.all(),
        required=False,
        empty_label=_("Any member state"),
    )
    kind = forms.ChoiceField(label=_("Kind of institution"), required=False, choices=ANY_KIND)
    language = forms.ChoiceField(
        label=pgettext_lazy("organisation", "Reads"),
        required=False,
        choices=[("", _("Any language")), *LANGUAGES_READ],
    )

    @property
    def wanted(self) -> WantedContacts:
        """What was asked for; nothing in particular where the input is wrong."""
        if not self.is_valid():
            return WantedContacts()
        state = self.cleaned_data["state"]
        return WantedContacts(**{**self.cleaned_data, "state": state.pk if state else None})


class _SeenForm(forms.Form):
    """Remembers the version that somebody started from."""

    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)


class ContactForm(_SeenForm, forms.ModelForm):
    """An organisation, as its state or the Secretariat enters it."""

    class Meta:
        model = StakeholderContact
        fields = ("name", "member_state", "institution_kind", "email", "website", "languages", "areas", "note")
        field_classes = {"website": WebAddressField}
        labels = {"name": _("Name of the organisation")}
        help_texts = {
            "areas": _("A few words, such as patents, training or technology transfer."),
            "note": _(
                "Those who keep this list read it, and the organisation itself. Write nothing here about a person."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs={"dir": "auto"}),
            "areas": forms.TextInput(attrs={"dir": "auto"}),
            "note": forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        }

    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Of an office, such as info@chamber.example, not of a person. It is asked whether it agrees."),
    )
    languages = OrderedChoiceField(label=_("Languages, the one that it reads best first"), choices=LANGUAGES_READ)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = None if actor.is_staff else actor.member_state
        if self._own is not None:
            del self.fields["member_state"]
        self.fields["note"].validators.append(validate_plain_text)
        self.fields["areas"].validators.append(validate_plain_name)
        self.initial["seen"] = self.instance.changed_at.isoformat()

    @property
    def contact(self) -> dict[str, Any]:
        """What was typed about the organisation."""
        typed = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}
        return {"member_state": self._own, **typed}


def _column(field: str, language: str) -> str:
    return f"{field}_{language.replace('-', '_')}"


class CircularForm(_SeenForm, forms.ModelForm):
    """A message to organisations: whom it is for, and its words in one or more languages."""

    class Meta:
        model = Circular
        fields = ("member_state", "institution_kind", "answers_until")
        widgets = {"answers_until": DAY}
        labels = {"answers_until": _("Answers can be given and changed until")}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = None if actor.is_staff else actor.member_state
        if self._own is not None:
            del self.fields["member_state"]
        else:
            state = self.fields["member_state"]
            assert isinstance(state, forms.ModelChoiceField)
            state.empty_label = _("All member states")
        kind = self.fields["institution_kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("All kinds")), *InstitutionKind.choices]
        self.initial["seen"] = self.instance.changed_at.isoformat()
        if self.instance.pk is None:
            self.initial["answers_until"] = today() + settings.CIRCULAR_ANSWERS
        for language in settings.MODELTRANSLATION_LANGUAGES:
            attributes = {"lang": language, "dir": "auto"}
            subject, text = _column("subject", language), _column("text", language)
            self.fields[subject] = forms.CharField(
                label=pgettext_lazy("letter", "Subject"),
                max_length=160,
                required=False,
                validators=[validate_plain_name],
                initial=getattr(self.instance, subject),
                widget=forms.TextInput(attrs=attributes),
            )
            self.fields[text] = forms.CharField(
                label=pgettext_lazy("letter", "Text"),
                max_length=10_000,
                required=False,
                validators=[validate_plain_text],
                initial=getattr(self.instance, text),
                widget=forms.Textarea(attrs={**attributes, "rows": 8}),
            )

    def clean_answers_until(self) -> Any:
        day = self.cleaned_data["answers_until"]
        if day < today():
            raise ValidationError(_("Choose today or a day to come."), code="past")
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        written = 0
        for language in settings.MODELTRANSLATION_LANGUAGES:
            subject, text = _column("subject", language), _column("text", language)
            written += bool(values.get(subject) and values.get(text))
            if bool(values.get(subject)) != bool(values.get(text)) and not {subject, text} & set(self.errors):
                missing = text if values.get(subject) else subject
                self.add_error(missing, _("Write both a subject and a text, or neither."))
        if not written and not self.errors:
            raise ValidationError(_("Write the message in at least one language."), code="empty")
        return values

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The fields of each language, for the page."""
        return [
            {
                "code": language,
                "name": capfirst(get_language_info(language)["name_local"]),
                "is_open": any(self[_column(name, language)].errors for name in ("subject", "text"))
                or bool(self[_column("text", language)].value()),
                "fields": [self[_column(name, language)] for name in ("subject", "text")],
            }
            for language in settings.MODELTRANSLATION_LANGUAGES
        ]

    @property
    def circular(self) -> dict[str, Any]:
        """What was typed of the message."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {"member_state": self._own, **typed}


class SendForm(_SeenForm):
    """That somebody sends what was previewed."""


class AnswerForm(forms.Form):
    """What an organisation answers to a message."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=4_000,
        validators=[validate_plain_text],
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_(
            "Whoever sent the message reads it. Please write for your organisation, and nothing about persons."
        ),
    )
