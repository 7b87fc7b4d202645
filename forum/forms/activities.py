"""Input about the catalogue of activities: writing one, and looking for some."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.boundfield import BoundField
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from accounts.languages import language_name
from accounts.models import User
from accounts.models.people import validate_plain_name
from forum.enums import ActivityLevel, CooperationMode
from forum.forms.posts import AUTHOR_SALT, validate_words
from forum.models import Activity
from forum.queries.activities import FACETS, HEAD, HEADINGS
from forum.queries.facets import Narrowing
from forum.services.activities import COLUMNS, TEXTS, check_complete

BIGGEST_ID = 2**63 - 1
TEXT_LENGTH = 3_000


@dataclass(frozen=True)
class LanguageFields:
    """The texts in one language.

    Args:
        code: Of the language.
        name: Of the language, in the reader's.
        is_core: Whether the catalogue needs them.
        fields: One for each text.
    """

    code: str
    name: str
    is_core: bool
    fields: Sequence[BoundField]

    @property
    def is_open(self) -> bool:
        """Whether they show without being asked for: what is needed, written or wrong."""
        return self.is_core or any(field.value() or field.errors for field in self.fields)


class ActivityForm(forms.ModelForm):
    """An activity in every language; what it lacks is told once it is to be in the catalogue."""

    class Meta:
        model = Activity
        fields = (*COLUMNS, "groups")
        help_texts = {"contact_email": _("Delegates see it.")}
        widgets = {"groups": forms.CheckboxSelectMultiple}

    levels = forms.MultipleChoiceField(
        label=_("Levels at which it is offered"), choices=ActivityLevel.choices, widget=forms.CheckboxSelectMultiple
    )
    modes = forms.MultipleChoiceField(
        label=_("Modes of cooperation"), choices=CooperationMode.choices, widget=forms.CheckboxSelectMultiple
    )
    author = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: User, is_complete: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["author"].initial = lambda: signing.dumps(viewer.pk, salt=AUTHOR_SALT)
        self._is_complete = is_complete
        self.fields["version"].initial = self.instance.version
        self.fields["submission_key"].initial = uuid.uuid4
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.empty_label = pgettext("list", "Choose")
        for code in settings.MODELTRANSLATION_LANGUAGES:
            for name in TEXTS:
                self._describe(name, code)

    def _describe(self, name: str, code: str) -> None:
        field = self.fields[build_localized_fieldname(name, code)]
        field.label, field.required = HEADINGS[name], False
        attrs: dict[str, Any] = {"lang": code, "dir": "auto"}
        if name in HEAD:
            field.widget = forms.TextInput(attrs={**attrs, "maxlength": 160})
            field.validators.append(validate_plain_name)
        else:
            field.widget = forms.Textarea(attrs={**attrs, "rows": 4, "maxlength": TEXT_LENGTH})
            field.validators += [validate_words, MaxLengthValidator(TEXT_LENGTH)]

    @property
    def languages(self) -> list[LanguageFields]:
        """The texts by language, for the page."""
        own = get_language() or settings.LANGUAGE_CODE
        return [
            LanguageFields(
                code=code,
                name=language_name(code, own),
                is_core=code in settings.CORE_LANGUAGES,
                fields=[self[build_localized_fieldname(name, code)] for name in HEADINGS],
            )
            for code in settings.MODELTRANSLATION_LANGUAGES
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self._is_complete:
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
        return {name: self.cleaned_data[name] for name in (*COLUMNS, "groups")}


class ActivitySearchForm(forms.Form):
    """Which activities somebody looks for, as an address says it."""

    q = forms.CharField(
        label=_("Words in the title or the text"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "type": "search"}),
    )
    after = forms.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)
    category = forms.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)
    page_category = forms.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)
    group = forms.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)
    level = forms.ChoiceField(choices=ActivityLevel.choices, required=False)
    mode = forms.ChoiceField(choices=CooperationMode.choices, required=False)

    @property
    def wanted(self) -> Narrowing:
        """What was asked for; what cannot be understood asks nothing."""
        self.is_valid()
        asked = self.cleaned_data
        facets = {name: asked[name] for name in FACETS if asked.get(name) not in {None, ""}}
        return Narrowing(facets=facets, words=asked.get("q") or "")
