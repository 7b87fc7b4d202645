"""The releases of a year's programme, and what changed from one to the next, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from webinars.enums import ProposalState, WebinarState
from webinars.models import Region, Release


@dataclass(frozen=True)
class Line:
    """One webinar or proposal as it was published.

    Args:
        title: In the reader's language, else in another.
        state: In words.
        reason: For the state, where one was given.
        languages: In which it is held.
        regions: For which it is.
        starts_at: When; None where that was not set.
        reference: Of a proposal.
    """

    title: str
    state: str
    reason: str = ""
    languages: Sequence[str] = ()
    regions: Sequence[str] = ()
    starts_at: datetime | None = None
    reference: str = ""


@dataclass(frozen=True)
class ReleasePage:
    """A release as it was published, with what changed since the one before.

    Args:
        release: The row.
        webinars: In the order of their times.
        proposals: Those that were not selected.
        changes: In sentences.
    """

    release: Release
    webinars: Sequence[Line]
    proposals: Sequence[Line]
    changes: Sequence[str]


def release_page(release: Release) -> ReleasePage:
    """Return a release for its page. Source: WEB-14, CDIP/30/8 para 10."""
    kept = release.snapshot
    names = {region.pk: str(region) for region in Region.objects.all()}
    webinars = [
        Line(
            title=title_in(row["title"]),
            state=str(WebinarState(row["state"]).label),
            languages=row["languages"],
            regions=[names[pk] for pk in row["regions"] if pk in names],
            starts_at=datetime.fromisoformat(row["starts_at"]) if row["starts_at"] else None,
        )
        for row in sorted(kept["webinars"].values(), key=lambda row: row["starts_at"] or "9")
    ]
    proposals = [
        Line(
            title=title_in(row["title"]),
            state=str(ProposalState(row["state"]).label),
            reason=row["reason"],
            reference=row["reference"],
        )
        for row in kept["proposals"].values()
        if row["state"] != ProposalState.SELECTED
    ]
    return ReleasePage(release, webinars, proposals, changes_in_words(release))


def changes_in_words(release: Release) -> list[str]:
    """Say what changed with a release, a sentence for each webinar, proposal or rule."""
    return [_sentence(change, release.snapshot) for change in release.changes]


def title_in(titles: dict[str, str]) -> str:
    """Return the title in the reader's language, else in the first one there is."""
    language = get_language() or "en"
    order = (language, *settings.MODELTRANSLATION_FALLBACK_LANGUAGES)
    return next((titles[code] for code in order if titles.get(code)), "")


def _sentence(change: dict[str, Any], snapshot: dict[str, Any]) -> str:
    fields = pgettext("in a list", ", ").join(_named(field) for field in change.get("fields", ()))
    if change["kind"] == "programme":
        return _("Changed of the programme: %(fields)s.") % {"fields": fields}
    row = snapshot[change["kind"]].get(change["id"])
    facts = {"title": title_in(row["title"] if row else change.get("title", {})), "fields": fields}
    match change["kind"], change["change"]:
        case "webinars", "added":
            return _("New webinar: %(title)s") % facts
        case "webinars", "gone":
            return _("No longer in the programme: %(title)s") % facts
        case "webinars", _changed:
            return _("Webinar changed: %(title)s (%(fields)s)") % facts
        case _proposals, "added":
            return _("New in the pipeline: %(title)s") % facts
        case _proposals, "gone":
            return _("No longer in the pipeline: %(title)s") % facts
        case _proposals, _changed:
            return _("Outcome changed: %(title)s (%(fields)s)") % facts


def _named(field: str) -> str:
    """Say what a field of a release is called."""
    names = {
        "title": pgettext("programme", "title"),
        "state": pgettext("programme", "state"),
        "languages": pgettext("programme", "languages"),
        "regions": pgettext("programme", "regions"),
        "starts_at": pgettext("programme", "time"),
        "series": pgettext("programme", "series"),
        "part": pgettext("programme", "part of the series"),
        "reason": pgettext("programme", "reason"),
        "most": pgettext("programme", "most webinars in the year"),
        "cap_reason": pgettext("programme", "reason for the exception"),
        "uncovered_reason": pgettext("programme", "why a region has no webinar"),
    }
    return names.get(field, field)
