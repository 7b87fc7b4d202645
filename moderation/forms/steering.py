"""Input about guiding a discussion: who is asked, what is moved, what waits."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.days import today
from accounts.enums import Office, Role
from accounts.models import Mandate, MemberState, User
from forum.forms.posts import body_field, validate_words
from forum.models import Category, Discussion
from moderation.enums import FOR_OTHER_WORDS

DISCUSSIONS_OFFERED = 200


def area(rows: int) -> forms.Textarea:
    """Return a text area whose text has its own direction."""
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


def reason_fields(limit: int) -> dict[str, forms.Field]:
    """Return the fields of a reason: a common one, which is ready in every language, and one's own words."""
    return {
        "common": forms.ChoiceField(
            label=_("Common reason"),
            help_text=_("The author reads it in their own language."),
            choices=[("", _("None of these")), *((reason.value, reason.label) for reason in FOR_OTHER_WORDS)],
            required=False,
        ),
        "reason": forms.CharField(
            label=_("In your words"),
            help_text=_("As the author reads it: please write in their language."),
            max_length=limit,
            required=False,
            widget=area(3),
        ),
    }


class ReasonForm(forms.Form):
    """A reason that is told to the author of a post."""

    limit = 150

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = reason_fields(self.limit) | self.fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("common") and not cleaned.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Choose a reason, or write one."))
        return cleaned


class SuggestionForm(ReasonForm):
    """What is suggested to the author of a held post."""

    limit = 1_500

    body = forms.CharField(
        label=_("Suggested wording"),
        help_text=_("Leave it empty to leave the words to the author."),
        max_length=body_field().max_length,
        required=False,
        widget=area(6),
    )


class HeldWordingForm(forms.Form):
    """The words in which an author hands a held post in again."""

    body = body_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Your post")
        del self.fields["body"].widget.attrs["aria-describedby"]


class CallForm(forms.Form):
    """Who is asked to answer, what, and by when."""

    experts = forms.ModelMultipleChoiceField(
        label=_("WIPO staff experts"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    states: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label=_("Offices of member states"),
        help_text=_("Those that have a focal point. Hold Ctrl, or Cmd, to choose several."),
        queryset=MemberState.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    request = forms.CharField(label=_("What is asked"), max_length=2_000, validators=[validate_words], widget=area(3))
    due_on = forms.DateField(
        label=_("Answer by"),
        initial=lambda: today() + timedelta(days=7),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken_for = Mandate.objects.in_force(today()).filter(office=Office.FOCAL_POINT, user__in=User.objects.active())
        offered: dict[str, QuerySet] = {
            "experts": User.objects.active().filter(role=Role.EXPERT).order_by("full_name"),
            "states": MemberState.objects.filter(pk__in=spoken_for.values("member_state")),
        }
        for name, rows in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = rows


class DiscussionChoiceField(forms.ModelChoiceField):
    """Another discussion of the same room, the latest first."""

    def label_from_instance(self, obj: Discussion) -> str:
        return f"{obj.symbol}: {obj.topic.title}"


class TargetForm(forms.Form):
    """To which discussion of the room posts go, some or all of them."""

    target = DiscussionChoiceField(
        label=_("To the discussion"), queryset=Discussion.objects.none(), empty_label=_("Choose a discussion")
    )

    def __init__(self, *args: Any, others: QuerySet[Discussion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, DiscussionChoiceField)
        field.queryset = others


class SplitForm(forms.Form):
    """The new discussion that posts get."""

    title = forms.CharField(
        label=_("Title of the new discussion"),
        help_text=_("In the language of the room."),
        max_length=120,
        validators=[validate_words],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    category: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.all(), empty_label=_("Choose a category")
    )


class HoldPersonForm(forms.Form):
    """Whose posts are held, and until which day."""

    person = forms.EmailField(label=_("E-mail address of the person"))
    until = forms.DateField(
        label=_("Until the end of"),
        initial=lambda: today() + timedelta(days=30),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_person(self) -> User:
        person: User | None = User.objects.active().filter(email=self.cleaned_data["person"].lower()).first()
        if person is None:
            raise forms.ValidationError(_("Nobody with this address takes part now."), code="nobody")
        return person
