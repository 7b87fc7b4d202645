"""Input about proposals: a group's or a state's in one language, a topic of the list in the core languages."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import language_name
from accounts.models import MemberState, User
from accounts.models.people import validate_plain_name
from forum.forms.posts import validate_words
from webinars.models import Cycle, Proposal, ProposalPart, Region, Webinar
from webinars.queries.cycles import WORDS
from webinars.services.proposals import FEWEST_PARTS, SUFFIXES

ABOUT = ("languages", "regions", "scope_area", "is_about_delivery", "about_note", "elsewhere", "is_series", "builds_on")
ROWS = {"aims": 5, "audience": 3, "subject": 6}
LONGEST = {name: Proposal._meta.get_field(name).max_length for name in WORDS}  # type: ignore[union-attr]


def parts_in(text: str) -> list[tuple[str, str]]:
    """Return the parts that a text lists: title and objectives of each line, parted by its first colon.

    A line without a title before its colon is a title.
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    pairs = [line.replace("：", ":").partition(":") for line in lines if line]
    return [(title.strip() or aims.strip(), aims.strip() if title.strip() else "") for title, _colon, aims in pairs]


def parts_as_text(parts: Sequence[ProposalPart], suffix: str) -> str:
    """Return parts as ``parts_in`` reads them, in one language.

    Args:
        parts: In their order.
        suffix: Of the language's columns.
    """
    said = [(getattr(part, f"title_{suffix}") or "", getattr(part, f"aims_{suffix}") or "") for part in parts]
    return "\n".join(f"{title}: {aims}" if aims else title for title, aims in said if title)


class AboutForm(forms.ModelForm):
    """What every proposal says beside its words: languages, regions, scope, what it builds on."""

    class Meta:
        model = Proposal
        fields = tuple(name for name in ABOUT if name != "languages")
        widgets = {
            "regions": forms.CheckboxSelectMultiple,
            "about_note": forms.TextInput(attrs={"dir": "auto"}),
            "elsewhere": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            "builds_on": forms.CheckboxSelectMultiple,
        }

    languages = forms.MultipleChoiceField(label=_("Wanted in"), required=False, widget=forms.CheckboxSelectMultiple)
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: User, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = get_language() or settings.LANGUAGE_CODE
        self.choices_of_languages = [(code, language_name(code, own)) for code in settings.MODELTRANSLATION_LANGUAGES]
        self._choices("languages").choices = self.choices_of_languages
        self.initial.setdefault("languages", self.instance.languages)
        self._rows("regions").queryset = Region.objects.filter(scheme=cycle.scheme)
        self._rows("builds_on").queryset = Webinar.objects.visible_to(viewer).held()
        if not Webinar.objects.visible_to(viewer).held().exists():
            del self.fields["builds_on"]
        self._rows("scope_area").empty_label = pgettext("scope area", "None of them")
        if self.instance.pk:
            self.initial.setdefault("seen", self.instance.saved_at.isoformat())

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _rows(self, name: str) -> forms.ModelChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        return field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("is_about_delivery") and not (cleaned.get("about_note") or "").strip():
            self.add_error("about_note", _("Say why it belongs here though it is not about delivery."))
        return cleaned

    def _parts_field(self, language: str) -> forms.CharField:
        return forms.CharField(
            label=_("Parts of the series"),
            required=False,
            max_length=8_000,
            widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "lang": language}),
            help_text=_("One in each line, in order; what follows a colon is its objectives."),
        )

    def _parts_in(self, name: str, *, complete: bool) -> list[tuple[str, str]]:
        """Return the parts that a field lists, and say at it where one is too long, or there are too few to hand in."""
        parts = parts_in(self.cleaned_data.get(name) or "")
        most = ProposalPart._meta.get_field("title").max_length or 0
        if complete and self.cleaned_data.get("is_series") and len(parts) < FEWEST_PARTS:
            self.add_error(name, _("A series has at least two parts: write one in each line."))
        if any(len(title) > most for title, _aims in parts):
            self.add_error(name, _("The title of a part is at most %(most)d characters long.") % {"most": most})
        return parts

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values by name of the model's field."""
        kept = {name: self.cleaned_data[name] for name in ABOUT if name in self.cleaned_data}
        return {**kept, "languages": list(self.cleaned_data["languages"])}

    def _post_clean(self) -> None:
        """Leave the instance as it is: the service writes what was accepted."""

    def let_save_over(self, saved: Proposal) -> None:
        """Have the form, shown again, know of what somebody else has saved meanwhile."""
        self.data = _changeable(self.data)
        self.data["seen"] = saved.saved_at.isoformat()

    @property
    def typed(self) -> dict[str, Any]:
        """What is typed so far, to go on with; nothing of it needs to be valid."""
        several = {"languages", "regions", "builds_on"}
        data = _changeable(self.data)
        return {name: data.getlist(name) if name in several else data.get(name, "") for name in self.fields}


