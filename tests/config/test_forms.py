"""How forms are drawn."""

import re
from html import unescape

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from config.forms import FormRenderer


class EveryKind(forms.Form):
    text = forms.CharField(initial='<b> & "é"', widget=forms.Textarea(attrs={"rows": 8, "data-grow": ""}))
    choice = forms.ChoiceField(choices=[("a", "A & B"), ("group", [("x", "X"), ("y", "Y")])], initial="y")
    several = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple, initial=["b"]
    )
    one = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    when = forms.SplitDateTimeField()
    number = forms.DecimalField(localize=True, initial=12345.5)
    agreed = forms.BooleanField(required=False, disabled=True)
    file = forms.FileField(widget=forms.ClearableFileInput)


@pytest.mark.parametrize("name", EveryKind.base_fields)
def test_widgets_are_drawn_as_django_draws_them(name):
    drawn, expected = (str(EveryKind(renderer=renderer())[name]) for renderer in (FormRenderer, TemplatesSetting))

    assert re.sub(r"\s+", "", unescape(drawn)) == re.sub(r"\s+", "", unescape(expected)) != ""


def test_what_somebody_typed_is_escaped_in_them():
    drawn = str(EveryKind({"text": "</textarea><b>"}, renderer=FormRenderer())["text"])

    assert "&lt;/textarea&gt;&lt;b&gt;" in drawn
