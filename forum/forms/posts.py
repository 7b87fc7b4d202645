"""Input about posts and follows."""

import hashlib
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.enums import Economy, OfficeProfile
from accounts.forms import LANGUAGES_READ
from accounts.markdown import mentioned
from accounts.models import MemberState, User
from accounts.models.places import RegionalGroup
from forum.enums import Capacity, ContributionKind
from forum.forms.attachments import AttachmentsField, KeysField
from forum.models import Category, Experience, Step
from forum.queries.directory import Wanted

AUTHOR_SALT = "forum.post-form"
AUTHOR_MAX_AGE = 30 * 24 * 3600  # seconds; longer than any session


def validate_words(value: str) -> None:
    """Refuse a text of nothing but spaces and characters that cannot be seen.

    Raises:
        ValidationError: There is nothing to read in ``value``.
    """
    if all(unicodedata.category(character)[0] in "ZC" for character in value):
        raise ValidationError(_("Write something before you publish."), code="required")


def validate_mentions(value: str) -> None:
    """Refuse a text that names more people and states than one post may.

    Raises:
        ValidationError: It names too many.
    """
    if len(mentioned(value)) > settings.MENTIONS_MOST:
        message = _("A post names at most %(most)d people and states.")
        raise ValidationError(message, code="mentions", params={"most": settings.MENTIONS_MOST})


def body_field() -> forms.CharField:
    """Return the field of a post's Markdown, with its limit."""
    return forms.CharField(
        label=_("Your contribution"),
        max_length=settings.POST_MAX_LENGTH,
        validators=[validate_words, validate_mentions],
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto", "data-grow": "", "aria-describedby": "write-help"}),
        error_messages={
            "required": _("Write something before you publish."),
            "max_length": _(
                "This text has %(show_value)d characters; a post holds at most %(limit_value)d. "
                "Shorten it or divide it into two posts."
            ),
        },
    )


class OwnForm(forms.Form):
    """A form that knows who it was made for, so that a text outlives a lost session."""

    author = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["author"].initial = lambda: signing.dumps(viewer.pk, salt=AUTHOR_SALT)


