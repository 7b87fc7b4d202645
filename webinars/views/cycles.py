"""The Secretariat's pages of the yearly cycles and their lists of topics."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from webinars.enums import CycleState
from webinars.forms.cycles import CycleForm, ReopeningForm, usual_calendar
from webinars.forms.proposals import ListedForm
from webinars.models import Cycle, Proposal, TopicSuggestion
from webinars.models.proposals import LISTED
from webinars.policies.answers import may_change_proposal, may_withdraw
from webinars.policies.cycles import may_change_cycle, may_change_list, may_manage_cycles
from webinars.queries.cycles import CyclePage, cycle_page, cycles_of, unused_suggestions
from webinars.services.cycles import FROM, change_cycle, create_cycle, move_cycle, reopen_answers
from webinars.services.proposals import carry_over, change_proposal, list_topic


@require_GET
def cycle_list(request: SignedInRequest) -> HttpResponse:
    may_manage_cycles(request.user).enforce()
    return render(request, "webinars/cycle_list.html", {"cycles": cycles_of(request.user)})


@require_http_methods(["GET", "POST"])
def cycle_create(request: SignedInRequest) -> HttpResponse:
    may_manage_cycles(request.user).enforce()
    latest = Cycle.objects.visible_to(request.user).first()
    year = max(timezone.localdate().year, latest.year if latest else 0) + 1
    form = CycleForm(request.POST if request.method == "POST" else None, initial={"year": year, **usual_calendar(year)})
    if request.method == "POST" and form.is_valid():
        try:
            cycle = create_cycle(actor=request.user, values=form.settings, in_scope=form.cleaned_data["in_scope"])
        except ValidationError as error:
            form.add_error("year", error)
        else:
            messages.success(request, _("The cycle is begun. Now put topics on its list."))
            return redirect("webinars:cycle_manage", cycle.year)
    return _show_settings(request, form)


@require_http_methods(["GET", "POST"])
def cycle_edit(request: SignedInRequest, year: int) -> HttpResponse:
    cycle = _cycle_or_404(request, year)
    may_change_cycle(request.user, cycle).enforce()
    form = CycleForm(request.POST if request.method == "POST" else None, instance=cycle)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_cycle(
                actor=request.user,
                year=year,
                values=form.settings,
                in_scope=form.cleaned_data["in_scope"],
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as error:
            form.add_error(None, error)
            form.let_save_over(_cycle_or_404(request, year))
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("webinars:cycle_manage", changed.year)
    return _show_settings(request, form, year)


def _show_settings(request: SignedInRequest, form: CycleForm, year: int | None = None) -> HttpResponse:
    context = {"form": form, "year": year, "zone": request.user.time_zone}
    return render(request, "webinars/cycle_edit.html", context, status=422 if form.errors else 200)


def _cycle_or_404(request: SignedInRequest, year: int) -> Cycle:
    """Find a cycle for the Secretariat; to others these pages refuse themselves, whatever the year."""
    may_manage_cycles(request.user).enforce()
    return get_object_or_404(Cycle.objects.visible_to(request.user), year=year)


@require_GET
def cycle_manage(request: SignedInRequest, year: int) -> HttpResponse:
    _cycle_or_404(request, year)
    return _show(request, year)


def _show(request: SignedInRequest, year: int, reopening: ReopeningForm | None = None) -> HttpResponse:
    page = cycle_page(request.user, year)
    state = CycleState(page.cycle.state)
    context = {
        "page": page,
        "cycle": page.cycle,
        "states": [(each, list(CycleState).index(each) < list(CycleState).index(state)) for each in CycleState],
        "next": _next_step(page),
        "reopening": reopening or ReopeningForm(initial={"seen": state}),
        "can_reopen": state in {CycleState.CLOSED, CycleState.ANALYSIS},
        "zone": request.user.time_zone,
    }
    return render(request, "webinars/cycle_manage.html", context, status=422 if reopening else 200)


def _next_step(page: CyclePage) -> CycleState | None:
    """Return the state that a button leads to: none while groups are awaited, or where another page leads on."""
    to = next((to for to, before in FROM.items() if before == page.cycle.state), None)
    awaits = to == CycleState.CLOSED and page.cycle.takes_answers and page.waits_for
    return None if awaits or to == CycleState.REPORTED else to


@require_POST
def cycle_move(request: SignedInRequest, year: int) -> HttpResponse:
    """Have a cycle go on, or open its answers again, as the pressed button says."""
    cycle = _cycle_or_404(request, year)
    to, seen = request.POST.get("to", ""), request.POST.get("seen", "")
    if to == "reopened":
        form = ReopeningForm(request.POST)
        if not form.is_valid():
            return _show(request, year, form)
        try:
            reopen_answers(actor=request.user, year=year, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return _show(request, year, form)
        messages.success(request, _("Answers are open again. Every coordinator is told why."))
    else:
        try:
            if to not in CycleState.values:
                raise ValidationError(_("A cycle goes on from one state to the next."), code="order")
            moved = move_cycle(actor=request.user, year=year, to=CycleState(to), seen=seen)
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        else:
            messages.success(request, _("The cycle stands at: %(state)s.") % {"state": moved.get_state_display()})
    return redirect("webinars:cycle_manage", cycle.year)


# --- The list of topics ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def topic_create(request: SignedInRequest, year: int) -> HttpResponse:
    """A new topic of the list: of nothing, or of what participants suggested, as the address says."""
    cycle = _cycle_or_404(request, year)
    may_change_list(request.user, cycle).enforce()
    suggestion = _suggestion(request)
    initial = _words_of(suggestion) if suggestion else {}
    form = ListedForm(
        request.POST if request.method == "POST" else None, viewer=request.user, cycle=cycle, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        topic = list_topic(
            actor=request.user,
            year=year,
            values=form.values,
            parts=form.parts,
            submission_key=form.cleaned_data["submission_key"] or uuid.uuid4(),
            suggestion=suggestion.pk if suggestion else None,
        )
        messages.success(request, _("The topic is on the list: %(title)s") % {"title": topic.title})
        return redirect("webinars:cycle_manage", year)
    return _show_topic(request, cycle, form, suggestion=suggestion)


def _suggestion(request: SignedInRequest) -> TopicSuggestion | None:
    named = request.GET.get("suggestion", "")
    if not named:
        return None
    return get_object_or_404(unused_suggestions(request.user), pk=int(named) if named.isdecimal() else 0)


def _words_of(suggestion: TopicSuggestion) -> dict[str, str]:
    """Return a suggestion's words, in its language where the list is written in it, else in English."""
    code = suggestion.language if suggestion.language in settings.CORE_LANGUAGES else settings.LANGUAGE_CODE
    return {f"title_{code}": suggestion.text[:160]}


