"""Input about where a webinar takes place, and who came."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.fields import WebAddressField
from webinars.meetings import offered
from webinars.models import Meeting
from webinars.services.meetings import TYPED


class MeetingForm(forms.ModelForm):
    """The meeting of a webinar; what the software makes itself is not typed."""

    class Meta:
        model = Meeting
        fields = ("provider", "address", "fallback_address", "telephone")
        field_classes = {"address": WebAddressField, "fallback_address": WebAddressField}
        help_texts = {
            "address": _("Of a link or a stream; other software makes its own. Only those entitled ever see it."),
            "fallback_address": _("For those who cannot get in."),
            "telephone": _("Numbers and code, for those without a line that carries sound."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [(p.value, p.label) for p in offered()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("provider") in TYPED and not cleaned.get("address"):
            self.add_error("address", _("Write the address of the meeting."))
        return cleaned


class AttendanceForm(forms.Form):
    """Whether one person came."""

    attended = forms.TypedChoiceField(
        choices=[
            ("", pgettext_lazy("attendance", "As the join times say")),
            ("yes", pgettext_lazy("attendance", "Came")),
            ("no", pgettext_lazy("attendance", "Did not come")),
        ],
        coerce=lambda value: {"yes": True, "no": False}.get(value),
        empty_value=None,
        required=False,
    )
    reason = forms.CharField(max_length=300, required=False)
