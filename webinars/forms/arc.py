"""Input about the discussion that follows a webinar."""

from django import forms
from django.utils.translation import gettext_lazy as _

from forum.models import Category


class FollowUpForm(forms.Form):
    """Where the discussion belongs."""

    category: forms.ModelChoiceField = forms.ModelChoiceField(Category.objects.all(), label=_("Category"))
