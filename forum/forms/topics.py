"""Input about discussions that participants open."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.models.people import validate_plain_name
from forum.enums import TopicKind
from forum.forms.attachments import AttachmentsField
from forum.forms.experience import PARTS, ExperienceTextForm, joined
from forum.forms.posts import OwnForm, body_field, read_version, validate_words
from forum.models import Category, Room, Step
from forum.models.rooms import offered_categories

NOT_KEPT = frozenset({"csrfmiddlewaretoken", "author", "draft", "submission_key", "then"})
"""What a form holds beside what was typed and chosen."""


class TopicForm(OwnForm):
    """An open discussion or a question: what it is about, and its first post."""

    title = forms.CharField(
        label=pgettext_lazy("topic", "Title"),
        max_length=120,
        validators=[validate_words, validate_plain_name],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    category: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Category of assistance"),
        queryset=Category.objects.all(),
        empty_label=pgettext_lazy("list", "Choose"),
    )
    step: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Step of the assistance cycle"), queryset=Step.objects.all(), required=False, empty_label=_("Not said")
    )
    body = body_field()
    sisters = forms.MultipleChoiceField(
        label=_("Open it in other rooms too"),
        help_text=_("Each room has its own discussion of it. Your text stands in this one."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    files = AttachmentsField()  # type: ignore[assignment]
    draft = forms.CharField(required=False, widget=forms.HiddenInput)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: User, room: Room, rooms: Sequence[Room], **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.queryset = offered_categories(room.pk, Category.objects.all())
        self.fields["submission_key"].initial = uuid.uuid4
        sisters = self.fields["sisters"]
        assert isinstance(sisters, forms.MultipleChoiceField)
        sisters.choices = [(other.language, other.name) for other in rooms]
        if not rooms:
            del self.fields["sisters"]

    def clean_draft(self) -> datetime | None:
        return read_version(self.cleaned_data["draft"])

    def text(self, language: str) -> str:
        """Return the first post, with what headings it has in ``language``."""
        return str(self.cleaned_data["body"])

    def topic(self, language: str) -> dict[str, Any]:
        """Return what was typed as ``open_discussion`` takes it, in a room of ``language``."""
        names = ("title", "category", "step", "draft", "submission_key")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "body": self.text(language),
            "sisters": self.cleaned_data.get("sisters", []),
            "uploads": self.cleaned_data["files"],
        }


class ExperienceTopicForm(ExperienceTextForm, TopicForm):
    """An experience that begins a discussion, told in five parts."""

    body = None  # type: ignore[assignment]

    def text(self, language: str) -> str:
        return self.as_markdown(language)


FORMS: Mapping[TopicKind, type[TopicForm]] = {
    TopicKind.QUESTION: TopicForm,
    TopicKind.OPEN: TopicForm,
    TopicKind.EXPERIENCE: ExperienceTopicForm,
}
"""What participants may open, each with its form."""


def typed_in(data: Any) -> dict[str, Any]:
    """Return what was typed and chosen in a form, as a draft keeps it and the form takes it up again."""
    typed: dict[str, Any] = {
        name: data[name].replace("\x00", "") for name in data if name not in NOT_KEPT and name != "sisters"
    }
    return typed | {"sisters": data.getlist("sisters")}


def texts_in(typed: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of what was typed: those that are never lost."""
    return {name: typed[name] for name in ("body", *PARTS) if name in typed}


def turned_into(kind: TopicKind, typed: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return what was typed, as the form of another kind holds it: nothing of the text is lost.

    Args:
        kind: What is to be opened.
        typed: What was typed in the form of another kind.
        language: That of the room, for headings.
    """
    parts = {name: str(typed[name]) for name in PARTS if typed.get(name)}
    if kind != TopicKind.EXPERIENCE and parts:
        body = "\n\n".join(filter(None, [str(typed.get("body", "")), joined(parts, language)]))
        return {**{name: value for name, value in typed.items() if name not in PARTS}, "body": body, "kind": kind}
    if kind == TopicKind.EXPERIENCE and typed.get("body"):
        need = "\n\n".join(filter(None, [str(typed["body"]), str(typed.get("need", ""))]))
        return {**{name: value for name, value in typed.items() if name != "body"}, "need": need, "kind": kind}
    return {**typed, "kind": kind}
