"""The bench where the Secretariat chooses the year's webinars, and publishes them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from webinars.forms.selection import CapForm, MergeForm, OptionForm, PairForm, Sheet
from webinars.models import Cycle
from webinars.policies import selection as policies
from webinars.queries.selection import (
    candidates,
    chosen_from,
    clusters_of,
    pairs_apart,
    run_shown,
    silent_groups,
    units,
)
from webinars.services import selection
from webinars.services.releases import publish_programme


@require_http_methods(["GET", "POST"])
def selection_bench(request: SignedInRequest, year: int) -> HttpResponse:
    """Show the bench; keep the marks, compute a list, or decide one, as the button says."""
    cycle = _cycle(request, year)
    if request.method == "GET":
        return _bench(request, cycle)
    sheet = Sheet.sent(request.POST, candidates(cycle))
    action = request.POST.get("action", "mark")
    try:
        selection.mark(
            actor=request.user,
            year=year,
            scope=sheet.scope_marks,
            must=sorted(sheet.must),
            barred=sorted(sheet.barred),
            locked_options=sorted(sheet.locked),
            barred_options=sorted(sheet.ruled_out),
        )
        if action == "run":
            selection.run_selection(actor=request.user, year=year)
        elif action == "decide":
            selection.decide(
                actor=request.user,
                year=year,
                options=sorted(sheet.taken),
                reasons=sheet.reasons,
                difference=sheet.difference,
                uncovered_reason=sheet.uncovered_reason,
            )
    except ValidationError as error:
        return _bench(request, cycle, sheet=sheet, errors=error.messages)
    messages.success(request, _said(action))
    return redirect(f"{request.path}#result" if action == "run" else request.path)


def _said(action: str) -> str:
    if action == "run":
        return _("The list is computed. It advises; the decision is yours.")
    if action == "decide":
        return _("The list is decided. Nobody sees it before you publish the programme.")
    return _("The marks are kept.")


@require_POST
def options_suggest(request: SignedInRequest, year: int) -> HttpResponse:
    """Add ways to hold what has none yet."""
    cycle = _cycle(request, year)
    added = selection.suggest_options(actor=request.user, year=cycle.year)
    said = ngettext("%(count)d way was added.", "%(count)d ways were added.", added)
    messages.success(request, said % {"count": added})
    return redirect("webinars:selection_bench", year)


@require_http_methods(["GET", "POST"])
def option_create(request: SignedInRequest, year: int, proposal: int) -> HttpResponse:
    """Add a way to hold one proposal."""
    cycle = _cycle(request, year)
    policies.may_select(request.user, cycle).enforce()
    of = get_object_or_404(chosen_from(cycle), pk=proposal)
    form = OptionForm(request.POST if request.method == "POST" else None, proposal=of)
    if request.method == "POST" and form.is_valid():
        selection.keep_option(actor=request.user, year=year, proposal=proposal, **form.cleaned_data)
        messages.success(request, _("The way to hold it is kept."))
        return redirect(f"{reverse('webinars:selection_bench', args=[year])}#proposal-{proposal}")
    context = {"cycle": cycle, "proposal": of, "form": form}
    return render(request, "webinars/option_create.html", context, status=422 if form.errors else 200)


@require_POST
def option_drop(request: SignedInRequest, year: int, option: int) -> HttpResponse:
    """Take away one way to hold a proposal."""
    cycle = _cycle(request, year)
    return _done(
        request,
        cycle,
        lambda: selection.drop_option(actor=request.user, year=year, option=option),
        _("The way to hold it is taken away."),
    )


@require_POST
def proposals_merge(request: SignedInRequest, year: int) -> HttpResponse:
    """Take proposals together."""
    cycle = _cycle(request, year)
    form = MergeForm(request.POST, proposals=chosen_from(cycle).values_list("pk", flat=True))
    if not form.is_valid():
        return _bench(request, cycle, errors=_sentences(form))
    return _done(
        request,
        cycle,
        lambda: selection.merge_proposals(actor=request.user, year=year, **form.cleaned_data),
        _("The proposals are taken together. Their texts and authors stay as they are."),
    )


@require_POST
def merge_undo(request: SignedInRequest, year: int, cluster: int) -> HttpResponse:
    """Take a cluster apart."""
    cycle = _cycle(request, year)
    return _done(
        request,
        cycle,
        lambda: selection.undo_merge(actor=request.user, year=year, cluster=cluster),
        _("The proposals stand for themselves again."),
    )


@require_POST
def proposals_keep_apart(request: SignedInRequest, year: int) -> HttpResponse:
    """Have two proposals not both held, or take that back."""
    cycle = _cycle(request, year)
    form = PairForm(request.POST)
    if not form.is_valid():
        return _bench(request, cycle, errors=[_("Choose two different proposals.")])
    if chosen_from(cycle).filter(pk__in=[form.cleaned_data["first"], form.cleaned_data["second"]]).count() == 0:
        raise Http404
    return _done(
        request,
        cycle,
        lambda: selection.keep_apart(actor=request.user, year=year, **form.cleaned_data),
        _("That is kept."),
    )


@require_POST
def cap_override(request: SignedInRequest, year: int) -> HttpResponse:
    """Let the year have more webinars than usual, or take that back."""
    cycle = _cycle(request, year)
    form = CapForm(request.POST)
    if not form.is_valid():
        return _bench(request, cycle, errors=_sentences(form))
    return _done(
        request,
        cycle,
        lambda: selection.override_cap(actor=request.user, year=year, **form.cleaned_data),
        _("That is kept. The public reads the reason with the programme."),
    )


@require_POST
def programme_publish(request: SignedInRequest, year: int) -> HttpResponse:
    """Publish what is decided, or a further release."""
    cycle = _cycle(request, year)
    return _done(
        request,
        cycle,
        lambda: publish_programme(actor=request.user, year=year, note=request.POST.get("note", "")[:300]),
        _("The programme is published, and the authors of its proposals are being told."),
    )


def _cycle(request: SignedInRequest, year: int) -> Cycle:
    policies.may_see_bench(request.user).enforce()
    return get_object_or_404(Cycle.objects.visible_to(request.user), year=year)


def _done(request: SignedInRequest, cycle: Cycle, act: Callable[[], Model | None], said: str) -> HttpResponse:
    """Do something and go back to the bench; what is refused is said there."""
    try:
        act()
    except ValidationError as error:
        return _bench(request, cycle, errors=error.messages)
    messages.success(request, said)
    return redirect("webinars:selection_bench", cycle.year)


def _sentences(form: Any) -> list[str]:
    return [sentence for errors in form.errors.values() for sentence in errors]


def _bench(
    request: SignedInRequest,
    cycle: Cycle,
    *,
    sheet: Sheet | None = None,
    errors: list[str] | None = None,
) -> HttpResponse:
    among = candidates(cycle)
    regions = list(units(cycle))
    run = cycle.runs.first()
    best = run.result["best"] if run else None
    context = {
        "cycle": cycle,
        "may_select": policies.may_select(request.user, cycle),
        "may_override_cap": policies.may_override_cap(request.user, cycle),
        "may_publish": policies.may_publish(request.user, cycle),
        "candidates": among,
        "clusters": clusters_of(cycle),
        "silent": silent_groups(cycle),
        "run": run,
        "shown": run_shown(run.result, cycle, among, regions) if run else None,
        "sheet": sheet or Sheet.of(cycle, among, best["keys"] if best else []),
        "errors": errors or [],
        "last_release": cycle.releases.first(),
        "apart": pairs_apart(cycle),
    }
    return render(request, "webinars/selection_bench.html", context, status=422 if errors else 200)
