"""What the annual report says of a year: figures that are copied when it is reported, and stay."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count

from accounts.enums import Gender
from webinars.enums import QuestionState, WebinarState
from webinars.models import Cycle, Engagement, Region, Registration, Webinar
from webinars.models.questions import SHOWN
from webinars.queries.attendance import figures
from webinars.queries.promotion import reach_of

STILL_TO_COME = (WebinarState.ANNOUNCED, WebinarState.LIVE)
ANSWERED_LIVE = (QuestionState.ANSWERED_LIVE, QuestionState.ANSWERED_CHAT)
MEASURED = ("relevance", "lectures", "speakers")


def report_figures(cycle: Cycle) -> dict[str, Any]:
    """Return the figures of a year as they stand now, in every language, so that they can be kept as they are.

    Args:
        cycle: Of the year; what was held counts.

    Source: WEB-31, REP-03, CDIP/30/8 para 21.
    """
    webinars = list(Webinar.objects.filter(cycle=cycle).held().prefetch_related("regions", "engagements"))
    registrations = Registration.objects.entitled().filter(webinar__in=webinars)
    rows = [_row(webinar) for webinar in webinars]
    return {
        "webinars": rows,
        "registered": sum(row["registered"] for row in rows),
        "attended": sum(row["attended"] for row in rows),
        "countries": registrations.exclude(country=None).aggregate(n=Count("country", distinct=True))["n"],
        "regions": _balance(cycle, webinars),
        "languages": dict(Counter(code for webinar in webinars for code in webinar.languages).most_common()),
        "experts": _experts(expert for webinar in webinars for expert in webinar.engagements.all()),
        "cap": cycle.cap,
        "most": cycle.most,
    }


def _row(webinar: Webinar) -> dict[str, Any]:
    registered, attended = figures(webinar)
    countries = webinar.registrations.entitled().exclude(country=None).aggregate(n=Count("country", distinct=True))
    states = Counter(webinar.questions.filter(state__in=SHOWN).values_list("state", flat=True))
    return {
        "title": _in_each_language(webinar, "title"),
        "held_on": webinar.starts_at.astimezone(webinar.tz).date().isoformat() if webinar.starts_at else None,
        "languages": webinar.languages,
        "registered": registered,
        "attended": attended,
        "countries": countries["n"],
        "asked": states.total(),
        "answered_live": sum(states[state] for state in ANSWERED_LIVE),
        "answered_in_writing": states[QuestionState.PUBLISHED],
        "feedback": _feedback(webinar),
        "reach": sum(reach_of(webinar).values()),
    }


def _in_each_language(row: Any, field: str) -> dict[str, str]:
    texts = {code: getattr(row, f"{field}_{code.replace('-', '_')}") for code in settings.MODELTRANSLATION_LANGUAGES}
    return {code: text for code, text in texts.items() if text}


def _feedback(webinar: Webinar) -> dict[str, float] | None:
    """Return how many gave feedback and their averages; nothing while few did. Source: WEB-26, REP-05."""
    result = webinar.feedback.aggregate(count=Count("pk"), **{name: Avg(name) for name in MEASURED})
    if result["count"] < settings.WEBINAR_FEEDBACK_FROM:
        return None
    return {"count": result["count"], **{name: round(float(result[name]), 1) for name in MEASURED}}


def _balance(cycle: Cycle, webinars: Iterable[Webinar]) -> list[dict[str, Any]]:
    """Return for each region of the cycle's scheme how many webinars were held for it, also where none was."""
    counts = Counter(region.pk for webinar in webinars for region in webinar.regions.all())
    regions = Region.objects.filter(scheme=cycle.scheme)
    return [{"name": _in_each_language(region, "name"), "webinars": counts[region.pk]} for region in regions]


def _experts(experts: Iterable[Engagement]) -> dict[str, int]:
    """Return who spoke: by gender where that was declared, and of WIPO or from outside. Source: WEB-16, WEB-28."""
    listed = list(experts)
    genders = Counter(expert.gender for expert in listed)
    internal = sum(expert.is_internal for expert in listed)
    return {
        "women": genders[Gender.FEMALE],
        "men": genders[Gender.MALE],
        "undeclared": genders[""],
        "internal": internal,
        "external": len(listed) - internal,
    }
