"""Input about the Committee's calendar."""

from django import forms

from webinars.forms.cycles import MOMENT
from webinars.models import CommitteeMeeting


class CommitteeMeetingForm(forms.ModelForm):
    """A session of the Committee, or an event beside one, by the clocks of who types it."""

    class Meta:
        model = CommitteeMeeting
        fields = ("title", "starts_at", "ends_at")
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "starts_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
            "ends_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        }
