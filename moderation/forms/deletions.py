"""Input about requests to delete."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from forum.models import Post
from moderation.enums import Basis
from moderation.policies import deletions as policies


class DeletionForm(forms.Form):
    """What is to be deleted, on what ground and why."""

    basis = forms.TypedChoiceField(label=_("Ground"), coerce=Basis, widget=forms.RadioSelect)
    attachment = forms.TypedChoiceField(
        label=_("What is to be deleted"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("The moderator reads it, nobody else. Please do not repeat the words that are to go."),
    )

    def __init__(self, *args: Any, viewer: User, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = [basis for basis in Basis if policies.may_ask_as(viewer, post, basis)]
        self.fields["basis"].choices = [(basis.value, basis.label) for basis in grounds]  # type: ignore[attr-defined]
        self.fields["basis"].initial = grounds[0].value if grounds else None
        files = [(file.pk, _("Only the file “%(name)s”") % {"name": file.name}) for file in post.attachments.all()]
        whole = _("The whole post, with its files")
        self.fields["attachment"].choices = [("", whole), *files]  # type: ignore[attr-defined]
        if not files:
            self.fields["attachment"].widget = forms.HiddenInput()


class DeletionDecisionForm(forms.Form):
    """What is decided, with the text that is left and the reason."""

    decision = forms.ChoiceField(choices=[("delete", ""), ("redact", ""), ("refuse", "")])
    kept = forms.CharField(
        label=_("Text without what is to go"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
        help_text=_(
            "Take out what is to go, and nothing else. A mark takes its place; what you add is left out, since the "
            "words are the author’s."
        ),
    )
    answer = forms.CharField(
        label=_("Reason"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Who asked reads it. Please do not repeat the words that are to go."),
    )
