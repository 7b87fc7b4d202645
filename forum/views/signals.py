"""Signals under posts."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import KeptText, SignedInRequest
from forum import fragments, policies
from forum.enums import SignalKind
from forum.models import Post
from forum.queries.extras import post_extras
from forum.queries.signals import signals_page
from forum.services.signals import give_signal, take_back_signal
from forum.views.posts import address_of


@require_POST
def signal_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a signal or take it back: the region alone to htmx, the post in its discussion without JavaScript."""
    given, taken_back = request.POST.get("give", ""), request.POST.get("take_back", "")
    kind = next((kind for kind in SignalKind if kind in {given, taken_back}), None)
    if kind is None:
        raise Http404
    posts = Post.objects.visible_to(request.user).select_related("author", "discussion__room")
    post, refusal = get_object_or_404(posts, pk=pk), ""
    try:
        (give_signal if given else take_back_signal)(actor=request.user, post=pk, kind=kind)
    except PermissionDenied as denied:
        if not request.htmx:
            raise
        refusal = str(denied)
    if not request.htmx:
        return redirect(address_of(post))
    extras = post_extras(request.user, post.discussion_id, post.number - 1, post.number)
    names = bool(policies.may_read_directory(request.user))
    html = fragments.signals(post, extras.get(post.number), viewer=request.user.pk, names=names, refusal=refusal)
    return HttpResponse(html)


def _lead_to_post(request: HttpRequest) -> KeptText:
    """Lead somebody whose session is gone to the post, where the signal can be given again."""
    return KeptText(reverse("forum:post_detail", args=[resolve(request.path).kwargs["pk"]]), is_kept=False)


signal_set.keep_text = _lead_to_post  # type: ignore[attr-defined]


@require_GET
def signal_list(request: SignedInRequest, pk: int) -> HttpResponse:
    if not policies.may_read_directory(request.user):
        raise Http404
    try:
        page = signals_page(request.user, pk)
    except Post.DoesNotExist:
        raise Http404 from None
    return render(request, "forum/signal_list.html", {"page": page})
