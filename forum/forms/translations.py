"""Input about translations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.forms.posts import body_field
from forum.models import Post, PostTranslation


class TranslationForm(forms.Form):
    """A post in another language, and which wordings the translator had before them."""

    body = body_field()
    made_from = forms.DateTimeField(widget=forms.HiddenInput)
    replaces = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, post: Post, stored: PostTranslation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Translation")
        self.initial = {
            "body": stored.body if stored else "",
            "made_from": post.worded_at.isoformat(),
            "replaces": stored.translated_at.isoformat() if stored else "",
        }
