"""Input about what remains of webinars."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from forum.files.sizes import in_words
from webinars.enums import MaterialKind
from webinars.files import ACCEPTED, KIND_NAMES
from webinars.forms.webinars import language_choices
from webinars.models import Material
from webinars.services.materials import WRITTEN

BY_LINK_ONLY = (MaterialKind.TALK, MaterialKind.RECORDING)
"""Video, which is kept where it can be played."""


class MaterialForm(forms.ModelForm):
    """A file, a link or a text; exactly one of them."""

    class Meta:
        model = Material
        fields = ("kind", "language", "source", "title", "text", "visible_from")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "visible_from": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
        help_texts = {"visible_from": _("Empty: as soon as it is published.")}

    address = forms.URLField(
        label=_("Link"), required=False, max_length=500, assume_scheme="https", help_text=_("Video is linked to only.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=language_choices())
        self.fields["file"] = forms.FileField(
            label=_("File"),
            required=False,
            widget=forms.FileInput(attrs={"accept": ACCEPTED}),
            help_text=_("%(kinds)s; at most %(limit)s.")
            % {"kinds": KIND_NAMES, "limit": in_words(settings.ATTACHMENT_BYTES)},
        )
        self.order_fields(["kind", "language", "source", "title", "file", "address", "text", "visible_from"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [name for name in ("file", "address", "text") if cleaned.get(name)]
        kind = cleaned.get("kind")
        if len(given) != 1 and not self.errors:
            raise ValidationError(_("Give a file, a link or a text: one of them."), code="one")
        if "text" in given and kind not in WRITTEN:
            self.add_error("text", _("Only a summary or a transcript is written here."))
        if "file" in given and kind in BY_LINK_ONLY:
            self.add_error("file", _("Video is not kept here: give a link to it."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what was accepted, by name of the column."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}

    @property
    def upload(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        return file

    def _post_clean(self) -> None:
        """Leave the row to the service."""