def _changeable(data: Any) -> QueryDict:
    """Return a copy of what was sent that can be changed."""
    copy: QueryDict = data.copy()
    return copy


class ProposalForm(AboutForm):
    """A group's or a state's proposal, in the language of who writes it; a draft needs a title only. Source: WEB-10."""

    title = forms.CharField(label=_("Title"), max_length=160, validators=[validate_plain_name, validate_words])
    aims = forms.CharField(label=_("Objectives"), max_length=4_000, required=False, widget=forms.Textarea)
    audience = forms.CharField(label=_("Target audience"), max_length=2_000, required=False, widget=forms.Textarea)
    subject = forms.CharField(
        label=_("Subject"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea,
        help_text=_("What the webinar is about: the questions, the experience to show, whom you would hear."),
    )
    language = forms.ChoiceField(label=_("Written in"))
    member_state: forms.ModelChoiceField = forms.ModelChoiceField(
        MemberState.objects.none(), label=_("For this member state, which is in no group"), required=False
    )

    def __init__(self, *args: Any, viewer: User, complete: bool, for_states: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        self._complete = complete
        self._choices("language").choices = self.choices_of_languages
        language = self.instance.language or viewer.language
        self.initial.setdefault("language", language)
        suffix = language.replace("-", "_")
        self.fields["parts"] = self._parts_field("")
        for name in WORDS:
            self.fields[name].widget.attrs |= {"dir": "auto"}
            self.initial.setdefault(name, getattr(self.instance, f"{name}_{suffix}", "") or "")
            if name in ROWS:
                self.fields[name].widget.attrs["rows"] = ROWS[name]
        if self.instance.pk:
            self.initial.setdefault("parts", parts_as_text(list(self.instance.parts.all()), suffix))
        if for_states:
            self._rows("member_state").queryset = MemberState.objects.filter(group=None)
            self.fields["member_state"].required = True
        else:
            del self.fields["member_state"]

    @property
    def words(self) -> str:
        """What is typed so far, to look for what is similar; nothing of it needs to be valid."""
        return " ".join(self.data.get(name, "")[:2_000] for name in ("title", "aims", "subject")).replace("\0", " ")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._complete:
            for name in ("aims", "audience", "subject"):
                if name in cleaned and not _says_something(cleaned[name]):
                    self.add_error(name, _("Write this before you hand it in; a draft may lack it."))
            if not cleaned.get("languages"):
                self.add_error("languages", _("Choose at least one language."))
        self._parts_in("parts", complete=self._complete)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values by name of the model's field: the words in their language, and in no other."""
        own = self.cleaned_data["language"].replace("-", "_")
        words = {
            f"{name}_{suffix}": self.cleaned_data[name] if suffix == own else None
            for name in WORDS
            for suffix in SUFFIXES
        }
        return {**super().values, **words, "language": self.cleaned_data["language"]}

    @property
    def parts(self) -> list[dict[str, str | None]]:
        """The parts of a series, by column."""
        own = self.cleaned_data["language"].replace("-", "_")
        nothing = {f"{word}_{suffix}": None for word in ("title", "aims") for suffix in SUFFIXES}
        return [
            {**nothing, f"title_{own}": title, f"aims_{own}": aims}
            for title, aims in parts_in(self.cleaned_data["parts"] or "")
        ]


def _says_something(text: str) -> bool:
    try:
        validate_words(text)
    except ValidationError:
        return False
    return True


@dataclass(frozen=True)
class LanguageFields:
    """The fields in one core language, side by side with the others' on the page."""

    code: str
    name: str
    fields: Sequence[BoundField]


class ListedForm(AboutForm):
    """A topic of the Secretariat's list, in the core languages; it is shared once none is lacking. Source: WEB-08."""

    note = forms.CharField(label=_("What changed"), required=False, max_length=300)

    def __init__(self, *args: Any, viewer: User, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, cycle=cycle, **kwargs)
        labels = {
            "title": _("Title"),
            "aims": _("Objectives"),
            "audience": _("Target audience"),
            "subject": _("Subject"),
        }
        parts = list(self.instance.parts.all()) if self.instance.pk else []
        for code in settings.CORE_LANGUAGES:
            for name, label in labels.items():
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=label,
                    required=code == settings.LANGUAGE_CODE,
                    max_length=LONGEST[name],
                    validators=[validate_plain_name] if name == "title" else [],
                    widget=forms.TextInput() if name == "title" else forms.Textarea(attrs={"rows": ROWS[name]}),
                )
                self.fields[f"{name}_{code}"].widget.attrs |= {"lang": code, "dir": "auto"}
                self.initial.setdefault(f"{name}_{code}", getattr(self.instance, f"{name}_{code}") or "")
            self.fields[f"parts_{code}"] = self._parts_field(code)
            self.initial[f"parts_{code}"] = parts_as_text(parts, code)
        self.fields["languages"].required = True
        if not self.instance.pk:
            del self.fields["note"]

    @property
    def by_language(self) -> list[LanguageFields]:
        """The fields by language, for the page."""
        own = get_language() or settings.LANGUAGE_CODE
        return [
            LanguageFields(code, language_name(code, own), [self[f"{name}_{code}"] for name in (*WORDS, "parts")])
            for code in settings.CORE_LANGUAGES
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, *others = settings.CORE_LANGUAGES
        count = len(self._parts_in(f"parts_{first}", complete=True))
        for code in others:
            theirs = len(self._parts_in(f"parts_{code}", complete=True)) if cleaned.get(f"parts_{code}") else count
            if theirs != count:
                self.add_error(
                    f"parts_{code}",
                    ngettext(
                        "Write as many parts as in English: %(count)d line.",
                        "Write as many parts as in English: %(count)d lines.",
                        count,
                    )
                    % {"count": count},
                )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values by name of the model's field; an empty text leaves that language to the others."""
        words = {
            f"{name}_{code}": self.cleaned_data[f"{name}_{code}"].strip() or None
            for name in WORDS
            for code in settings.CORE_LANGUAGES
        }
        return {**super().values, **words}

    @property
    def parts(self) -> list[dict[str, str | None]]:
        """The parts of a series, by column."""
        by_language = {code: parts_in(self.cleaned_data[f"parts_{code}"] or "") for code in settings.CORE_LANGUAGES}
        count = len(by_language[settings.CORE_LANGUAGES[0]])
        return [
            {
                column: words
                for code, lines in by_language.items()
                if place < len(lines)
                for column, words in zip((f"title_{code}", f"aims_{code}"), lines[place], strict=True)
            }
            for place in range(count)
        ]


class ReturnForm(forms.Form):
    """Why a proposal is returned."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
