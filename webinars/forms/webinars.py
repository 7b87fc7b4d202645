"""Input about webinars, their experts and their series, from the Secretariat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import AccountStatus, Role
from accounts.languages import language_name
from accounts.models import User
from accounts.parts import is_on
from accounts.zones import canonical_zone, zone_choices
from forum.models import Topic
from webinars.models import CommitteeMeeting, Cycle, Engagement, Region, Series, Webinar
from webinars.models.cycles import PUBLIC
from webinars.queries.committee import overlapping

TEXTS = ("title", "aims", "audience")
TWO_LINES = forms.Textarea(attrs={"rows": 2, "dir": "auto"})


def columns(fields: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of texts in every language, language by language."""
    return tuple(
        f"{field}_{code.replace('-', '_')}" for code in settings.MODELTRANSLATION_LANGUAGES for field in fields
    )


def language_choices() -> list[tuple[str, str]]:
    """Return the languages to choose from, by their names in the reader's."""
    return [(code, language_name(code, get_language() or "en")) for code in settings.MODELTRANSLATION_LANGUAGES]


@dataclass(frozen=True)
class LanguageFields:
    """The texts in one language, side by side with the others' on the page.

    Args:
        code: Of the language.
        name: Of the language, in the reader's.
        fields: The texts.
    """

    code: str
    name: str
    fields: Sequence[BoundField]


