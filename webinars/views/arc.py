"""The Secretariat's page between a webinar and the forum."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from webinars.forms.arc import FollowUpForm
from webinars.models import Webinar
from webinars.policies.webinars import may_organize
from webinars.queries.arc import forum_questions
from webinars.services import arc


@require_GET
def webinar_forum(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was asked in the forum for a webinar, and the discussion that follows it."""
    return _page(request, _webinar(request, pk), FollowUpForm())


def _webinar(request: SignedInRequest, pk: int) -> Webinar:
    may_organize(request.user).enforce()
    found: Webinar = get_object_or_404(Webinar.objects.visible_to(request.user).select_related("topic"), pk=pk)
    return found


def _page(request: SignedInRequest, webinar: Webinar, form: FollowUpForm, status: int = 200) -> HttpResponse:
    context = {"webinar": webinar, "asked": forum_questions(webinar, request.user), "form": form}
    return render(request, "webinars/webinar_forum.html", context, status=status)


@require_POST
def questions_take_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the ticked questions over into the webinar's list."""
    webinar = _webinar(request, pk)
    posts = [int(value) for value in request.POST.getlist("posts") if value.isdecimal()]
    questions = arc.take_over(actor=request.user, webinar=webinar.pk, posts=posts)
    if questions:
        said = ngettext(
            "%(count)d question is taken over. It waits to be let through.",
            "%(count)d questions are taken over. They wait to be let through.",
            len(questions),
        )
        messages.success(request, said % {"count": len(questions)})
    else:
        messages.info(request, _("Nothing was ticked that is not taken over already."))
    return redirect("webinars:webinar_forum", pk)


@require_POST
def follow_up_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the discussion that follows a webinar."""
    webinar = _webinar(request, pk)
    form = FollowUpForm(request.POST)
    if form.is_valid():
        try:
            topic = arc.open_follow_up(actor=request.user, webinar=pk, category=form.cleaned_data["category"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The discussion is open: %(symbol)s.") % {"symbol": topic.symbol})
            return redirect(topic)
    return _page(request, webinar, form, status=422)
