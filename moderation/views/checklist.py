"""The checklist for web content, which the moderator keeps."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from moderation.enums import Occasion
from moderation.forms.checklist import ChecklistItemForm
from moderation.models import ChecklistItem
from moderation.policies import weekly as policies
from moderation.services.checklist import keep_point, retire_point


@require_GET
def checklist_item_list(request: SignedInRequest) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    points = list(ChecklistItem.objects.all())
    by_occasion = [
        (occasion, [point for point in points if point.occasion == occasion and not point.retired_at])
        for occasion in Occasion
    ]
    context = {"by_occasion": by_occasion, "retired": [point for point in points if point.retired_at]}
    return render(request, "moderation/checklist_item_list.html", context)


@require_http_methods(["GET", "POST"])
def checklist_item_create(request: SignedInRequest) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    last = ChecklistItem.objects.order_by("position").last()
    return _edit(request, ChecklistItem(occasion=Occasion.OPENING, position=last.position + 1 if last else 1))


@require_http_methods(["GET", "POST"])
def checklist_item_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    return _edit(request, get_object_or_404(ChecklistItem, pk=pk))


def _edit(request: SignedInRequest, point: ChecklistItem) -> HttpResponse:
    form = ChecklistItemForm(request.POST if request.method == "POST" else None, instance=point)
    if request.method == "POST" and form.is_valid():
        keep_point(actor=request.user, point=form.save(commit=False))
        messages.success(request, _("The point is saved."))
        return redirect("moderation:checklist_item_list")
    context = {"form": form, "point": point}
    return render(request, "moderation/checklist_item_edit.html", context, status=422 if form.errors else 200)


@require_POST
def checklist_item_retire(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a point off the checklist, or put it back, as the pressed button says."""
    retired = "undo" not in request.POST
    try:
        retire_point(actor=request.user, point=pk, retired=retired)
    except ChecklistItem.DoesNotExist:
        raise Http404 from None
    said = _("The point is off the checklist. You can put it back.") if retired else _("The point is back.")
    messages.success(request, said)
    return redirect("moderation:checklist_item_list")
