"""Pages of rooms."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.enums import Role
from accounts.requests import SignedInRequest
from forum.forms import FollowForm
from forum.models import Room
from forum.queries import EPOCH, MICROSECOND, room_page, room_summaries
from forum.rows import latest_discussions
from forum.services.reading import follow_room
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
        return render(request, "forum/admitted_list.html", {"discussions": latest_discussions(request.user)})
    context = {"summaries": room_summaries(request.user), "live_url": live_url(request)}
    return render(request, "forum/room_list.html", context)


@require_GET
def this_week(request: SignedInRequest) -> HttpResponse:
    """Lead to this week's discussion in the room that the reader reads first, where there is one."""
    for summary in room_summaries(request.user):
        for discussion in summary.this_week:
            return redirect(discussion.get_absolute_url())
    return redirect("forum:room_list")


@require_GET
def room_detail(request: SignedInRequest, language: str) -> HttpResponse:
    room = get_object_or_404(Room.objects.visible_to(request.user), language=language)
    page = room_page(room, viewer=request.user, before=_before(request.GET.get("before", "")))
    return render(request, "forum/room_detail.html", {"page": page, "live_url": live_url(request, room=room)})


def _before(value: str) -> tuple[datetime, int] | None:
    """Read where a page goes on from, as ``RoomPage.older`` writes it.

    Raises:
        Http404: It was not written by us.
    """
    if not value:
        return None
    moment, _dash, pk = value.rpartition("-")
    try:
        return EPOCH + int(moment) * MICROSECOND, int(pk)
    except (ValueError, OverflowError):
        raise Http404 from None


@require_POST
def room_follow(request: SignedInRequest, language: str) -> HttpResponse:
    form = FollowForm(request.POST)
    room = get_object_or_404(Room.objects.visible_to(request.user), language=language)
    follow_room(actor=request.user, language=language, wanted=form.is_valid() and form.cleaned_data["wanted"])
    return redirect(room)
