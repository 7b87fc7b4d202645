"""The moderator's pages."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import SignedInRequest
from forum.models import Topic
from moderation import policies
from moderation.forms import WeeklyTopicForm
from moderation.models import WeeklyTopic
from moderation.queries import weekly_plan
from moderation.services.weekly import next_week, prepare_topic


@require_GET
def weekly_topic_list(request: SignedInRequest) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    return render(request, "moderation/weekly_topic_list.html", {"plan": weekly_plan(request.user)})


@require_http_methods(["GET", "POST"])
def weekly_topic_create(request: SignedInRequest) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    opens_at, closes_at = next_week(timezone.now())
    return _edit(request, Topic(opens_at=opens_at, closes_at=closes_at))


@require_http_methods(["GET", "POST"])
def weekly_topic_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    plan = get_object_or_404(WeeklyTopic.objects.visible_to(request.user).select_related("topic"), pk=pk)
    if plan.opened_at is not None:
        return redirect(plan.topic)
    return _edit(request, plan.topic)


def _edit(request: SignedInRequest, topic: Topic) -> HttpResponse:
    """Answer with the form; save it as a draft, for its moment, or to open now, as its button says."""
    action = request.POST.get("action", "save")
    form = WeeklyTopicForm(request.POST or None, instance=topic, complete=action != "save")
    if request.method == "POST" and form.is_valid():
        try:
            prepare_topic(
                actor=request.user,
                topic=form.save(commit=False),
                scheduled=action == "schedule",
                open_now=action == "open",
                submission_key=form.cleaned_data["submission_key"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _said(action))
            return redirect("moderation:weekly_topic_list")
    context = {"form": form, "topic": topic, "zone": request.user.time_zone}
    return render(request, "moderation/weekly_topic_edit.html", context, status=422 if form.errors else 200)


def _said(action: str) -> str:
    if action == "open":
        return _("The topic is open in all core rooms, and its followers are being told.")
    if action == "schedule":
        return _("The topic will open by itself at the time you set.")
    return _("The draft is saved. It opens only when you say so.")
