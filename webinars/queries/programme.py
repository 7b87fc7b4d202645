"""The public programme: what was held, what is planned, and what became of other proposals."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, Q
from django.utils.translation import get_language

from accounts.languages import language_name
from accounts.models import User
from webinars.enums import ProposalState, WebinarState
from webinars.models import Cycle, Proposal, Region, Release, Webinar

PIPELINE = [
    ProposalState.SUBMITTED,
    ProposalState.CARRIED_OVER,
    ProposalState.MERGED,
    ProposalState.DECLINED,
    ProposalState.WITHDRAWN,
]
YEARS_NOTED = 2  # the one that runs and the one that is planned; earlier ones where they are asked for


class Choices(NamedTuple):
    """What the programme can be narrowed down to: values with what they are called."""

    region: list[tuple[str, str]]
    held_in: list[tuple[str, str]]
    series: list[tuple[str, str]]
    year: list[tuple[str, str]]


@dataclass(frozen=True)
class Wanted:
    """What a reader asks for; nothing narrows nothing.

    Args:
        words: To be in the title, in any language.
        region: The id of one.
        language: In which it is held, or wanted.
        series: The id of one.
        year: Of the cycle, or in which it is held.
    """

    words: str = ""
    region: int | None = None
    language: str = ""
    series: int | None = None
    year: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str], choices: Choices) -> "Wanted":
        """Return what ``asked`` names of what is there."""
        offered = {name: {value for value, _label in values} for name, values in choices._asdict().items()}
        known = {name: value if (value := asked.get(name, "")) in offered[name] else "" for name in offered}
        numbers = {name: int(known[name]) if known[name] else None for name in ("region", "series", "year")}
        return cls(words=asked.get("q", "").strip()[:100], language=known["held_in"], **numbers)

    @property
    def is_narrowed(self) -> bool:
        return self != Wanted()


@dataclass(frozen=True)
class Topic:
    """The deliveries of one topic that stand in the same part of the programme, the earliest first."""

    deliveries: Sequence[Webinar]

    @property
    def first(self) -> Webinar:
        return self.deliveries[0]


@dataclass(frozen=True)
class YearNote:
    """What everybody is told about a year as a whole.

    Args:
        cycle: Of the year.
        uncovered: The regions for which it has no webinar.
        release: The number of the newest release of its programme, if it has any.
        released_at: When that was published.
    """

    cycle: Cycle
    uncovered: Sequence[Region]
    release: int | None
    released_at: datetime | None

    @property
    def exceeds(self) -> bool:
        """Whether there are to be more webinars than usual. Source: WEB-05."""
        return self.cycle.overridden_cap is not None


@dataclass
class ProgrammePage:
    """The programme, or the part of it that was asked for.

    Args:
        wanted: What was asked for.
        choices: What can be asked for.
        years: The notes about the latest years, or the year that is wanted.
        planned: What is to come, the next first.
        held: What was held, the latest first.
        cancelled: What is not held.
        proposals: What became of the proposals that were not selected.
    """

    wanted: Wanted
    choices: Choices
    years: list[YearNote] = field(default_factory=list)
    planned: list[Topic] = field(default_factory=list)
    held: list[Topic] = field(default_factory=list)
    cancelled: list[Topic] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)


def programme_page(viewer: User | AnonymousUser, asked: Mapping[str, str]) -> ProgrammePage:
    """Return the programme for ``viewer``, narrowed down as ``asked``.

    All webinars are fetched and narrowed down here: there are some six a year, and the choices and the notes about
    regions without one need all of them.

    Args:
        viewer: Who reads; the public reads the same as members.
        asked: The fields of ``ProgrammeForm``, as they came.

    Source: WEB-07, WEB-14, CDIP/30/8 paras 9-10.
    """
    webinars = list(Webinar.objects.visible_to(viewer).select_related("cycle", "series").prefetch_related("regions"))
    regions = list(Region.objects.all())
    releases = Release.objects.values("cycle").annotate(number=Max("number"), at=Max("published_at"))
    released: dict[int, dict[str, Any]] = {row["cycle"]: dict(row) for row in releases}
    cycles = list(Cycle.objects.visible_to(AnonymousUser()))
    choices = _choices(webinars, regions, cycles)
    wanted = Wanted.of(asked, choices)
    page = ProgrammePage(wanted, choices)
    page.years = [
        YearNote(
            cycle,
            _uncovered(cycle, webinars, regions),
            released.get(cycle.pk, {}).get("number"),
            released.get(cycle.pk, {}).get("at"),
        )
        for number, cycle in enumerate(cycles)
        if (wanted.year is None and number < YEARS_NOTED) or wanted.year == cycle.year
    ]
    chosen = [webinar for webinar in webinars if _is_wanted(webinar, wanted)]
    page.held = _topics([webinar for webinar in chosen if webinar.has_ended])[::-1]
    page.cancelled = _topics([webinar for webinar in chosen if webinar.state == WebinarState.CANCELLED])
    page.planned = _topics(
        [webinar for webinar in chosen if not webinar.has_ended and webinar.state != WebinarState.CANCELLED]
    )
    page.proposals = _proposals(wanted, cycles)
    return page


def year_of(webinar: Webinar) -> int | None:
    """Return the year to which a webinar belongs: its cycle's, else the one in which it takes place."""
    if webinar.cycle is not None:
        return webinar.cycle.year
    return webinar.starts_at.astimezone(webinar.tz).year if webinar.starts_at else None


