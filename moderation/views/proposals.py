"""Proposals of topics: the participants' pages, and the moderators' queue."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.requests import SignedInRequest
from moderation.enums import ProposalState
from moderation.forms.proposals import ProposalDecisionForm, TopicProposalForm
from moderation.models import TopicProposal
from moderation.policies import proposals as policies
from moderation.queries.proposals import (
    ProposalPage,
    Similar,
    others_open,
    proposal_list,
    proposal_page,
    proposal_queue,
    similar_to,
)
from moderation.services.proposal_mail import proposal_address
from moderation.services.proposals import (
    DECISIONS,
    TAKEN_BACK_TO,
    decide_proposal,
    propose_topic,
    renew_proposal,
    support_proposal,
    take_back_decision,
    withdraw_proposal,
)


@require_GET
def topic_proposal_list(request: SignedInRequest) -> HttpResponse:
    _or_404(request)
    context = {"page": proposal_list(request.user), "may_propose": policies.may_propose(request.user)}
    return render(request, "moderation/topic_proposal_list.html", context)


def _or_404(request: SignedInRequest) -> None:
    """Hide the pages from who sees no proposal at all."""
    if not request.user.reads_every_room:
        raise Http404


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def topic_proposal_create(request: SignedInRequest) -> HttpResponse:
    """The form, what is similar to its words, and proposing: which of them, the pressed button says."""
    _or_404(request)
    policies.may_propose(request.user).enforce()
    form = TopicProposalForm(request.POST if request.method == "POST" else None, viewer=request.user)
    similar = None
    if request.POST.get("then") == "similar":
        similar = similar_to(request.user, form.words, request.user.language)
        if request.htmx:
            return render(request, "moderation/partials/similar.html", {"similar": similar})
        form = TopicProposalForm(initial=_typed(request), viewer=request.user)
    elif request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        key = values.pop("submission_key") or uuid.uuid4()
        proposal = propose_topic(actor=request.user, values=values, submission_key=key)
        messages.success(request, _("Your proposal has arrived. You are told of each step."))
        return redirect(proposal)
    return _show_form(request, form, similar)


def _typed(request: SignedInRequest) -> dict[str, object]:
    """Return what is typed so far, to go on with."""
    typed: dict[str, object] = {name: request.POST[name] for name in request.POST}
    return typed | {"wanted_languages": request.POST.getlist("wanted_languages")}


def _show_form(request: SignedInRequest, form: TopicProposalForm, similar: Similar | None) -> HttpResponse:
    context = {"form": form, "similar": similar, "address": proposal_address(request.user)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "moderation/topic_proposal_create.html", context, status=status)


@require_GET
def topic_proposal_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    return _show_page(request, page, _decision_form(request, page.proposal))


def _page_or_404(request: SignedInRequest, pk: int) -> ProposalPage:
    try:
        return proposal_page(request.user, pk)
    except TopicProposal.DoesNotExist:
        raise Http404 from None


def _decision_form(request: SignedInRequest, proposal: TopicProposal) -> ProposalDecisionForm:
    data = request.POST if request.method == "POST" else None
    return ProposalDecisionForm(data, others=others_open(request.user, proposal), initial={"seen": proposal.state})


def _show_page(request: SignedInRequest, page: ProposalPage, form: ProposalDecisionForm) -> HttpResponse:
    state = ProposalState(page.proposal.state)
    context = {
        "page": page,
        "proposal": page.proposal,
        "form": form,
        "decisions": [decision for decision, states in DECISIONS.items() if state in states],
        "may_take_back": state in TAKEN_BACK_TO and not (page.proposal.topic and page.proposal.topic.number),
    }
    return render(request, "moderation/topic_proposal_detail.html", context, status=422 if form.errors else 200)


@require_POST
def topic_proposal_support(request: SignedInRequest, pk: int) -> HttpResponse:
    """Support a proposal, or support it no longer, as the pressed button says."""
    try:
        support_proposal(actor=request.user, proposal=pk, supports="undo" not in request.POST)
    except TopicProposal.DoesNotExist:
        raise Http404 from None
    if request.POST.get("back") == "list":
        return redirect("moderation:topic_proposal_list")
    return redirect("moderation:topic_proposal_detail", pk)


@require_POST
def topic_proposal_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a proposal of one's own, or make it again, as the pressed button says."""
    try:
        if "undo" in request.POST:
            renew_proposal(actor=request.user, proposal=pk)
            messages.success(request, _("Your proposal is made again."))
        else:
            withdraw_proposal(actor=request.user, proposal=pk)
            messages.success(request, _("Your proposal is withdrawn. You can make it again."))
    except TopicProposal.DoesNotExist:
        raise Http404 from None
    return redirect("moderation:topic_proposal_detail", pk)


# --- For moderators -------------------------------------------------------------------------------


@require_GET
def topic_proposal_queue(request: SignedInRequest) -> HttpResponse:
    policies.may_decide_proposals(request.user).enforce()
    return render(request, "moderation/topic_proposal_queue.html", {"queue": proposal_queue(request.user)})


@require_POST
def topic_proposal_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Decide on a proposal, or take that back, as the pressed button says."""
    page = _page_or_404(request, pk)
    page.may_decide.enforce()
    form = _decision_form(request, page.proposal)
    decision = request.POST.get("decision", "")
    if form.is_valid() and (decision == "undo" or decision in DECISIONS):
        try:
            _decide(request, pk, decision, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The proposer is told where the proposal stands now."))
            return redirect("moderation:topic_proposal_queue")
    return _show_page(request, page, form)


def _decide(request: SignedInRequest, pk: int, decision: str, form: ProposalDecisionForm) -> None:
    seen = form.cleaned_data["seen"]
    if decision == "undo":
        take_back_decision(actor=request.user, proposal=pk, seen=seen)
        return
    into = form.cleaned_data["into"]
    decide_proposal(
        actor=request.user,
        proposal=pk,
        decision=ProposalState(decision),
        seen=seen,
        reason=form.cleaned_data["reason"] if decision == ProposalState.DECLINED else "",
        into=into.pk if into else None,
    )
