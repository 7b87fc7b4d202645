"""Input about templates of topics, and about weeks planned from them."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from forum.weeks import monday_of
from moderation.forms.words import COLUMNS, WordsForm
from moderation.models import TopicTemplate


class TopicTemplateForm(WordsForm):
    """A template, in as many of the rooms' languages as it is written in so far."""

    class Meta:
        model = TopicTemplate
        fields = ("name", *COLUMNS, "category", "step")
        help_texts = {"name": _("Moderators alone see it.")}


class PlanWeeksForm(forms.Form):
    """Which weeks are to have a topic from a template."""

    first = forms.TypedChoiceField(label=_("First week"), coerce=date.fromisoformat)
    weeks = forms.IntegerField(label=_("Number of weeks"), min_value=1, max_value=settings.WEEKS_AT_ONCE, initial=4)
    scheduled = forms.BooleanField(
        label=_("The topics open by themselves"),
        required=False,
        help_text=_("Else they are drafts. The template must be complete in all core languages for that."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mondays = [monday_of(timezone.now(), weeks=n).date() for n in range(1, settings.WEEKS_SHOWN)]
        first = self.fields["first"]
        assert isinstance(first, forms.TypedChoiceField)
        first.choices = [
            (
                monday.isoformat(),
                _("Week %(number)d, from %(day)s") % {"number": monday.isocalendar().week, "day": date_format(monday)},
            )
            for monday in mondays
        ]
