"""What the Secretariat says of a claim."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ClaimDecisionForm(forms.Form):
    """Whether the posts are somebody's, and why."""

    decision = forms.ChoiceField(choices=[("grant", "grant"), ("refuse", "refuse")])
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("How it was verified, or why not. It is kept, and who claimed the posts reads it."),
    )