def read_version(value: str) -> datetime | None:
    """Return which wording of a draft a form goes on from, or None where it says nothing of the kind."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


class PostForm(OwnForm):
    """A new post."""

    body = body_field()
    kind = forms.ChoiceField(
        label=_("Kind of contribution"),
        choices=ContributionKind.choices,
        initial=ContributionKind.COMMENT,
        required=False,
    )
    capacity = forms.ChoiceField(
        label=_("Capacity in which you write"), choices=Capacity.choices, initial=Capacity.PERSONAL, required=False
    )
    reply_to = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)
    corrects = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)
    draft = forms.CharField(required=False, widget=forms.HiddenInput)
    confirmed = forms.CharField(required=False)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    attachments = KeysField(required=False)
    uploads = AttachmentsField()

    refusals: Sequence[str] = ()  # why files that came with it are not attached

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        self.fields["submission_key"].initial = uuid.uuid4
        self.offers_capacity = viewer.is_focal_point

    def clean_draft(self) -> datetime | None:
        return read_version(self.cleaned_data["draft"])

    @property
    def speaks_for_state(self) -> bool:
        """Whether the text is to be a statement of the delegation."""
        return self.cleaned_data.get("capacity") == Capacity.DELEGATION

    @property
    def fingerprint(self) -> str:
        """What a confirmation is of: the text that was shown, and no other."""
        return hashlib.sha256(self.cleaned_data["body"].encode()).hexdigest()

    @property
    def is_confirmed(self) -> bool:
        """Whether the text may go out: a statement of the delegation is shown to its author and confirmed first."""
        return not self.speaks_for_state or self.cleaned_data["confirmed"] == self.fingerprint

    @property
    def post(self) -> dict[str, Any]:
        """What was typed, as ``publish_post`` takes it."""
        return {
            "body": self.cleaned_data["body"],
            "kind": ContributionKind(self.cleaned_data["kind"] or ContributionKind.COMMENT),
            "capacity": Capacity(self.cleaned_data.get("capacity") or Capacity.PERSONAL),
            "reply_to": self.cleaned_data["reply_to"],
            "corrects": self.cleaned_data["corrects"],
            "draft": self.cleaned_data["draft"],
            "submission_key": self.cleaned_data["submission_key"],
            "attachments": self.cleaned_data["attachments"],
        }


class PostEditForm(OwnForm):
    """A new wording of a post, with the files to add to it and to take off."""

    body = body_field()
    attachments = KeysField(required=False)
    discarded = KeysField(required=False)
    uploads = AttachmentsField(label=_("Add files"))  # type: ignore[assignment]

    refusals: Sequence[str] = ()  # why files that came with it are not attached


class _GrantForm(forms.ModelForm):
    """A right on one thing; which right follows from what it is on."""

    permission: ClassVar[str]

    def _post_clean(self) -> None:
        self.instance.permission = Permission.objects.get(content_type__app_label="forum", codename=self.permission)
        super()._post_clean()  # type: ignore[misc]

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions()} - {"permission"}  # type: ignore[misc]


class RoomGrantForm(_GrantForm):
    permission = "facilitate_room"


class DiscussionGrantForm(_GrantForm):
    permission = "take_part_in_discussion"


def author_of(token: str) -> int | None:
    """Return the id of the person a post form was made for, or None where ``token`` is not ours."""
    try:
        return int(signing.loads(token, salt=AUTHOR_SALT, max_age=AUTHOR_MAX_AGE))
    except signing.BadSignature:
        return None


class PeopleForm(forms.Form):
    """Whom somebody looks for among the people."""

    q = forms.CharField(label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs={"dir": "auto"}))
    state = forms.ChoiceField(label=_("Member state"), required=False)
    group = forms.ChoiceField(label=_("Regional group"), required=False)
    language = forms.ChoiceField(label=_("Reads"), required=False, choices=[("", _("Any language")), *LANGUAGES_READ])
    experience = forms.ChoiceField(label=_("Area of experience"), required=False)
    office = forms.ChoiceField(
        label=_("Kind of IP office"), required=False, choices=[("", _("Any kind of office")), *OfficeProfile.choices]
    )
    economy = forms.ChoiceField(
        label=_("Kind of economy"), required=False, choices=[("", _("Any kind of economy")), *Economy.choices]
    )
    after = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = list(MemberState.objects.select_related("group").order_by("name"))
        groups: dict[int, RegionalGroup] = {state.group.pk: state.group for state in states if state.group}
        by_name = sorted(groups.values(), key=str)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "state": [("", _("Any member state")), *((str(state.pk), str(state)) for state in states)],
            "group": [("", _("Any group")), *((str(group.pk), str(group)) for group in by_name)],
            "experience": [
                ("", _("Any area")),
                (_("Categories of assistance"), [(f"category-{row.pk}", str(row)) for row in Category.objects.all()]),
                (_("Steps of the assistance cycle"), [(f"step-{row.pk}", str(row)) for row in Step.objects.all()]),
            ],
        }
        for name, options in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = options

    @property
    def wanted(self) -> Wanted:
        """What was asked for."""
        kind, _dash, pk = self.cleaned_data["experience"].partition("-")
        state, group = self.cleaned_data["state"], self.cleaned_data["group"]
        return Wanted(
            name=self.cleaned_data["q"],
            state=int(state) if state else None,
            group=int(group) if group else None,
            language=self.cleaned_data["language"],
            category=int(pk) if kind == "category" else None,
            step=int(pk) if kind == "step" else None,
            office=self.cleaned_data["office"],
            economy=self.cleaned_data["economy"],
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return any(self.data.get(name) for name in self.fields if name != "after")

    @property
    def address(self) -> str:
        """What was asked for, as an address carries it."""
        asked = {name: self.data[name] for name in self.fields if name != "after" and self.data.get(name)}
        return urlencode(asked)


class ExperienceForm(forms.Form):
    """What somebody has experience of."""

    categories: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Categories of assistance"),
        queryset=Category.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    steps: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Steps of the assistance cycle"),
        queryset=Step.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Experience.objects.filter(user=person).values_list("category", "step")
        self.initial = {
            "categories": [category for category, _step in known if category],
            "steps": [step for _category, step in known if step],
        }
