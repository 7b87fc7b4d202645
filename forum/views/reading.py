"""What is new to a reader, and what counts as read."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.enums import Role
from accounts.requests import SignedInRequest
from forum.models import Discussion, Room
from forum.queries.news import news_page
from forum.services.reading import mark_read
from forum.views.addresses import activity_in
from forum.views.live import live_url


@require_GET
def since_last_visit(request: SignedInRequest) -> HttpResponse:
    """What is new across the rooms; or all that is unread, however old."""
    if request.user.role == Role.EXTERNAL:
        raise Http404
    before = activity_in(request.GET.get("before", ""))
    page = news_page(request.user, before=before, is_all="all" in request.GET)
    return render(request, "forum/since_last_visit.html", {"page": page, "live_url": live_url(request)})


@require_POST
def everything_read(request: SignedInRequest) -> HttpResponseBase:
    _say(request, mark_read(actor=request.user))
    return redirect("forum:room_list" if request.user.role == Role.EXTERNAL else "forum:since_last_visit")


@require_POST
def room_read(request: SignedInRequest, language: str) -> HttpResponseBase:
    room = get_object_or_404(Room.objects.visible_to(request.user), language=language)
    _say(request, mark_read(actor=request.user, room=language))
    return _back(request, room)


@require_POST
def discussion_read(request: SignedInRequest, language: str, pk: int) -> HttpResponseBase:
    visible = Discussion.objects.visible_to(request.user).select_related("room")
    discussion = get_object_or_404(visible, pk=pk, room__language=language)
    _say(request, mark_read(actor=request.user, discussion=pk))
    return _back(request, discussion)


def _say(request: SignedInRequest, count: int) -> None:
    if count:
        done = ngettext(
            "%(count)d discussion is marked as read.", "%(count)d discussions are marked as read.", count
        ) % {"count": count}
        messages.success(request, done)
    else:
        messages.info(request, _("There was nothing unread."))


def _back(request: SignedInRequest, place: Room | Discussion) -> HttpResponseBase:
    """Lead back to the list of what is new where the form was there, else to what it was about."""
    return redirect("forum:since_last_visit") if request.POST.get("back") == "since" else redirect(place)
