"""Requests to delete: asking, the queue, deciding."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from forum.models import Post
from moderation.forms.deletions import DeletionDecisionForm, DeletionForm
from moderation.models import DeletionRequest
from moderation.policies import deletions as policies
from moderation.queries.deletions import DeletionPage, deletion_page, deletions_page
from moderation.services import deletions as services


@require_http_methods(["GET", "POST"])
def deletion_request_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """From a post: ask that it, or one file of it, be deleted."""
    visible = Post.objects.visible_to(request.user).select_related("discussion__topic", "discussion__room")
    post = get_object_or_404(visible, pk=pk)
    policies.may_ask(request.user, post).enforce()
    form = DeletionForm(request.POST or None, viewer=request.user, post=post)
    if request.method == "POST" and form.is_valid():
        try:
            asked = services.ask_deletion(actor=request.user, post=pk, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your request is with the moderator. You are told by mail what is decided."))
            return redirect(asked)
    context = {"form": form, "post": post}
    return render(request, "moderation/deletion_request_create.html", context, status=422 if form.errors else 200)


@require_GET
def deletion_request_list(request: SignedInRequest) -> HttpResponse:
    return render(request, "moderation/deletion_request_list.html", {"page": deletions_page(request.user)})


@require_GET
def deletion_request_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    return _detail(request, page, DeletionDecisionForm(initial={"kept": page.request.post.body}))


@require_POST
def deletion_request_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    page.may_decide.enforce()
    form = DeletionDecisionForm(request.POST)
    if form.is_valid():
        try:
            said = _decide(request, pk, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, said)
            return redirect("moderation:deletion_request_detail", pk)
    return _detail(request, page, form)


@require_POST
def deletion_request_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    _page_or_404(request, pk)
    services.take_back_deletion(actor=request.user, request=pk)
    messages.success(request, _("Your request is taken back."))
    return redirect("moderation:deletion_request_detail", pk)


def _decide(request: SignedInRequest, pk: int, form: DeletionDecisionForm) -> str:
    decision, kept, answer = (form.cleaned_data[name] for name in ("decision", "kept", "answer"))
    if decision == "delete":
        services.delete_as_asked(actor=request.user, request=pk, answer=answer)
        return _("It is deleted, wherever it stood. Mail that has gone out cannot be called back.")
    if decision == "redact":
        services.redact_as_asked(actor=request.user, request=pk, kept=kept, answer=answer)
        return _("The passage is removed, wherever it stood. Mail that has gone out cannot be called back.")
    services.refuse_deletion(actor=request.user, request=pk, answer=answer)
    return _("The request is refused, and who asked is told why.")


def _page_or_404(request: SignedInRequest, pk: int) -> DeletionPage:
    try:
        return deletion_page(request.user, pk)
    except DeletionRequest.DoesNotExist:
        raise Http404 from None


def _detail(request: SignedInRequest, page: DeletionPage, form: DeletionDecisionForm) -> HttpResponse:
    context = {"page": page, "asked": page.request, "form": form}
    return render(request, "moderation/deletion_request_detail.html", context, status=422 if form.errors else 200)
