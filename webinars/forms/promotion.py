"""Input about how a webinar is made known."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from webinars.enums import Promoter
from webinars.forms.webinars import columns, language_choices
from webinars.models import PromotionTask, Webinar


class StepForm(forms.ModelForm):
    """A step of the plan."""

    class Meta:
        model = PromotionTask
        fields = ("audience", "channel", "promoter", "member_state", "due_on")
        widgets = {
            "audience": forms.TextInput(attrs={"dir": "auto"}),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("promoter") == Promoter.SECRETARIAT:
            cleaned["member_state"] = None
        elif cleaned.get("promoter") == Promoter.STATE and cleaned.get("member_state") is None:
            self.add_error("member_state", _("Say which member state."))
        return cleaned


class ReachForm(forms.ModelForm):
    """What came of a step."""

    class Meta:
        model = PromotionTask
        fields = ("done_on", "reach", "note")
        widgets = {
            "done_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.TextInput(attrs={"dir": "auto"}),
        }


class TextsForm(forms.ModelForm):
    """The ready texts, one in each language."""

    class Meta:
        model = Webinar
        fields = columns(("promotion",))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in language_choices():
            field = self.fields[f"promotion_{code.replace('-', '_')}"]
            field.label = name
            field.help_text = ""
            field.widget = forms.Textarea(attrs={"rows": 2, "dir": "auto", "lang": code})


class CampaignForm(forms.Form):
    """Which earlier participants are told."""

    earlier: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        Webinar.objects.none(), label=_("Participants of"), widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Only those who follow webinars in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: all of them."),
    )

    def __init__(self, *args: Any, webinar: Webinar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        earlier = Webinar.objects.held().exclude(pk=webinar.pk).order_by("-starts_at")
        self.fields["earlier"].queryset = earlier  # type: ignore[attr-defined]
        if webinar.series_id:
            self.initial.setdefault("earlier", earlier.filter(series=webinar.series_id))
        self.fields["languages"].choices = language_choices()  # type: ignore[attr-defined]
