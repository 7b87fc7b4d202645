"""Nominating the lead participant of a regional group."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import RegionalGroup
from accounts.requests import SignedInRequest
from forum.forms.leads import LeadForm
from forum.models import Discussion
from forum.queries.leads import lead_page
from forum.services.leads import nominate_lead, take_back_lead
from forum.views.addresses import number_in


@require_http_methods(["GET", "POST"])
def lead_nominate(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    """The nomination of one's group in a dialogue: making it, changing it, or taking it back."""
    visible = Discussion.objects.visible_to(request.user).select_related("topic", "room")
    discussion = get_object_or_404(visible, pk=pk, room__language=language)
    named = number_in(request.GET.get("group"))
    page = lead_page(discussion.topic, viewer=request.user, group=named)
    page.may_nominate.enforce()
    assert page.group is not None
    typed = request.POST if request.method == "POST" else None
    form = LeadForm(typed, initial={"member_state": page.nominated}, states=page.states, group=page.group)
    if typed is not None:
        try:
            if done := _done(request, discussion, page.group, form):
                return done
        except ValidationError as refusal:
            form.add_error(None, refusal)
            page = lead_page(discussion.topic, viewer=request.user, group=named)
    context = {"discussion": discussion, "page": page, "form": form}
    return render(request, "forum/lead_nominate.html", context, status=422 if form.errors else 200)


def _done(
    request: SignedInRequest, discussion: Discussion, group: RegionalGroup, form: LeadForm
) -> HttpResponse | None:
    """Do what the pressed button says; answer None where the form is not filled in rightly."""
    if "take_back" in request.POST:
        seen = number_in(request.POST.get("seen"))
        take_back_lead(actor=request.user, discussion=discussion.pk, group=group, seen=seen)
        messages.success(request, _("The nomination is taken back."))
    elif form.is_valid():
        lead = nominate_lead(actor=request.user, discussion=discussion.pk, group=group, **form.cleaned_data)
        messages.success(
            request,
            _("%(state)s is nominated as the lead participant of its group (%(group)s).")
            % {"state": lead.member_state, "group": group},
        )
    else:
        return None
    return redirect(discussion)
