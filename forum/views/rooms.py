"""Pages of rooms."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.enums import Role
from accounts.requests import SignedInRequest
from forum import policies
from forum.enums import TopicKind
from forum.forms.reading import RoomLevelForm
from forum.models import Room
from forum.queries.pages import archived_at, room_page, room_summaries, room_with_level
from forum.queries.rows import latest_discussions
from forum.services.follows import follow_room
from forum.views.addresses import activity_in, number_in
from forum.views.live import live_url


@login_not_required
@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("forum:room_list")
    return render(request, "forum/front_page.html")


@require_GET
def room_list(request: SignedInRequest) -> HttpResponse:
    if request.user.role == Role.EXTERNAL:
        coming = request.user.discussion_grants.filter(starts_at__gt=timezone.now()).order_by("starts_at").first()
        admitted = {"discussions": latest_discussions(request.user), "coming": coming}
        return render(request, "forum/admitted_list.html", admitted)
    summaries = room_summaries(request.user)
    context = {
        "summaries": summaries,
        "archived_at": archived_at([summary.room for summary in summaries]),
        "now": timezone.now(),
        "live_url": live_url(request),
        "may_read_unanswered": policies.may_read_unanswered(request.user),
    }
    return render(request, "forum/room_list.html", context)


@require_GET
def this_week(request: SignedInRequest) -> HttpResponse:
    """Lead to this week's discussion in the room that the reader reads first, where there is one.

    Who is admitted to one discussion comes to that.
    """
    if request.user.role == Role.EXTERNAL and len(only := latest_discussions(request.user)) == 1:
        return redirect(only[0].get_absolute_url())
    for summary in room_summaries(request.user):
        for discussion in summary.this_week:
            return redirect(discussion.get_absolute_url())
    return redirect("forum:room_list")


@require_GET
def room_detail(request: SignedInRequest, language: str) -> HttpResponse:
    try:
        room = room_with_level(request.user, language)
    except Room.DoesNotExist:
        raise Http404 from None
    kind = next((kind for kind in TopicKind if kind == request.GET.get("kind")), None)
    page = room_page(
        room,
        viewer=request.user,
        before=activity_in(request.GET.get("before", "")),
        kind=kind,
        category=number_in(request.GET.get("category")),
    )
    context = {"page": page, "kinds": TopicKind.choices, "live_url": live_url(request, room=room)}
    return render(request, "forum/room_detail.html", context)


@require_POST
def room_follow(request: SignedInRequest, language: str) -> HttpResponse:
    room = get_object_or_404(Room.objects.visible_to(request.user), language=language)
    form = RoomLevelForm(request.POST)
    if form.is_valid():
        follow_room(actor=request.user, language=language, level=form.cleaned_data["level"])
        messages.success(request, _("How much you hear of this room is saved."))
    else:
        messages.error(request, _("Choose from the list how much you want to hear of this room."))
    return redirect(room)