@require_http_methods(["GET", "POST"])
def topic_edit(request: SignedInRequest, year: int, pk: int) -> HttpResponse:
    cycle = _cycle_or_404(request, year)
    topics = Proposal.objects.visible_to(request.user).filter(cycle=cycle, origin__in=LISTED)
    topic = get_object_or_404(topics.select_related("cycle", "carried_from__cycle"), pk=pk)
    may_change_proposal(request.user, topic).enforce()
    form = ListedForm(
        request.POST if request.method == "POST" else None, viewer=request.user, cycle=cycle, instance=topic
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_proposal(
                actor=request.user,
                proposal=pk,
                values=form.values,
                parts=form.parts,
                seen=form.cleaned_data["seen"],
                note=form.cleaned_data["note"],
            )
        except ValidationError as error:
            form.add_error(None, error)
            form.let_save_over(Proposal.objects.get(pk=pk))
        else:
            messages.success(request, _("The topic is saved."))
            return redirect("webinars:cycle_manage", year)
    return _show_topic(request, cycle, form, topic=topic)


def _show_topic(
    request: SignedInRequest,
    cycle: Cycle,
    form: ListedForm,
    *,
    topic: Proposal | None = None,
    suggestion: TopicSuggestion | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "cycle": cycle,
        "topic": topic,
        "suggestion": suggestion,
        "may_withdraw": may_withdraw(request.user, topic) if topic else None,
        "versions": list(topic.versions.select_related("replaced_by")) if topic else [],
    }
    return render(request, "webinars/topic_edit.html", context, status=422 if form.errors else 200)


@require_POST
def topics_carry_over(request: SignedInRequest, year: int) -> HttpResponse:
    cycle = _cycle_or_404(request, year)
    ids = [int(pk) for pk in request.POST.getlist("proposals") if pk.isdecimal()]
    count = len(carry_over(actor=request.user, year=cycle.year, proposals=ids))
    said = ngettext("%(count)d proposal is on the list now.", "%(count)d proposals are on the list now.", count)
    messages.success(request, said % {"count": count})
    return redirect("webinars:cycle_manage", year)
