"""Input about searches."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.forms import LANGUAGES_READ
from accounts.languages import spoken
from accounts.models import User
from forum.enums import ContributionKind, SearchSource
from forum.queries.search import MOST_RESULTS, RESULTS_PER_PAGE, Wanted, choices
from forum.queries.search_text import Question, read_question, spans

ALL = "all"
MOST_WORDS = 30
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
LISTS = {
    "room": _("Any room"),
    "category": _("Any category"),
    "step": _("Any step"),
    "state": _("Any member state"),
    "group": _("Any group"),
}


class _Select(forms.Select):
    """A list whose options are joined: a template for each of two hundred states would cost more than the search."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = [
            format_html('<optgroup label="{}">{}</optgroup>', label, self._options(inner, value))
            if isinstance(inner, list | tuple)
            else self._options([(label, inner)], value)
            for label, inner in self.choices
        ]
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html(
            "<select{}>{}</select>", attributes, format_html_join("", "{}", ((part,) for part in options))
        )

    @staticmethod
    def _options(choices: Iterable[tuple[Any, Any]], chosen: Any) -> SafeString:
        rows = ((value, mark_safe(" selected") if value == (chosen or "") else "", label) for value, label in choices)
        return format_html_join("", '<option value="{}"{}>{}</option>', rows)


class _ChoiceField(forms.ChoiceField):
    widget = _Select


class SearchForm(forms.Form):
    """What somebody looks for; the lists are those that ``viewer`` may choose from."""

    q = forms.CharField(
        label=_("Words"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "aria-describedby": "search-help"}),
        error_messages={
            "max_length": _(
                "This has %(show_value)d characters; a search holds at most %(limit_value)d. Keep what matters."
            )
        },
    )
    language = _ChoiceField(label=_("Language"), required=False)
    room = _ChoiceField(label=_("Room"), required=False)
    what = _ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("Everything")),
            (_("Where it stands"), SearchSource.choices),
            (
                _("Kind of contribution"),
                [(f"kind-{value}", label) for value, label in ContributionKind.choices],
            ),
        ],
    )
    category = _ChoiceField(label=_("Category"), required=False)
    step = _ChoiceField(label=_("Step of the assistance cycle"), required=False)
    state = _ChoiceField(label=_("Member state"), required=False)
    group = _ChoiceField(label=_("Regional group"), required=False)
    author = forms.CharField(
        label=_("Author"), max_length=120, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    since = forms.DateField(label=pgettext_lazy("date", "From"), required=False, widget=DAY)
    until = forms.DateField(label=pgettext_lazy("date", "Until"), required=False, widget=DAY)
    page = forms.IntegerField(
        min_value=1, max_value=MOST_RESULTS // RESULTS_PER_PAGE, required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._viewer, self._choices = viewer, choices(viewer)
        for name, any_of_them in LISTS.items():
            rows = [(str(choice.pk), choice.name) for choice in self._choices if choice.list == name]
            self._offer(name, [("", any_of_them), *rows])
            if not rows:
                del self.fields[name]
        languages = {spoken(code): label for code, label in LANGUAGES_READ}
        languages |= {
            choice.within: choice.name
            for choice in self._choices
            if choice.list == "room" and choice.within not in languages
        }
        self._languages = list(languages)
        self._offer("language", [("", _("Languages I read")), (ALL, _("All languages")), *languages.items()])

    def _offer(self, name: str, options: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = options

    def clean_q(self) -> Question:
        """Read the words, and refuse more of them than can be looked for at once.

        Raises:
            ValidationError: There are too many; the message says how many are taken.
        """
        text = self.cleaned_data["q"]
        if len(spans(text)) > MOST_WORDS:
            message = ngettext(
                "A search looks for at most %(num)s word. Keep those that matter.",
                "A search looks for at most %(num)s words. Keep those that matter.",
                MOST_WORDS,
            )
            raise ValidationError(message % {"num": MOST_WORDS}, code="too_many_words")
        return read_question(text)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            raise ValidationError({"until": _("This day is before the first one.")})
        return data

    @property
    def wanted(self) -> Wanted:
        """What was asked for."""
        data = self.cleaned_data
        chosen = {name: int(data[name]) if data.get(name) else None for name in LISTS}
        return Wanted(
            question=data["q"],
            languages=self._wanted_languages(),
            room=chosen["room"],
            category=chosen["category"],
            step=chosen["step"],
            states=self._states(chosen["state"], chosen["group"]),
            group=None if chosen["state"] else chosen["group"],
            source=data["what"] if data["what"] in SearchSource else "",
            kind=data["what"].removeprefix("kind-") if data["what"].startswith("kind-") else "",
            author=data["author"],
            since=data["since"],
            until=data["until"],
        )

    def _wanted_languages(self) -> list[str]:
        chosen = self.cleaned_data["language"]
        if chosen == ALL:
            return self._languages
        if chosen:
            return [chosen]
        return self._viewer.room_languages

    def _states(self, state: int | None, group: int | None) -> tuple[int, ...] | None:
        """Return the states to look for, or None for any; of a state outside of the group, none."""
        if not state and not group:
            return None
        states = [choice for choice in self._choices if choice.list == "state"]
        return tuple(
            choice.pk
            for choice in states
            if (not state or choice.pk == state) and (not group or choice.within == str(group))
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return any(self.data.get(name, "").strip() for name in self.fields if name != "page")

    @property
    def filters(self) -> int:
        """How much beside the words was asked for."""
        return sum(bool(self.data.get(name, "").strip()) for name in self.fields if name not in {"q", "page"})

    @property
    def address(self) -> str:
        """What was asked for, as an address carries it."""
        return urlencode({name: self.data[name] for name in self.fields if name != "page" and self.data.get(name)})
