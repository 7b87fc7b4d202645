"""What the page of one webinar, and the page of a series, show."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.parts import is_on
from forum.models import Topic
from webinars.enums import MaterialKind, RegistrationState, WebinarState
from webinars.models import AttendanceInterval, Engagement, Material, Registration, Series, Webinar

MADE_KNOWN = [
    WebinarState.ANNOUNCED,
    WebinarState.LIVE,
    WebinarState.HELD,
    WebinarState.FOLLOW_UP,
    WebinarState.COMPLETE,
]


@dataclass(frozen=True)
class MatrixRow:
    """The materials of one kind, by language.

    Args:
        kind: Of the materials.
        cells: What there is in each language of the matrix, in its order.
    """

    kind: MaterialKind
    cells: Sequence[Sequence[Material]]


@dataclass(frozen=True)
class Matrix:
    """Materials by kind and language.

    Args:
        languages: The columns.
        rows: The kinds of which there is something.
    """

    languages: Sequence[str]
    rows: Sequence[MatrixRow]


@dataclass(frozen=True)
class WebinarPage:
    """One webinar, as it stands now.

    Args:
        webinar: The row.
        deliveries: All deliveries of its topic, itself among them, the earliest first.
        experts: Who speaks.
        matrix: What of its materials the reader may have.
        texts: Summaries and transcripts that are read on the page.
        before: What it builds on.
        after: What builds on it.
        topic: Of the forum, for members.
        registration: The reader's own, if any.
    """

    webinar: Webinar
    deliveries: Sequence[Webinar]
    experts: Sequence[Engagement]
    matrix: Matrix
    texts: Sequence[Material]
    before: Sequence[Webinar]
    after: Sequence[Webinar]
    topic: Topic | None
    registration: Registration | None

    @property
    def is_announced(self) -> bool:
        return self.webinar.state in MADE_KNOWN


def webinar_page(webinar: Webinar, viewer: User | AnonymousUser) -> WebinarPage:
    """Return what ``viewer`` may see of a webinar that is visible to them. Source: WEB-24 to WEB-27, workflow 2.7."""
    visible = Webinar.objects.visible_to(viewer)
    first = webinar.repeats_id or webinar.pk
    deliveries = visible.filter(Q(pk=first) | Q(repeats=first)).prefetch_related("regions")
    materials = list(Material.objects.visible_to(AnonymousUser()).filter(webinar=webinar))  # the Secretariat’s too
    return WebinarPage(
        webinar=webinar,
        deliveries=list(deliveries),
        experts=list(webinar.engagements.select_related("region")),
        matrix=matrix_of([material for material in materials if not material.html]),
        texts=[material for material in materials if material.html],
        before=list(visible.filter(built_on_by=webinar)),
        after=list(visible.filter(builds_on=webinar).exclude(state=WebinarState.CANCELLED)),
        topic=_topic(webinar, viewer),
        registration=own_registration(webinar, viewer),
    )


def matrix_of(materials: Sequence[Material]) -> Matrix:
    """Arrange materials by kind and language. Source: WEB-24, WEB-34."""
    known = {material.language for material in materials}
    languages = [code for code in settings.MODELTRANSLATION_LANGUAGES if code in known]
    cells: dict[tuple[str, str], list[Material]] = defaultdict(list)
    for material in materials:
        cells[material.kind, material.language].append(material)
    kinds = [kind for kind in MaterialKind if any(material.kind == kind for material in materials)]
    return Matrix(languages, [MatrixRow(kind, [cells[kind, code] for code in languages]) for kind in kinds])


def own_registration(webinar: Webinar, viewer: User | AnonymousUser) -> Registration | None:
    """Return a member's own registration for a webinar, where there is one."""
    if not (isinstance(viewer, User) and viewer.may_enter):
        return None
    own = Registration.objects.filter(webinar=webinar, user=viewer).exclude(state=RegistrationState.CANCELLED)
    return own.select_related("webinar").first()


def _topic(webinar: Webinar, viewer: User | AnonymousUser) -> Topic | None:
    """Return where members talk about it, for those who may. Source: WEB-07, ACC-01."""
    if not is_on("forum") or webinar.topic_id is None or not (isinstance(viewer, User) and viewer.may_enter):
        return None
    found: Topic | None = Topic.objects.visible_to(viewer).filter(pk=webinar.topic_id).first()
    return found


@dataclass(frozen=True)
class Step:
    """One part of a series on the way through it.

    Args:
        webinar: The part, as it was held or planned first.
        repeats: Its other deliveries.
        before: What it builds on, of this series or another.
        has_recording: Whether it can be watched.
        was_there: Whether the reader attended it, or a repeat of it.
        is_registered: Whether the reader is registered for it, or for a repeat of it.
        is_next: Whether it is what the reader should watch or attend next.
    """

    webinar: Webinar
    repeats: Sequence[Webinar]
    before: Sequence[Webinar]
    has_recording: bool
    was_there: bool
    is_registered: bool
    is_next: bool


def learning_path(series: Series, viewer: User | AnonymousUser) -> list[Step]:
    """Return the parts of a series in their order, with how far the reader has come. Source: WEB-03, workflow 2.7."""
    shown = Webinar.objects.visible_to(viewer).filter(series=series).exclude(state=WebinarState.CANCELLED)
    recordings = Material.objects.visible_to(AnonymousUser()).filter(
        webinar=OuterRef("pk"), kind=MaterialKind.RECORDING
    )
    webinars = list(shown.annotate(has_recording=Exists(recordings)).prefetch_related("builds_on"))
    visible = set(Webinar.objects.visible_to(viewer).values_list("pk", flat=True))
    states = _own_progress(webinars, viewer)
    firsts = sorted((one for one in webinars if one.repeats_id is None), key=lambda one: (one.part or 0, one.pk))
    steps = []
    is_open = True
    for first in firsts:
        deliveries = [first, *(one for one in webinars if one.repeats_id == first.pk)]
        own = {states.get(one.pk) for one in deliveries}
        was_there = "attended" in own
        steps.append(
            Step(
                webinar=first,
                repeats=deliveries[1:],
                before=[one for one in first.builds_on.all() if one.pk in visible],
                has_recording=any(one.has_recording for one in deliveries),
                was_there=was_there,
                is_registered="registered" in own,
                is_next=is_open and not was_there,
            )
        )
        is_open = is_open and was_there
    return steps


def _own_progress(webinars: Sequence[Webinar], viewer: User | AnonymousUser) -> dict[int, str]:
    """Return for each webinar whether the reader attended it or is registered, where either is so."""
    if not (isinstance(viewer, User) and viewer.may_enter):
        return {}
    stays = AttendanceInterval.objects.filter(registration=OuterRef("pk"))
    own = Registration.objects.entitled().filter(user=viewer, webinar__in=webinars).annotate(stayed=Exists(stays))
    return {
        row.webinar_id: "attended" if row.attended or (row.attended is None and row.stayed) else "registered"
        for row in own
    }
