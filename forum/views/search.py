"""The page of search."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from forum.forms.search import SearchForm
from forum.queries.search import search_page


@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    form = SearchForm(request.GET, viewer=request.user)
    page = None
    is_right = form.is_valid()
    if is_right and form.is_narrowed and (form.cleaned_data["q"] or not form.data.get("q", "").strip()):
        page = search_page(request.user, form.wanted, form.cleaned_data["page"] or 1)
    return render(request, "forum/search.html", {"form": form, "page": page}, status=200 if is_right else 422)
