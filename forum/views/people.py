"""Pages of the people who take part."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import policies as people_policies
from accounts.models import User
from accounts.requests import SignedInRequest
from forum import policies
from forum.forms.posts import ExperienceForm, PeopleForm
from forum.queries.directory import directory_page, person_page
from forum.services.experience import set_experience


@require_GET
def person_list(request: SignedInRequest) -> HttpResponse:
    if not policies.may_read_directory(request.user):
        raise Http404
    form = PeopleForm(request.GET)
    page = None
    if form.is_valid():
        page = directory_page(request.user, form.wanted, after=form.cleaned_data["after"])
    context = {
        "form": form,
        "page": page,
        "is_narrowed": form.is_narrowed,
        "may_read_contacts": people_policies.may_read_contacts(request.user),
        "may_keep_contacts": people_policies.may_keep_contacts(request.user),
    }
    return render(request, "forum/person_list.html", context, status=200 if page else 422)


@require_GET
def person_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        page = person_page(request.user, pk)
    except User.DoesNotExist:
        raise Http404 from None
    return render(request, "forum/person_detail.html", {"page": page})


@require_http_methods(["GET", "POST"])
def experience_edit(request: SignedInRequest) -> HttpResponse:
    if not policies.may_be_listed(request.user):
        raise Http404
    form = ExperienceForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_valid():
        set_experience(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Your areas of experience are saved."))
        return redirect("forum:experience_edit")
    return render(request, "forum/experience_edit.html", {"form": form}, status=422 if form.errors else 200)
