"""What was imported: old addresses, and claims of imported authors."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from forum import policies
from forum.forms.claims import ClaimDecisionForm
from forum.models import AuthorClaim, ImportedAuthor
from forum.queries.claims import claim_page, new_address_of, waiting_claims
from forum.services.claims import claim_author, decide_claim

PER_PAGE = 50


@require_GET
def old_address(request: SignedInRequest, path: str) -> HttpResponse:
    """Lead from where something stood in an older forum to where it is now."""
    query = request.META.get("QUERY_STRING", "")
    address = new_address_of(request.user, f"/{path}?{query}" if query else f"/{path}")
    if address is None:
        raise Http404
    return redirect(address)


@require_http_methods(["GET", "POST"])
def author_claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """An imported author; who says that the posts are theirs sends the form."""
    try:
        if request.method == "POST":
            claim = claim_author(actor=request.user, author=pk)
            if not claim.is_granted:
                messages.success(request, _("The Secretariat is asked. You are told by mail what it decides."))
            return redirect("forum:author_claim", pk)
        return render(request, "forum/author_claim.html", {"page": claim_page(request.user, pk)})
    except ImportedAuthor.DoesNotExist:
        raise Http404 from None


@require_GET
def claim_list(request: SignedInRequest) -> HttpResponse:
    policies.may_decide_claims(request.user).enforce()
    return _claim_list(request)


@require_POST
def claim_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_decide_claims(request.user).enforce()
    claim = get_object_or_404(AuthorClaim.objects.waiting(), pk=pk)
    form = ClaimDecisionForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid():
        is_granted = form.cleaned_data["decision"] == "grant"
        try:
            decide_claim(actor=request.user, claim=pk, is_granted=is_granted, reason=form.cleaned_data["reason"])
        except (PermissionDenied, ValidationError) as error:
            form.add_error(None, str(error) if isinstance(error, PermissionDenied) else error)
        else:
            messages.success(request, _("The claim is granted.") if is_granted else _("The claim is refused."))
            return redirect("forum:claim_list")
    return _claim_list(request, answered=claim.pk, form=form)


def _claim_list(request: SignedInRequest, answered: int = 0, form: ClaimDecisionForm | None = None) -> HttpResponse:
    """Show the claims that wait, with the form that was answered wrongly, if any."""
    page = Paginator(waiting_claims(), PER_PAGE).get_page(request.GET.get("page"))
    claims = [
        (claim, form if form and claim.pk == answered else ClaimDecisionForm(auto_id=f"id_{claim.pk}_%s"))
        for claim in page
    ]
    context = {"page": page, "claims": claims}
    return render(request, "forum/claim_list.html", context, status=422 if form else 200)
