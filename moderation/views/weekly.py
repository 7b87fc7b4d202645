"""The weekly plan."""

from datetime import date, datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.languages import written
from accounts.requests import SignedInRequest
from forum.models import Topic
from forum.views.addresses import number_in
from forum.weeks import monday_of
from moderation.enums import Occasion
from moderation.forms.weekly import ClosingForm, ClosingPointsForm, WeeklyTopicForm
from moderation.models import TopicProposal, TopicTemplate, WeeklyTopic
from moderation.policies import weekly as policies
from moderation.policies.proposals import OPEN
from moderation.queries.weekly import calendar, closing_clocks, opened_topic, weekly_languages
from moderation.services.checklist import tick_points
from moderation.services.closings import set_closing, take_back_closing
from moderation.services.templates import words_of
from moderation.services.weekly import discard_topic, next_week, prepare_topic


@require_GET
def weekly_topic_list(request: SignedInRequest) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    page = calendar(request.user, now=timezone.now(), first=_day_in(request.GET.get("from")))
    return render(request, "moderation/weekly_topic_list.html", {"calendar": page})


def _day_in(value: str | None) -> date | None:
    """Read the day that an address names; None where it names none, or one that no calendar page begins with."""
    try:
        day = parse_date(value or "")
    except ValueError:
        return None
    return day if day and 2000 <= day.year <= 2200 else None


@require_http_methods(["GET", "POST"])
def weekly_topic_create(request: SignedInRequest) -> HttpResponse:
    """A new topic: of nothing, of a template, of an earlier topic, or of a proposal, as the address says."""
    policies.may_prepare_topics(request.user).enforce()
    day = _day_in(request.GET.get("week"))
    opens_at, closes_at = _week_of(day) if day else next_week(timezone.now())
    topic = Topic(opens_at=opens_at, closes_at=closes_at)
    proposal = None
    if "proposal" in request.GET:
        proposals = TopicProposal.objects.visible_to(request.user).select_related("member_state")
        proposal = get_object_or_404(proposals, pk=number_in(request.GET["proposal"]))
        if proposal.state not in OPEN:
            messages.error(request, _("This proposal is decided."))
            return redirect(proposal)
        _take_words(topic, proposal)
    for name, sources in (("template", TopicTemplate.objects.all()), ("copy", _topics(request))):
        if name in request.GET:
            source = get_object_or_404(sources, pk=number_in(request.GET[name]))
            for column, words in words_of(source).items():
                setattr(topic, column, words)
            topic.category_id, topic.step_id = source.category_id, source.step_id  # type: ignore[assignment]
    return _edit(request, topic, proposal)


def _topics(request: SignedInRequest) -> QuerySet[Topic]:
    """Return the topics of the plan, by the ids of which an address names one to be copied."""
    return Topic.objects.filter(plan__in=WeeklyTopic.objects.visible_to(request.user))


def _week_of(day: date) -> tuple[datetime, datetime]:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())
    return monday_of(noon), monday_of(noon, weeks=1)


def _take_words(topic: Topic, proposal: TopicProposal) -> None:
    """Begin a topic with a proposal's words in its language, or in English, to translate, where topics lack that."""
    code = written(proposal.language)
    suffix = (code if code in settings.MODELTRANSLATION_LANGUAGES else settings.LANGUAGE_CODE).replace("-", "_")
    setattr(topic, f"title_{suffix}", proposal.title)
    setattr(topic, f"objective_{suffix}", proposal.expected_result or proposal.why)
    if proposal.category_id:
        topic.category_id = proposal.category_id


@require_http_methods(["GET", "POST"])
def weekly_topic_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    policies.may_prepare_topics(request.user).enforce()
    plan = _plan_or_404(request, pk)
    if plan.opened_at is not None:
        return redirect("moderation:weekly_topic_close", pk)
    return _edit(request, plan.topic)


def _plan_or_404(request: SignedInRequest, pk: int) -> WeeklyTopic:
    plans = WeeklyTopic.objects.visible_to(request.user).select_related("topic__category", "topic__proposing_state")
    return get_object_or_404(plans, pk=pk)


