"""Input at the Secretariat's desk: searching the audit trail, mandates, versions of the protocol."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Protocol
from accounts.queries.audit import AuditSearch
from accounts.services.terms import check_mandate

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditSearchForm(forms.Form):
    """What to look for in the audit trail; all of it is optional."""

    person = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=254,
        help_text=_("Part of the name or address: who did it, or to whom it was done."),
    )
    action = forms.CharField(
        label=_("Action"), required=False, max_length=60, help_text=_("How it begins, such as mandate or user.")
    )
    subject = forms.CharField(
        label=pgettext_lazy("audit entry", "Subject"),
        required=False,
        max_length=80,
        help_text=_("Kind, or kind and id, such as accounts.user:12."),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=100)
    first = forms.DateField(label=pgettext_lazy("date", "From"), required=False, widget=DAY)
    last = forms.DateField(label=pgettext_lazy("date", "Until"), required=False, widget=DAY)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            raise ValidationError({"last": _("This day is before the first one.")})
        return values

    @property
    def search(self) -> AuditSearch:
        """What to look for; nothing in particular where the input is wrong."""
        return AuditSearch(**self.cleaned_data) if self.is_valid() else AuditSearch()


class MandateForm(forms.ModelForm):
    """A mandate that the Secretariat gives or changes."""

    class Meta:
        model = Mandate
        fields = ("user", "office", "member_state", "regional_group", "starts_on", "ends_on")

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        help_text=_("Kept in the audit trail, such as the note’s date."),
    )

    def _post_clean(self) -> None:
        """Have the service's own check tell what is wrong while there is a form to tell it in."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                check_mandate(self.instance)
            except ValidationError as error:
                self.add_error(None, error)


def _column(field: str, language: str) -> str:
    return f"{field}_{language.replace('-', '_')}"


class ProtocolForm(forms.Form):
    """A version of the protocol: its day, and its words in each language."""

    in_force_on = forms.DateField(
        label=_("In force from"),
        widget=DAY,
        help_text=_("From this day, Geneva’s, everybody is asked to accept it at the next entry."),
    )

    def __init__(self, *args: Any, protocol: Protocol | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_first = not Protocol.objects.exists() if protocol is None else protocol.version == 1
        for language in settings.MODELTRANSLATION_LANGUAGES:
            required = language in settings.CORE_LANGUAGES
            attributes = {"lang": language, "dir": "auto"}
            self.fields[_column("title", language)] = forms.CharField(
                label=_("Title"), max_length=160, required=required, widget=forms.TextInput(attrs=attributes)
            )
            self.fields[_column("changes", language)] = forms.CharField(
                label=_("What changed"),
                required=required and not self.is_first,
                max_length=10_000,
                widget=forms.Textarea(attrs={**attributes, "rows": 4}),
            )
            self.fields[_column("text", language)] = forms.CharField(
                label=_("Text"),
                required=required,
                max_length=100_000,
                widget=forms.Textarea(attrs={**attributes, "rows": 12}),
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for language in settings.MODELTRANSLATION_LANGUAGES:
            title, text = _column("title", language), _column("text", language)
            if bool(values.get(title)) != bool(values.get(text)) and not {title, text} & set(self.errors):
                self.add_error(text if values.get(title) else title, _("Write both a title and a text, or neither."))
        return values

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The fields of each language, for the page."""
        return [
            {
                "code": language,
                "name": capfirst(get_language_info(language)["name_local"]),
                "is_core": language in settings.CORE_LANGUAGES,
                "has_errors": any(self[_column(field, language)].errors for field in ("title", "changes", "text")),
                "fields": [self[_column(field, language)] for field in ("title", "changes", "text")],
            }
            for language in settings.MODELTRANSLATION_LANGUAGES
        ]

    @staticmethod
    def values_of(protocol: Protocol) -> dict[str, Any]:
        """Return what the form begins with to make or change a version."""
        columns = [_column(f, language) for f in ("title", "text") for language in settings.MODELTRANSLATION_LANGUAGES]
        return {column: getattr(protocol, column) or "" for column in columns}

    @staticmethod
    def changes_of(protocol: Protocol) -> dict[str, Any]:
        """Return what is particular to a version that is changed: its day and what it says changed."""
        columns = [_column("changes", language) for language in settings.MODELTRANSLATION_LANGUAGES]
        return {"in_force_on": protocol.in_force_on} | {column: getattr(protocol, column) or "" for column in columns}
