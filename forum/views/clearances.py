"""Asking a colleague to clear a text, and the colleague's answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from forum import policies
from forum.forms.posts import body_field
from forum.forms.writing import ClearanceDecisionForm, ClearanceForm
from forum.models import Attachment, Clearance, Discussion, Draft
from forum.queries.mentions import Place
from forum.queries.previews import preview_of
from forum.services.clearances import ask_clearance, clear_text, return_text, take_back_clearance
from forum.views.posts import address_of


@require_http_methods(["GET", "POST"])
def clearance_create(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    """Choose the colleague who is to clear the draft in a discussion."""
    actor = request.user
    drafts = Draft.objects.filter(user=actor, discussion__in=Discussion.objects.visible_to(actor))
    drafts = drafts.select_related("discussion__topic", "discussion__room")
    draft = get_object_or_404(drafts, discussion=pk, discussion__room__language=language)
    colleagues = User.objects.active().filter(member_state=actor.member_state_id, member_state__isnull=False)
    form = ClearanceForm(request.POST if request.method == "POST" else None, colleagues=colleagues.exclude(pk=actor.pk))
    try:
        body_field().clean(draft.body)
    except ValidationError as fault:
        messages.error(request, fault.messages[0])
        return redirect(f"{draft.discussion.get_absolute_url()}#write")
    if form.is_valid():
        try:
            ask_clearance(actor=actor, discussion=pk, **form.cleaned_data)
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request, _("%(colleague)s is asked to clear your text.") % {"colleague": form.cleaned_data["colleague"]}
            )
            return redirect(f"{draft.discussion.get_absolute_url()}#write")
    preview = preview_of(actor, Place(pk, draft.discussion.room_id), draft.body)
    context = {"draft": draft, "form": form, "preview": preview}
    return render(request, "forum/clearance_create.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def clearance_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The text as it would look, for its author and the colleague; who was asked decides here."""
    clearances = Clearance.objects.visible_to(request.user)
    clearance = get_object_or_404(
        clearances.select_related("author__member_state", "colleague", "discussion__topic", "discussion__room", "post"),
        pk=pk,
    )
    form = ClearanceDecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _decided(request, clearance, form)
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
    place = Place(clearance.discussion_id, clearance.discussion.room_id)
    context = {
        "clearance": clearance,
        "form": form,
        "files": Attachment.objects.visible_to(request.user).of_clearance(clearance),
        "preview": preview_of(clearance.author, place, clearance.body),
        "may_decide": policies.may_decide_clearance(request.user, clearance),
        "may_take_back": policies.may_take_back_clearance(request.user, clearance),
    }
    return render(request, "forum/clearance_detail.html", context, status=422 if form.errors else 200)


def _decided(request: SignedInRequest, clearance: Clearance, form: ClearanceDecisionForm) -> HttpResponse:
    remarks = form.cleaned_data["remarks"]
    if form.cleaned_data["decision"] == "return":
        return_text(actor=request.user, clearance=clearance.pk, remarks=remarks)
        messages.success(request, _("The text is returned with your remarks."))
        return redirect("forum:clearance_detail", clearance.pk)
    cleared, obstacle = clear_text(actor=request.user, clearance=clearance.pk, remarks=remarks)
    if cleared.post is not None:
        messages.success(request, _("The text is cleared, and published under its author’s name."))
        return redirect(address_of(cleared.post))
    if obstacle:
        outcome = _("The text is cleared. It could not be published: %(reason)s") % {"reason": obstacle}
        messages.warning(request, outcome)
    else:
        messages.success(request, _("The text is cleared. Its author publishes it."))
    return redirect("forum:clearance_detail", clearance.pk)


@require_POST
def clearance_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        clearance = take_back_clearance(actor=request.user, clearance=pk)
    except Clearance.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("It is taken back. Your draft is kept."))
    return redirect(f"{clearance.discussion.get_absolute_url()}#write")
