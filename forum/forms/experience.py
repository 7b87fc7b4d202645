"""Sharing an experience: five questions that become one text."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from forum.forms.posts import OwnForm, read_version, validate_mentions

PARTS = ("need", "assistance", "worked", "not_worked", "documents")


def _part(label: Any, help_text: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=settings.POST_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class ExperienceTextForm(forms.Form):
    """An experience with technical assistance, told in five parts. Source: FOR-01, FOR-15, LIB-08."""

    need = _part(
        pgettext_lazy("part of an experience", "Need"),
        _("What your office or country needed, and why."),
    )
    assistance = _part(
        pgettext_lazy("part of an experience", "Assistance received"),
        _("Who gave it, when, for how long and in which form."),
    )
    worked = _part(
        pgettext_lazy("part of an experience", "What worked"),
        _("What has lasted, and how you know: figures help others most."),
    )
    not_worked = _part(
        pgettext_lazy("part of an experience", "What did not work"),
        _("What you would do differently. Others learn as much from it. You can leave this out."),
        required=False,
    )
    documents = _part(
        pgettext_lazy("part of an experience", "Documents and contact"),
        _("Where to read more, and whom to ask. You can leave this out."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            text = self.as_markdown("en")
            if len(text) > settings.POST_MAX_LENGTH:
                raise ValidationError(
                    _("Together the five parts have %(length)d characters; a post holds at most %(limit)d."),
                    code="max_length",
                    params={"length": len(text), "limit": settings.POST_MAX_LENGTH},
                )
            validate_mentions(text)
        return cleaned

    def as_markdown(self, language: str) -> str:
        """Return what was typed as one text, under headings in ``language``.

        Args:
            language: That of the room where it is published.
        """
        return joined({name: str(self[name].value() or "") for name in PARTS}, language)


class ExperiencePostForm(ExperienceTextForm, OwnForm):
    """An experience that is told in a discussion."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    draft = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_draft(self) -> datetime | None:
        return read_version(self.cleaned_data["draft"])


def joined(parts: Mapping[str, str], language: str) -> str:
    """Return the parts of an experience as one text in Markdown; a part left out has no heading.

    Args:
        parts: What was typed, by the names of the fields.
        language: What the headings are in.
    """
    with translation.override(language):
        headings = {
            "need": pgettext("part of an experience", "Need"),
            "assistance": pgettext("part of an experience", "Assistance received"),
            "worked": pgettext("part of an experience", "What worked"),
            "not_worked": pgettext("part of an experience", "What did not work"),
            "documents": pgettext("part of an experience", "Documents and contact"),
        }
    told = {name: parts.get(name, "").strip() for name in PARTS}
    return "\n\n".join(f"# {headings[name]}\n\n{text}" for name, text in told.items() if text)