def _edit(request: SignedInRequest, topic: Topic, proposal: TopicProposal | None = None) -> HttpResponse:
    """Answer with the form; save it as a draft, for its moment, or to open now, as its button says."""
    action = request.POST.get("action", "save")
    form = WeeklyTopicForm(
        request.POST if request.method == "POST" else None,
        instance=topic,
        languages=weekly_languages(),
        complete=action != "save",
    )
    if request.method == "POST" and form.is_valid():
        try:
            prepare_topic(
                actor=request.user,
                topic=form.save(commit=False),
                scheduled=action == "schedule",
                open_now=action == "open",
                submission_key=form.cleaned_data["submission_key"],
                ticked=[point.pk for point in form.cleaned_data["ticked"]],
                proposal=proposal.pk if proposal else None,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _said(action))
            unticked = form.fields["ticked"].queryset.count() - len(form.cleaned_data["ticked"])  # type: ignore[attr-defined]
            if action != "save" and unticked:
                messages.warning(request, _unticked(unticked))
            return redirect("moderation:weekly_topic_list")
    context = {
        "form": form,
        "topic": topic,
        "proposal": proposal,
        "zone": request.user.time_zone,
        "clocks": closing_clocks(topic.closes_at),
        "proposals": topic.proposals.select_related("member_state") if topic.pk else [],
    }
    return render(request, "moderation/weekly_topic_edit.html", context, status=422 if form.errors else 200)


def _said(action: str) -> str:
    if action == "open":
        return _("The topic is open in all core rooms, and its followers are being told.")
    if action == "schedule":
        return _("The topic will open by itself at the time you set.")
    return _("The draft is saved. It opens only when you say so.")


def _unticked(count: int) -> str:
    return ngettext(
        "%(count)d point of the checklist is not ticked.", "%(count)d points of the checklist are not ticked.", count
    ) % {"count": count}


@require_http_methods(["GET", "POST"])
def weekly_topic_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask whether a topic is to be taken off the plan, and do so."""
    policies.may_prepare_topics(request.user).enforce()
    plan = _plan_or_404(request, pk)
    if request.method == "POST":
        try:
            discard_topic(actor=request.user, plan=pk)
        except WeeklyTopic.DoesNotExist:
            raise Http404 from None
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The topic is off the plan."))
        return redirect("moderation:weekly_topic_list")
    return render(request, "moderation/weekly_topic_discard.html", {"plan": plan})


# --- Once it has opened ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def weekly_topic_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """When an opened topic closes: later, earlier, now, or as before; and the checklist for it."""
    policies.may_prepare_topics(request.user).enforce()
    plan = _plan_or_404(request, pk)
    if plan.opened_at is None:
        return redirect(plan)
    action = request.POST.get("action", "")
    closes_at = plan.topic.closes_at
    form = ClosingForm(
        request.POST if action == "set" else None,
        initial={"closes_at": closes_at, "seen": closes_at.isoformat() if closes_at else ""},
    )
    points = ClosingPointsForm(
        request.POST if action == "tick" else None,
        initial={"ticked": list(plan.topic.ticks.values_list("item", flat=True))},
    )
    if action == "tick" and points.is_valid():
        ticked = [point.pk for point in points.cleaned_data["ticked"]]
        tick_points(actor=request.user, topic=plan.topic, occasion=Occasion.CLOSING, points=ticked)
        messages.success(request, _("The checklist is saved."))
        return redirect("moderation:weekly_topic_close", pk)
    is_ready = action in {"close", "undo"} or (action == "set" and form.is_valid())
    if is_ready and _set_closing(request, pk, action, form):
        return redirect("moderation:weekly_topic_close", pk)
    context = {
        "page": opened_topic(plan, now=timezone.now()),
        "form": form,
        "points": points,
        "zone": request.user.time_zone,
    }
    status = 422 if form.errors or points.errors else 200
    return render(request, "moderation/weekly_topic_close.html", context, status=status)


def _set_closing(request: SignedInRequest, pk: int, action: str, form: ClosingForm) -> bool:
    """Carry out what a button says about the closing time; where that is refused, the page says why."""
    seen = _moment_in(request.POST.get("seen", ""))
    try:
        if action == "undo":
            take_back_closing(actor=request.user, plan=pk, seen=seen)
        else:
            closes_at = form.cleaned_data["closes_at"] if action == "set" else None
            set_closing(actor=request.user, plan=pk, closes_at=closes_at, seen=seen)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return action != "set"
    messages.success(request, _("The closing time is changed. The pages of the topic say so."))
    return True


def _moment_in(value: str) -> datetime | None:
    try:
        return parse_datetime(value)
    except ValueError:
        return None
