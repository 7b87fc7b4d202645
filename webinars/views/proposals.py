"""Where groups and states write their proposals and hand them on."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import RegionalGroup
from accounts.requests import SignedInRequest
from accounts.verdicts import Verdict
from webinars.enums import Origin, ProposalState
from webinars.forms.proposals import ProposalForm, ReturnForm
from webinars.models import Cycle, Proposal
from webinars.models.cycles import coordinated_group
from webinars.models.proposals import LISTED, UNFINISHED
from webinars.policies import answers as policies
from webinars.queries.answers import group_coordinated_by
from webinars.queries.similar import Similar, similar_to
from webinars.services.proposals import (
    bring_back_proposal,
    change_proposal,
    propose,
    return_proposal,
    submit_proposal,
    withdraw_proposal,
)


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def proposal_create(request: SignedInRequest, year: int) -> HttpResponse:
    """A new proposal: of the group that one coordinates, or to one's coordinator; and what is similar to it."""
    if not request.user.reads_every_room:
        raise Http404
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user), year=year)
    group = _group(request)
    _may_begin(request, cycle, group).enforce()
    for_states = request.user.is_staff and group is None
    then = request.POST.get("then", "")
    form = ProposalForm(
        request.POST if request.method == "POST" else None,
        viewer=request.user,
        cycle=cycle,
        complete=then == "submit",
        for_states=for_states,
    )
    if then == "similar":
        return _show_similar(request, form, cycle, None, for_states=for_states)
    if request.method == "POST" and form.is_valid():
        state = form.cleaned_data.get("member_state")
        try:
            proposal = propose(
                actor=request.user,
                year=year,
                group=group.pk if group else None,
                member_state=state.pk if state else None,
                values=form.values,
                parts=form.parts,
                submission_key=form.cleaned_data["submission_key"] or uuid.uuid4(),
            )
            if then == "submit" and proposal.state == ProposalState.DRAFT:
                proposal = submit_proposal(actor=request.user, proposal=proposal.pk)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _said(proposal))
            return _onward(request, proposal)
    return _show(request, form, cycle, None, group=group)


def _group(request: SignedInRequest) -> RegionalGroup | None:
    """Return the group that is proposed for: one's own to coordinate, or the one that the Secretariat names."""
    if request.user.is_staff:
        named = request.GET.get("group", "")
        return get_object_or_404(RegionalGroup, pk=int(named) if named.isdecimal() else 0) if named else None
    return group_coordinated_by(request.user)


def _may_begin(request: SignedInRequest, cycle: Cycle, group: RegionalGroup | None) -> Verdict:
    if group is not None or request.user.is_staff:
        return policies.may_answer(request.user, cycle, group)
    return policies.may_draft(request.user, cycle)


def _said(proposal: Proposal) -> str:
    match proposal.state:
        case ProposalState.WITH_COORDINATOR if proposal.group_id:
            return _("Your proposal is with the coordinator of your group.")
        case ProposalState.WITH_COORDINATOR:
            return _("Your proposal is with the Secretariat, since your state is in no group.")
        case ProposalState.SUBMITTED:
            return _("The proposal is handed in. It can be changed until the deadline.")
        case ProposalState.RETURNED:
            return _("The proposal is returned with your reason.")
        case ProposalState.WITHDRAWN:
            return _("The proposal is withdrawn.")
        case _:
            return _("The draft is saved.")


def _onward(request: SignedInRequest, proposal: Proposal) -> HttpResponse:
    """Go back to where the proposal stands among others."""
    year = proposal.cycle.year
    if request.user.is_staff:
        return redirect("webinars:cycle_manage", year)
    if proposal.group_id is not None and coordinated_group(request.user) == proposal.group_id:
        return redirect("webinars:answer_edit", year)
    return redirect("webinars:answer_list")


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def proposal_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """One proposal of a group or a state, for those who work on it: to change while it is theirs, else to read."""
    proposal = _proposal_or_404(request, pk)
    may_change = policies.may_change_proposal(request.user, proposal)
    if request.method == "GET" or request.POST.get("then") == "similar":
        form = _form(request, proposal, complete=False) if may_change else None
        if form is not None and request.method == "POST":
            return _show_similar(request, form, proposal.cycle, proposal)
        return _show(request, form, proposal.cycle, proposal)
    may_change.enforce()
    submits = request.POST.get("then") == "submit"
    form = _form(request, proposal, complete=submits or proposal.state not in UNFINISHED)
    if form.is_valid():
        try:
            saved = change_proposal(
                actor=request.user,
                proposal=pk,
                values=form.values,
                parts=form.parts,
                seen=form.cleaned_data["seen"],
                note=request.POST.get("note", ""),
            )
            if submits:
                saved = submit_proposal(actor=request.user, proposal=pk)
        except ValidationError as error:
            form.add_error(None, error)
            form.let_save_over(Proposal.objects.get(pk=pk))
        else:
            messages.success(request, _said(saved) if submits else _("The proposal is saved."))
            return _onward(request, saved) if submits else redirect("webinars:proposal_edit", pk)
    return _show(request, form, proposal.cycle, proposal)


