"""Input of files."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from forum.files.kinds import BY_EXTENSION, KIND_NAMES
from forum.files.sizes import in_words
from forum.services.attachments import REFUSALS


def limits() -> str:
    """Say what can be attached, before anybody chooses."""
    count = settings.ATTACHMENTS_PER_POST
    return gettext("%(kinds)s; at most %(each)s each, %(most)s and %(together)s together.") % {
        "kinds": KIND_NAMES,
        "each": in_words(settings.ATTACHMENT_BYTES),
        "most": ngettext("%(count)d file", "%(count)d files", count) % {"count": count},
        "together": in_words(settings.ATTACHMENTS_BYTES),
    }


class AttachmentsInput(forms.FileInput):
    """A choice of several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class AttachmentsField(forms.FileField):
    """Files to attach to a post or an entry of the library.

    The service that takes them checks each, and says why one is not taken. What can be is said before anybody
    chooses, and again by the script that checks before it sends, with ``{name}`` for the file.
    """

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"multiple": True, "accept": ",".join(BY_EXTENSION), "aria-describedby": "files-help"}
        defaults = {"label": _("Attach files"), "required": False, "widget": AttachmentsInput(attrs=attributes)}
        super().__init__(**{**defaults, **kwargs})

    @property
    def limits(self) -> str:
        return limits()

    @property
    def most_bytes(self) -> int:
        return int(settings.ATTACHMENT_BYTES)

    @property
    def too_large(self) -> str:
        return str(REFUSALS["size"]) % {"name": "{name}", "limit": in_words(self.most_bytes)}

    @property
    def other_kind(self) -> str:
        return str(REFUSALS["kind"]) % {"name": "{name}", "kinds": KIND_NAMES}

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = list(data or [])
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        return files


class KeysField(forms.Field):
    """Files that are attached already, by their keys."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[uuid.UUID]:
        try:
            return [uuid.UUID(key) for key in value or []]
        except ValueError:
            raise ValidationError(_("A file that you had attached is no longer there."), code="invalid") from None
