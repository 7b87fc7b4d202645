"""What the Secretariat's pages about single webinars show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.verdicts import Verdict
from webinars.enums import MaterialKind, WebinarState
from webinars.models import CommitteeMeeting, Engagement, Material, Webinar
from webinars.models.questions import UNSETTLED
from webinars.policies import webinars as policies
from webinars.queries.committee import overlapping
from webinars.queries.completion import lacking


@dataclass(frozen=True)
class ManagePage:
    """How far one webinar has come.

    Args:
        next: The state that follows, if one does.
        lacking: What keeps it from being complete, once it was held.
        may_change: Whether something may be changed.
        may_put_off: Whether it may be postponed or cancelled.
        experts: Who speaks.
        materials: All that there is of it, the replaced ones last.
        missing: The kinds of which nothing is there yet.
        overlaps: What of the Committee's calendar its time overlaps, while it can still be moved.
    """

    next: WebinarState | None
    lacking: Sequence[str]
    may_change: Verdict
    may_put_off: Verdict
    experts: Sequence[Engagement]
    materials: Sequence[Material]
    missing: Sequence[MaterialKind]
    overlaps: Sequence[CommitteeMeeting]


def manage_page(webinar: Webinar, viewer: User) -> ManagePage:
    """Return what the Secretariat sees of one webinar. Source: WEB-17, WEB-24, workflow 2.7."""
    materials = sorted(webinar.materials.all(), key=lambda one: (one.state == "superseded", one.kind, one.language))
    there = {material.kind for material in materials if material.state != "superseded"}
    return ManagePage(
        next=policies.NEXT.get(WebinarState(webinar.state)),
        lacking=lacking(webinar) if webinar.has_ended and webinar.state != WebinarState.COMPLETE else (),
        may_change=policies.may_change_webinar(viewer, webinar),
        may_put_off=policies.may_put_off(viewer, webinar),
        experts=list(webinar.engagements.all()),
        materials=materials,
        missing=[kind for kind in MaterialKind if kind not in there],
        overlaps=overlapping(webinar.starts_at, webinar.ends_at) if policies.may_set_time(viewer, webinar) else (),
    )


def webinar_rows(viewer: User) -> QuerySet[Webinar]:
    """Return all webinars for the Secretariat's list, the latest first, with what waits in each. Source: WEB-17."""
    rows: QuerySet[Webinar] = (
        Webinar.objects.visible_to(viewer)
        .select_related("cycle", "series", "owner")
        .annotate(
            silent=Count("engagements", filter=~Q(engagements__consents_to_recording=True), distinct=True),
            open_questions=Count("questions", filter=Q(questions__state__in=UNSETTLED), distinct=True),
        )
        .order_by("-cycle__year", "-starts_at", "-pk")
    )
    return rows