def _proposal_or_404(request: SignedInRequest, pk: int) -> Proposal:
    """Find a proposal that one works on; to read others there are the pages of the programme."""
    visible = Proposal.objects.visible_to(request.user).exclude(origin__in=LISTED)
    related = visible.select_related("cycle", "group", "member_state", "proposed_by")
    proposal: Proposal = get_object_or_404(related, pk=pk)
    works = proposal.proposed_by_id == request.user.pk or request.user.is_staff
    if not works and (proposal.group_id is None or coordinated_group(request.user) != proposal.group_id):
        raise Http404
    return proposal


def _form(request: SignedInRequest, proposal: Proposal, *, complete: bool) -> ProposalForm:
    return ProposalForm(
        request.POST if request.method == "POST" else None,
        viewer=request.user,
        cycle=proposal.cycle,
        instance=proposal,
        complete=complete,
    )


@require_POST
def proposal_step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand a proposal on, return it, withdraw it or bring it back, as the pressed button says."""
    visible = Proposal.objects.visible_to(request.user).select_related("cycle", "group")
    proposal = get_object_or_404(visible, pk=pk)
    step = request.POST.get("step", "")
    form = ReturnForm(request.POST)
    if step == "return" and not form.is_valid():
        return _show(request, None, proposal.cycle, proposal, returning=form)
    try:
        if step == "return":
            proposal = return_proposal(actor=request.user, proposal=pk, reason=form.cleaned_data["reason"])
        elif step == "withdraw":
            proposal = withdraw_proposal(actor=request.user, proposal=pk)
        elif step == "bring_back":
            bring_back_proposal(actor=request.user, proposal=pk)
            messages.success(request, _("The proposal is a draft again. Hand it in before the deadline."))
            return redirect("webinars:proposal_edit", pk)
        else:
            proposal = submit_proposal(actor=request.user, proposal=pk)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        return redirect("webinars:proposal_edit", pk)
    messages.success(request, _said(proposal))
    return _onward(request, proposal)


def _show_similar(
    request: SignedInRequest, form: ProposalForm, cycle: Cycle, proposal: Proposal | None, *, for_states: bool = False
) -> HttpResponse:
    """Show what is similar to the words so far: beside the form, or alone where htmx asks for it."""
    similar = similar_to(request.user, form.words, except_for=proposal.pk if proposal else None)
    if request.htmx:
        return render(request, "webinars/partials/similar.html", {"similar": similar})
    typed = ProposalForm(
        initial=form.typed,
        viewer=request.user,
        cycle=cycle,
        instance=proposal,
        complete=False,
        for_states=for_states,
    )
    return _show(request, typed, cycle, proposal, similar=similar)


def _show(
    request: SignedInRequest,
    form: ProposalForm | None,
    cycle: Cycle,
    proposal: Proposal | None,
    *,
    group: RegionalGroup | None = None,
    similar: Similar | None = None,
    returning: ReturnForm | None = None,
) -> HttpResponse:
    viewer = request.user
    is_wrong = (form is not None and form.is_bound and bool(form.errors)) or returning is not None
    context = {
        "form": form,
        "cycle": cycle,
        "proposal": proposal,
        "group": proposal.group if proposal else group,
        "similar": similar,
        "is_on_behalf": viewer.is_staff,
        "to_coordinator": _goes_to_coordinator(request, proposal, group),
        "returning": returning or ReturnForm(),
        "may_submit": policies.may_submit(viewer, proposal) if proposal else None,
        "may_return": policies.may_return(viewer, proposal) if proposal else None,
        "may_withdraw": policies.may_withdraw(viewer, proposal) if proposal else None,
        "may_bring_back": policies.may_bring_back(viewer, proposal) if proposal else None,
        "parts": list(proposal.parts.all()) if proposal and form is None else [],
        "versions": list(proposal.versions.select_related("replaced_by")) if proposal else [],
    }
    return render(request, "webinars/proposal_edit.html", context, status=422 if is_wrong else 200)


def _goes_to_coordinator(request: SignedInRequest, proposal: Proposal | None, group: RegionalGroup | None) -> bool:
    """Tell whether the proposal is a delegate's, who hands it to a coordinator and not to the Secretariat."""
    if request.user.is_staff:
        return False
    if proposal is None:
        return group is None
    return proposal.origin == Origin.MEMBER and proposal.state in {ProposalState.DRAFT, ProposalState.RETURNED}
