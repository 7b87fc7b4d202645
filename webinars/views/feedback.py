"""Feedback of participants and experts, and what of it is shown."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from webinars.forms.feedback import ExpertFeedbackForm, FeedbackForm
from webinars.models import Engagement, ExpertFeedback, FeedbackReceipt, Registration, Webinar
from webinars.policies import feedback as policies
from webinars.queries.attendance import has_attended
from webinars.queries.feedback import feedback_desk
from webinars.services import feedback as services
from webinars.services.registrations import registration_of


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def feedback_create(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody who came thinks of a webinar, once."""
    try:
        registration = registration_of(token)
    except Registration.DoesNotExist as error:
        raise Http404 from error
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_feedback(
                registration=registration,
                language=translation.get_language() or "en",
                suggestions=form.suggestions(),
                values=form.values(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Thank you for your feedback."))
            return redirect("webinars:registration_detail", token)
    context = {
        "webinar": registration.webinar,
        "token": token,
        "form": form,
        "verdict": policies.may_give_feedback(registration, has_attended=has_attended(registration)),
        "is_given": FeedbackReceipt.objects.filter(registration=registration).exists(),
    }
    return _personal(request, "webinars/feedback_create.html", context, form)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def expert_feedback(request: HttpRequest, token: str) -> HttpResponse:
    """What an expert thinks of a webinar; it can be changed while feedback is collected."""
    try:
        expert = services.expert_of(token)
    except Engagement.DoesNotExist as error:
        raise Http404 from error
    given = ExpertFeedback.objects.filter(engagement=expert).first()
    initial = {name: getattr(given, name) for name in (*ExpertFeedbackForm.asked, "opinion")} if given else {}
    form = ExpertFeedbackForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.give_expert_feedback(
            expert=expert,
            language=translation.get_language() or "en",
            suggestions=form.suggestions(),
            values=form.values(),
        )
        messages.success(request, _("Thank you for your feedback."))
        return redirect(request.get_full_path())
    context = {
        "expert": expert,
        "webinar": expert.webinar,
        "form": form,
        "given": given,
        "verdict": policies.takes_feedback(expert.webinar),
    }
    return _personal(request, "webinars/expert_feedback.html", context, form)


def _personal(
    request: HttpRequest, template: str, context: dict[str, object], form: FeedbackForm | ExpertFeedbackForm
) -> HttpResponse:
    response = render(request, template, context, status=422 if form.errors else 200)
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the key
    return response


@require_http_methods(["GET", "POST"])
def feedback_moderation(request: SignedInRequest, pk: int) -> HttpResponse:
    """The Secretariat reads the feedback on a webinar, and says what members may read."""
    policies.may_moderate_feedback(request.user).enforce()
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        services.show_feedback(
            actor=request.user,
            webinar=webinar,
            opinions=_ids(request, "opinions"),
            suggestions=_ids(request, "suggestions"),
        )
        messages.success(request, _("It is kept what members may read."))
        return redirect("webinars:feedback_moderation", pk)
    return render(request, "webinars/feedback_moderation.html", {"webinar": webinar, "desk": feedback_desk(webinar)})


def _ids(request: HttpRequest, name: str) -> list[int]:
    return [int(value) for value in request.POST.getlist(name) if value.isdecimal() and len(value) < 19]