def folded(words: str) -> str:
    """Return words as they are compared: without accents, and without capitals."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _choices(webinars: Sequence[Webinar], regions: Sequence[Region], cycles: Sequence[Cycle]) -> Choices:
    language = get_language() or "en"
    served = {region.pk for webinar in webinars for region in webinar.regions.all()}
    schemes = {cycle.scheme for cycle in cycles}
    held_in = {code for webinar in webinars for code in webinar.languages}
    series = {webinar.series_id: webinar.series for webinar in webinars if webinar.series}
    years = {cycle.year for cycle in cycles} | {year for webinar in webinars if (year := year_of(webinar))}
    return Choices(
        region=[(str(region.pk), str(region)) for region in regions if region.pk in served or region.scheme in schemes],
        held_in=sorted(((code, language_name(code, language)) for code in held_in), key=lambda pair: pair[1]),
        series=[(str(pk), str(one)) for pk, one in series.items()],
        year=[(str(year), str(year)) for year in sorted(years, reverse=True)],
    )


def _is_wanted(webinar: Webinar, wanted: Wanted) -> bool:
    return (
        (wanted.region is None or any(region.pk == wanted.region for region in webinar.regions.all()))
        and (not wanted.language or wanted.language in webinar.languages)
        and (wanted.series is None or webinar.series_id == wanted.series)
        and (wanted.year is None or year_of(webinar) == wanted.year)
        and _has_words(webinar, wanted.words)
    )


def _has_words(row: Webinar | Proposal, words: str) -> bool:
    """Tell whether a title holds all words, in whichever language it has them."""
    titles = folded(
        " ".join(getattr(row, f"title_{code.replace('-', '_')}") or "" for code in settings.MODELTRANSLATION_LANGUAGES)
    )
    return all(word in titles for word in folded(words).split())


def _topics(webinars: Sequence[Webinar]) -> list[Topic]:
    """Gather repeats with what they repeat. Source: WEB-02, CDIP/30/8 para 4 ii."""
    together: dict[int, list[Webinar]] = defaultdict(list)
    for webinar in webinars:
        together[webinar.repeats_id or webinar.pk].append(webinar)
    return [Topic(deliveries) for deliveries in together.values()]


def _uncovered(cycle: Cycle, webinars: Sequence[Webinar], regions: Sequence[Region]) -> list[Region]:
    """Return the regions for which a year has no webinar. Source: WEB-12, CDIP/30/8 para 9."""
    served = {
        region.pk
        for webinar in webinars
        if webinar.cycle_id == cycle.pk and webinar.state != WebinarState.CANCELLED
        for region in webinar.regions.all()
    }
    return [region for region in regions if region.scheme == cycle.scheme and region.pk not in served]


def _proposals(wanted: Wanted, cycles: Sequence[Cycle]) -> list[Proposal]:
    """Return what was not selected: of the latest year, and what waits from earlier ones. Source: WEB-14."""
    if not cycles or wanted.series is not None:
        return []
    proposals = Proposal.objects.visible_to(AnonymousUser()).filter(state__in=PIPELINE)
    proposals = proposals.exclude(state=ProposalState.WITHDRAWN, submitted_at=None)  # which was never proposed
    if wanted.year is None:
        gone_on = Q(carried_to__cycle__in=[cycle.pk for cycle in cycles])
        waits = Q(state__in=[ProposalState.CARRIED_OVER, ProposalState.SUBMITTED]) & ~gone_on
        proposals = proposals.filter(Q(cycle=cycles[0]) | waits)
    else:
        proposals = proposals.filter(cycle__year=wanted.year)
    if wanted.region is not None:
        proposals = proposals.filter(regions=wanted.region)
    if wanted.language:
        proposals = proposals.filter(languages__contains=[wanted.language])
    rows = proposals.select_related("cycle", "group", "cluster__lead__cycle").order_by("-cycle__year", "number")
    return [proposal for proposal in rows.distinct() if _has_words(proposal, wanted.words)]