class WordsForm(forms.ModelForm):
    """What has texts in all languages; the first of them is needed in one at least."""

    texts: Sequence[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in columns(self.texts):
            text, _separator, suffix = name.partition("_")
            code = suffix.replace("_", "-")
            field = self.fields[name]
            field.required = False
            field.label = capfirst(self._meta.model._meta.get_field(text).verbose_name)  # type: ignore[attr-defined]
            field.widget.attrs |= {"lang": code, "dir": "auto"}
            if text != self.texts[0]:
                field.widget.attrs["rows"] = 4

    @property
    def words(self) -> list[LanguageFields]:
        """The texts by language, for the page."""
        return [
            LanguageFields(code, name, [self[f"{text}_{code.replace('-', '_')}"] for text in self.texts])
            for code, name in language_choices()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in columns(self.texts[:1])):
            self.add_error(f"{self.texts[0]}_en", _("Write a title in at least one language."))
        return cleaned


class ClockField(forms.Field):
    """A day and a time as clocks show it somewhere; where, another field says."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=None, second=0, microsecond=0)
        except ValueError:
            raise ValidationError(_("Enter a day and a time."), code="invalid") from None


class WebinarForm(WordsForm):
    """All that is said about a webinar, and when it takes place, by the clocks of its zone."""

    class Meta:
        model = Webinar
        fields = (
            *columns(TEXTS),
            "cycle",
            "scope_area",
            "regions",
            "languages",
            "format",
            "zone",
            "capacity",
            "series",
            "part",
            "builds_on",
            "repeats",
            "topic",
            "owner",
            "elsewhere",
            "answers_due_on",
            "no_recording_reason",
        )
        help_texts = {
            "elsewhere": _("Shown to the public, so that nothing is done twice."),
            "no_recording_reason": _("Shown to the public."),
        }
        widgets = {
            "regions": forms.CheckboxSelectMultiple,
            "builds_on": forms.CheckboxSelectMultiple,
            "format": forms.RadioSelect,
            "elsewhere": TWO_LINES,
            "answers_due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    texts = TEXTS
    languages = forms.MultipleChoiceField(  # type: ignore[assignment]
        label=pgettext_lazy("webinar", "Held in"), widget=forms.CheckboxSelectMultiple
    )
    zone = forms.ChoiceField(label=_("Time zone"), help_text=_("By whose clocks the time is set."))
    starts_at = ClockField(label=_("Starts at"), required=False)
    ends_at = ClockField(label=_("Ends at"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        webinar = self.instance
        self.fields["languages"].choices = language_choices()  # type: ignore[attr-defined]
        zones = zone_choices()
        if webinar.zone not in dict(zones):
            zones.insert(0, (webinar.zone, canonical_zone(webinar.zone)))
        self.fields["zone"].choices = zones  # type: ignore[attr-defined]
        owners = User.objects.filter(Q(role=Role.SECRETARIAT, status=AccountStatus.ACTIVE) | Q(pk=webinar.owner_id))
        self.fields["owner"].queryset = owners.order_by("full_name")  # type: ignore[attr-defined]
        self.fields["topic"].queryset = Topic.objects.order_by("-opens_at")  # type: ignore[attr-defined]
        if not is_on("forum"):
            del self.fields["topic"]
        others = Webinar.objects.exclude(pk=webinar.pk).order_by("-starts_at", "-pk")
        self.fields["builds_on"].queryset = others  # type: ignore[attr-defined]
        self.fields["repeats"].queryset = others.filter(repeats=None)  # type: ignore[attr-defined]
        if webinar.cycle is not None:
            units = Region.objects.filter(Q(scheme=webinar.cycle.scheme) | Q(webinars=webinar)).distinct()
            self.fields["regions"].queryset = units  # type: ignore[attr-defined]
        if webinar.pk:
            del self.fields["cycle"]
            self.initial["seen"] = webinar.changed_at.isoformat()
        else:
            self.fields["cycle"].queryset = Cycle.objects.filter(state__in=PUBLIC)  # type: ignore[attr-defined]
        for name in ("starts_at", "ends_at"):
            value = getattr(webinar, name)
            self.initial.setdefault(name, value.astimezone(webinar.tz).replace(tzinfo=None) if value else None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        zone = ZoneInfo(cleaned["zone"]) if cleaned.get("zone") else None
        for name in ("starts_at", "ends_at"):
            value = cleaned.get(name)
            if value is None or zone is None:
                continue
            cleaned[name] = value.replace(tzinfo=zone).astimezone(UTC)
            if cleaned[name].astimezone(zone).replace(tzinfo=None) != value:
                self.add_error(name, _("There is no such time on that day: clocks go forward then."))
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if bool(starts_at) != bool(ends_at) and not self.errors.keys() & {"starts_at", "ends_at"}:
            self.add_error("ends_at" if starts_at else "starts_at", _("Set both the start and the end."))
        elif starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("A webinar ends after it starts."))
        if bool(cleaned.get("series")) != bool(cleaned.get("part")):
            self.add_error("part", _("Give both the series and the part."))
        repeats = cleaned.get("repeats")
        if repeats and self.instance.pk and self.instance.repetitions.exists():
            self.add_error("repeats", _("This one is repeated itself: choose the first of them all."))
        return cleaned

    @property
    def overlaps(self) -> list[CommitteeMeeting]:
        """What of the Committee's calendar the time overlaps, as typed, else as kept. Source: WEB-29."""
        times = self.cleaned_data if self.is_bound else vars(self.instance)
        is_clear = not self.errors.keys() & {"starts_at", "ends_at", "zone"}
        return overlapping(times.get("starts_at"), times.get("ends_at")) if is_clear else []

    def values(self) -> dict[str, Any]:
        """Return what was accepted, by name of the column, without what is connected by rows of its own."""
        apart = {"regions", "builds_on", "seen"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes it."""


class ExpertForm(forms.ModelForm):
    """An expert, and what they said about the recording, where they said it otherwise than by their link."""

    class Meta:
        model = Engagement
        fields = (
            "full_name",
            "email",
            "language",
            "organization",
            "role",
            "is_internal",
            "region",
            "gender",
            "biography",
            "interests",
            "consents_to_recording",
        )
        widgets = {"biography": TWO_LINES}
        help_texts = {
            "gender": _("If they wish to say so; it is only counted, and shown nowhere."),
            "email": _("Shown nowhere."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=language_choices(), help_text=_("In which we write to them.")
        )

    def _post_clean(self) -> None:
        """Check the row without changing it: the service does."""
        kept = {name: getattr(self.instance, name) for name in self.fields}
        super()._post_clean()  # type: ignore[misc]
        for name, value in kept.items():
            setattr(self.instance, name, value)


class PutOffForm(forms.Form):
    """Why a webinar is postponed or cancelled."""

    reason = forms.CharField(
        label=pgettext_lazy("webinar", "Reason"),
        max_length=1_000,
        widget=TWO_LINES,
        help_text=_("Everybody reads it on the page; those who are registered are told."),
    )


class SeriesForm(WordsForm):
    class Meta:
        model = Series
        fields = columns(("title", "theme"))

    texts = ("title", "theme")

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes it."""


class ExploredForm(forms.Form):
    """Why no further part of a series is to come."""

    reason = forms.CharField(
        label=pgettext_lazy("series", "Reason"),
        max_length=1_000,
        widget=TWO_LINES,
        help_text=_("Everybody reads it on the page of the series."),
    )
