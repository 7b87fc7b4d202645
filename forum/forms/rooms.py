"""Input about rooms."""

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from forum.models import Room

DAYS = [(day + 1, name) for day, name in WEEKDAYS.items()]  # Monday is 1, as ISO 8601 counts


class RoomForm(forms.ModelForm):
    """What the Secretariat keeps about a room."""

    opening_days = forms.TypedMultipleChoiceField(
        label=_("opening days"),
        choices=DAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=Room._meta.get_field("opening_days").help_text,
    )
