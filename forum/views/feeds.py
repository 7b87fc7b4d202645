"""The private feed, and the page on which its address is made and ended."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.again import asked_again_to_send
from accounts.requests import SignedInRequest
from forum.models import FeedToken
from forum.queries.feeds import feed_of, reader_of
from forum.services.feeds import end_feed, make_feed


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The feed itself: programs that fetch it do not sign in, so its address is the key."""
    person = reader_of(token)
    if person is None:
        raise Http404
    found = feed_of(person, is_of_rooms=request.GET.get("of") == "rooms")
    modified = int(found.changed_at.timestamp()) if found.changed_at else None
    headers = {"ETag": found.etag, "Cache-Control": "private, no-cache", "Content-Language": person.language}
    if modified is not None:
        headers["Last-Modified"] = http_date(modified)
    response = HttpResponse(found.content, content_type="application/atom+xml; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=found.etag, last_modified=modified, response=response) or response


@asked_again_to_send
@require_http_methods(["GET", "POST"])
def feed_edit(request: SignedInRequest) -> HttpResponse:
    """The page about one's feed; what is sent to it makes a new address, which this one answer shows."""
    address = make_feed(actor=request.user) if request.method == "POST" else ""
    token = FeedToken.objects.filter(user=request.user).first()
    return render(request, "forum/feed_edit.html", {"token": token, "address": address})


@require_POST
def feed_end(request: SignedInRequest) -> HttpResponse:
    if end_feed(actor=request.user):
        messages.success(request, _("Your feed is ended: its address answers nothing any more."))
    return redirect("forum:feed_edit")
