"""Input about entries of the library: writing one, looking for some, deciding."""

import uuid
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.forms import LANGUAGES_READ
from accounts.languages import language_name
from accounts.models import User
from accounts.models.people import validate_plain_name
from forum.enums import Beneficiary, Delivery, EntryState, EntryType, Plan
from forum.forms.attachments import AttachmentsField, KeysField, limits
from forum.forms.posts import AUTHOR_SALT, validate_words
from forum.models import LibraryEntry
from forum.queries.library import FACETS, Wanted
from forum.services.library import COLUMNS, MANY, check_complete

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
YES_OR_NO = [("False", pgettext_lazy("answer", "No")), ("True", pgettext_lazy("answer", "Yes"))]
REASON_LENGTH = 500
BIGGEST_ID = 2**63 - 1


def _text(label: Any, rows: int, *, limit: int = 5_000, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=limit,
        help_text=help_text,
        validators=[validate_words],
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


class EntryForm(forms.ModelForm):
    """An entry of the library; what it lacks is told once it is proposed."""

    class Meta:
        model = LibraryEntry
        fields = (*COLUMNS, *MANY)
        labels = {
            "step": _("Step of the assistance cycle"),
            "states": _("Member states concerned"),
            "groups": _("Regional groups concerned"),
            "programme": _("WIPO programme"),
            "provider": _("Provider"),
            "starts_on": pgettext_lazy("date", "From"),
            "ends_on": pgettext_lazy("date", "Until"),
            "resources_allocated": _("Resources allocated, in Swiss francs"),
            "resources_spent": _("Resources spent, in Swiss francs"),
            "review": _("Peer review"),
        }
        help_texts = {
            "states": _("Where it took place. Hold Ctrl, or ⌘, to choose several. Other states than yours are asked."),
            "groups": _("Where it concerns a region more than single states."),
            "provider": _("Who gave the assistance, where it was not WIPO or not WIPO alone."),
            "ends_on": _("Empty while it goes on."),
            "review": _("Of a study: whether peers have reviewed it."),
            "step": "",
            "programme": "",
            "resources_allocated": "",
            "resources_spent": "",
        }
        widgets = {
            "states": forms.SelectMultiple(attrs={"size": 7}),
            "groups": forms.CheckboxSelectMultiple,
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "programme": forms.TextInput(attrs={"dir": "auto"}),
            "provider": forms.TextInput(attrs={"dir": "auto"}),
            "starts_on": DAY,
            "ends_on": DAY,
        }

    entry_type = forms.ChoiceField(
        label=_("What is it?"), choices=EntryType.choices, required=False, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label=_("Language it is written in"))
    summary = _text(_("Summary"), 6, help_text=_("What it is and whom it helped, in a few sentences."))
    beneficiary = forms.ChoiceField(
        label=_("Who benefited"), choices=[("", _("Not said")), *Beneficiary.choices], required=False
    )
    delivery = forms.ChoiceField(
        label=_("Mode of delivery"), choices=[("", _("Not said")), *Delivery.choices], required=False
    )
    expected_result = _text(_("Expected result"), 3)
    achieved_result = _text(_("Achieved result"), 3, help_text=_("What was not achieved is worth as much to others."))
    lessons = _text(_("Lessons learned"), 4)
    address = forms.URLField(
        label=_("Address on the Internet"),
        required=False,
        assume_scheme="https",
        help_text=_("Where more of it is found, such as the tool itself."),
    )
    is_legislative_advice = forms.TypedChoiceField(
        label=_("Does it tell what legislative advice a state was given?"),
        choices=YES_OR_NO,
        coerce=lambda value: value == "True",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "Such advice is confidential. It is published only if every state named here gives its permission."
        ),
    )
    plan = forms.ChoiceField(
        label=_("Does it show a strategy, policy or plan of a state?"),
        choices=Plan.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Such a text is published once it is complete, if every state named here gives its permission."),
    )
    files = AttachmentsField(label=_("Add documents"))  # type: ignore[assignment]
    discarded = KeysField(required=False)
    author = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: User, propose: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._propose = propose
        self.fields["author"].initial = lambda: signing.dumps(viewer.pk, salt=AUTHOR_SALT)
        self.fields["version"].initial = self.instance.version
        self.fields["submission_key"].initial = uuid.uuid4
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        codes = dict(LANGUAGES_READ)
        own = self.initial.get("language") or viewer.language
        codes.setdefault(own, language_name(own, own))
        language.choices, language.initial = list(codes.items()), own
        self.fields["files"].help_text = limits()
        for name in ("title", "programme", "provider"):
            self.fields[name].validators.append(validate_plain_name)
        for name, nothing in (("category", pgettext("list", "Choose")), ("step", _("Not said"))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.empty_label = str(nothing)
        if self.instance.pk and self.instance.is_legislative_advice is not None:
            self.initial["is_legislative_advice"] = str(self.instance.is_legislative_advice)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The period ends after it begins."))
        if self._propose:
            try:
                check_complete(values)
            except ValidationError as missing:
                for name, errors in missing.message_dict.items():
                    if name not in self.errors:
                        self.add_error(name, errors)
        return values

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        return {name: self.cleaned_data[name] for name in (*COLUMNS, *MANY)}


class EntrySearchForm(forms.Form):
    """Which entries somebody looks for, as an address says it."""

    q = forms.CharField(
        label=_("Words in the title or the text"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "type": "search"}),
    )
    order = forms.ChoiceField(
        label=_("Sorted by"),
        choices=[("reviewed", _("Last reviewed")), ("newest", _("Last published"))],
        required=False,
    )
    after = forms.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("category", "page_category", "step", "group", "state"):
            self.fields[name] = forms.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)
        for name in ("type", "beneficiary", "delivery", "programme", "language"):
            self.fields[name] = forms.CharField(max_length=160, required=False)
        self.fields["year"] = forms.IntegerField(min_value=1900, max_value=2200, required=False)

    @property
    def wanted(self) -> Wanted:
        """What was asked for; what cannot be understood asks nothing."""
        self.is_valid()
        asked = self.cleaned_data
        facets = {name: asked[name] for name in FACETS if asked.get(name) not in {None, ""}}
        order = asked.get("order") or "reviewed"
        return Wanted(facets=facets, words=asked.get("q") or "", order=order)


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=REASON_LENGTH,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class EntryDecisionForm(forms.Form):
    """What the moderator decides, and on which version."""

    decision = forms.ChoiceField(
        choices=[
            (state.value, state.label) for state in (EntryState.PUBLISHED, EntryState.RETURNED, EntryState.DECLINED)
        ]
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = _reason(_("Reason"), _("To return or decline it; who proposed the entry reads it."))


class EntryPermissionForm(forms.Form):
    """What a state answers, and on which version."""

    answer = forms.ChoiceField(choices=[("grant", ""), ("refuse", "")])
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = _reason(_("Reason"))


class EntryWithdrawalForm(forms.Form):
    """Why an entry is withdrawn."""

    reason = _reason(_("Reason"))
