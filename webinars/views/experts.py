"""What experts answer through their personal link, without an account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from webinars.models import Engagement
from webinars.services.experts import answer_consent, expert_of


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def expert_consent(request: HttpRequest, token: str) -> HttpResponse:
    """Whether the recording may be shown. To look at it changes nothing, since mail programs look too."""
    try:
        expert = expert_of(token)
    except Engagement.DoesNotExist:
        raise Http404 from None
    if request.method == "POST" and request.POST.get("answer") in {"yes", "no"}:
        answer_consent(token=token, agrees=request.POST["answer"] == "yes")
        messages.success(request, _("Thank you. Your answer is kept; you can change it here at any time."))
        return redirect(request.get_full_path())
    return render(request, "webinars/expert_consent.html", {"expert": expert, "webinar": expert.webinar})
