"""The public pages of the programme."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import User
from forum.views.attachments import HEADERS
from webinars.forms.programme import ProgrammeForm
from webinars.models import Cycle, Material, Proposal, Release, Series, Webinar
from webinars.policies.feedback import may_read_feedback
from webinars.policies.meetings import may_join
from webinars.policies.registrations import may_register
from webinars.policies.webinars import may_organize
from webinars.queries.feed import programme_feed
from webinars.queries.feedback import summary
from webinars.queries.pages import learning_path, webinar_page
from webinars.queries.programme import programme_page
from webinars.queries.proposals import proposal_page
from webinars.queries.questions import answered
from webinars.queries.releases import release_page
from webinars.services.registrations import token_of
from webinars.views.public import public_page


@public_page
def programme(request: HttpRequest) -> HttpResponse:
    """What was held, what is planned, and what is in the pipeline."""
    page = programme_page(request.user, request.GET.dict())
    form = ProgrammeForm(request.GET, choices=page.choices)
    return render(request, "webinars/programme.html", {"page": page, "form": form})


@public_page
def programme_atom(request: HttpRequest) -> HttpResponse:
    """The feed of the programme."""
    return HttpResponse(programme_feed(), content_type="application/atom+xml; charset=utf-8")


@public_page
def release_list(request: HttpRequest, year: int) -> HttpResponse:
    """The releases of a year's programme, with what changed."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user), year=year)
    releases = [release_page(release) for release in cycle.releases.all()]
    return render(request, "webinars/release_list.html", {"cycle": cycle, "releases": releases})


@public_page
def release_detail(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """One release as it was published."""
    found = Release.objects.filter(cycle__in=Cycle.objects.visible_to(request.user)).select_related("cycle")
    release = get_object_or_404(found, cycle__year=year, number=number)
    is_newest = not release.cycle.releases.filter(number__gt=number).exists()
    page = release_page(release)
    return render(request, "webinars/release_detail.html", {"page": page, "release": release, "is_newest": is_newest})


@public_page
def proposal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal with its outcome, for all who may know of it."""
    found = Proposal.objects.visible_to(request.user).select_related(
        "cycle", "group", "member_state", "scope_area", "cluster__lead__cycle", "carried_from__cycle"
    )
    proposal = get_object_or_404(found, pk=pk)
    return render(request, "webinars/proposal_detail.html", {"page": proposal_page(proposal, request.user)})


@public_page
def webinar_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One webinar, as it stands now."""
    found = Webinar.objects.visible_to(request.user).select_related("cycle", "series", "scope_area", "proposal__cycle")
    webinar = get_object_or_404(found.prefetch_related("regions"), pk=pk)
    page = webinar_page(webinar, request.user)
    own, viewer, now = page.registration, request.user, timezone.now()
    context = {
        "page": page,
        "webinar": webinar,
        "answered": answered(webinar, get_language() or "en") if webinar.has_ended else (),
        "feedback": summary(webinar) if isinstance(viewer, User) and may_read_feedback(viewer) else None,
        "may_register": may_register(webinar, now),
        "may_organize": isinstance(viewer, User) and may_organize(viewer),
        "may_join": may_join(own, now) if own else None,
        "token": token_of(own) if own else "",
    }
    return render(request, "webinars/webinar_detail.html", context)


@public_page
def series_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A series as a way to go through."""
    series = get_object_or_404(Series.objects.visible_to(request.user), pk=pk)
    context = {
        "series": series,
        "path": learning_path(series, request.user),
        "may_organize": isinstance(request.user, User) and may_organize(request.user),
    }
    return render(request, "webinars/series_detail.html", context)


@login_not_required
@require_safe
def material_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file of a material, to download."""
    material = get_object_or_404(Material.objects.visible_to(request.user).exclude(file=""), pk=pk)
    try:
        file = material.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file, as_attachment=True, filename=material.file_name, content_type=material.media_type, headers=HEADERS
    )
