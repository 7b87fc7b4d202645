"""Input about weekly topics."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models import Topic
from moderation.enums import Occasion
from moderation.forms.words import COLUMNS, WordsForm
from moderation.queries.weekly import points_of

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class PointsField(forms.ModelMultipleChoiceField):
    """Points of the checklist, to be ticked; none of them must be."""

    def __init__(self, occasion: Occasion) -> None:
        super().__init__(
            queryset=points_of(occasion),
            required=False,
            label=occasion.label,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("What is not ticked stays visible in the plan, and keeps nothing from opening or closing."),
        )


class WeeklyTopicForm(WordsForm):
    """A weekly topic in every room's language. A draft may lack texts; what opens may not lack a core language."""

    class Meta:
        model = Topic
        fields = (*COLUMNS, "category", "step", "opens_at", "closes_at")
        widgets = {"opens_at": MOMENT, "closes_at": MOMENT}

    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    ticked = PointsField(Occasion.OPENING)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closes_at"].required = True
        if self.instance.pk:
            self.initial["ticked"] = list(self.instance.ticks.values_list("item", flat=True))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        opens_at, closes_at = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("Set a closing time after the opening time."))
        elif closes_at and closes_at <= timezone.now():
            self.add_error("closes_at", _("Set a closing time that is still to come."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the order of dates to ``clean``, which says it at the field that is to be changed."""
        return {*super()._get_validation_exclusions(), "closes_at"}  # type: ignore[misc]


class ClosingForm(forms.Form):
    """When an opened topic closes."""

    closes_at = forms.DateTimeField(label=_("Closes at"), widget=MOMENT)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_closes_at(self) -> datetime:
        closes_at: datetime = self.cleaned_data["closes_at"]
        if closes_at <= timezone.now():
            raise ValidationError(_("Set a closing time that is still to come."))
        return closes_at


class ClosingPointsForm(forms.Form):
    """What was seen to before a topic closes."""

    ticked = PointsField(Occasion.CLOSING)
