"""Questions: saying that they are answered, and those that wait."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from forum import policies
from forum.models import Discussion
from forum.queries.questions import unanswered_page
from forum.services.questions import settle_question, unsettle_question
from forum.views.addresses import number_in


@require_POST
def question_settle(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    """Say that a question is answered, by a post or without one, or take that back: as the pressed button says."""
    visible = Discussion.objects.visible_to(request.user).select_related("room")
    discussion = get_object_or_404(visible, pk=pk, room__language=language)
    try:
        if "undo" in request.POST:
            unsettle_question(actor=request.user, discussion=pk)
            messages.success(request, _("The question is open again."))
        else:
            settle_question(actor=request.user, discussion=pk, answer=number_in(request.POST.get("answer")))
            messages.success(request, _("The question is marked as answered."))
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect(discussion)


@require_GET
def question_unanswered_list(request: SignedInRequest) -> HttpResponse:
    if not policies.may_read_unanswered(request.user):
        raise Http404
    page = unanswered_page(request.user, after=number_in(request.GET.get("after")))
    return render(request, "forum/question_unanswered_list.html", {"page": page})
