"""Input about proposed topics: making one, deciding on one."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.languages import language_name, written
from accounts.models import User
from accounts.models.people import validate_plain_name
from forum.forms.posts import validate_words
from forum.models import Room
from moderation.models import TopicProposal


class TopicProposalForm(forms.ModelForm):
    """A proposal in its proposer's language."""

    class Meta:
        model = TopicProposal
        fields = ("title", "why", "expected_result", "category", "language", "wanted_languages", "names_proposer")
        widgets = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "why": forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
            "expected_result": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        }
        help_texts = {
            "names_proposer": _("The topic credits your state in any case, and your name only if you tick this."),
            "category": _("The moderator chooses one where you do not."),
        }

    language = forms.ChoiceField(label=_("Language it is written in"))
    wanted_languages = forms.MultipleChoiceField(
        label=_("Languages in which it matters to you"), required=False, widget=forms.CheckboxSelectMultiple
    )
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].validators.append(validate_plain_name)
        for name in ("why", "expected_result"):
            self.fields[name].required = True
            self.fields[name].validators.append(validate_words)
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.empty_label = pgettext("category", "Not said")
        rooms = [written(code) for code in Room.objects.visible_to(viewer).values_list("language", flat=True)]
        own = dict.fromkeys([viewer.language, *viewer.languages_read, *rooms])
        for name, codes in (("language", own), ("wanted_languages", dict.fromkeys(rooms))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(code, language_name(code, viewer.language)) for code in codes]
        self.fields["language"].initial = viewer.language

    @property
    def words(self) -> str:
        """What is typed so far, to look for what is similar; nothing of it needs to be valid."""
        return " ".join(self.data.get(name, "")[:2_000] for name in ("title", "why")).replace("\0", " ")


class ProposalDecisionForm(forms.Form):
    """What a moderator decides about a proposal."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1_000,
        help_text=_("Needed to decline. The proposer reads it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    into = forms.ModelChoiceField(
        TopicProposal.objects.none(), label=_("Merge it into"), required=False, empty_label=_("No other proposal")
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, others: QuerySet[TopicProposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = self.fields["into"]
        assert isinstance(into, forms.ModelChoiceField)
        into.queryset = others

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if reason:
            try:
                validate_words(reason)
            except ValidationError:
                return ""
        return reason
