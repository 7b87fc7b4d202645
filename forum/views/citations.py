"""Citing posts."""

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from accounts.requests import SignedInRequest
from forum.models import Discussion, Post
from forum.queries.citations import cited_post
from forum.queries.rows import open_discussions_beside
from forum.views.addresses import number_in

PAGE, CITATION, QUOTATION = "text/html", "text/plain", "text/markdown"


@require_GET
@vary_on_headers("Accept")
def post_cite(request: SignedInRequest, pk: int) -> HttpResponse:
    """The citation of a post or a paragraph of it: a page, or the text alone, or the passage as a quotation."""
    try:
        citation = cited_post(request.user, pk).of(number_in(request.GET.get("paragraph")))
    except Post.DoesNotExist:
        raise Http404 from None
    wanted = request.get_preferred_type([PAGE, CITATION, QUOTATION])
    if wanted in {CITATION, QUOTATION}:
        text = citation.text if wanted == CITATION else citation.quotation
        return HttpResponse(text, content_type=f"{wanted}; charset=utf-8")
    places = open_discussions_beside(request.user, citation.topic) if request.user.writes else []
    return render(request, "forum/post_cite.html", {"citation": citation, "places": places})


@require_GET
def discussion_by_symbol(request: SignedInRequest, year: int, number: int, language: str) -> HttpResponse:
    """Lead to a discussion by its symbol, or to a post of it, wherever that stands now, or to a paragraph of that."""
    discussions = Discussion.objects.visible_to(request.user).select_related("room")
    discussion = get_object_or_404(discussions, topic__year=year, topic__number=number, room__language=language)
    post, paragraph = number_in(request.GET.get("post")), number_in(request.GET.get("paragraph"))
    cited = Q(discussion=discussion, number=post or 0) | Q(moves__discussion=discussion, moves__number=post or 0)
    found = Post.objects.visible_to(request.user).filter(cited).first()
    if found is None:
        return redirect(discussion)
    return redirect(f"{found.get_absolute_url()}?paragraph={paragraph}" if paragraph else found.get_absolute_url())
