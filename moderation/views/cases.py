"""Reported posts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from forum.models import Post
from moderation.enums import CaseState, Outcome, ReportReason
from moderation.forms.cases import (
    AppealForm,
    BatchForm,
    CaseFilterForm,
    DecisionForm,
    OpinionForm,
    PersonForm,
    ReasonForm,
    ReportForm,
)
from moderation.models import Case
from moderation.policies import cases as policies
from moderation.queries import cases as queries
from moderation.services import appeals, cases, sanctions
from moderation.services.case_letters import PLACE, place_of

PER_PAGE = 20


@require_http_methods(["GET", "POST"])
def report_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Report a post; the page says what happens next."""
    posts = Post.objects.visible_to(request.user).select_related("author", "discussion__topic", "discussion__room")
    post = get_object_or_404(posts, pk=pk)
    verdict = policies.may_report(request.user, post)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if verdict and form.is_valid():
        reason = ReportReason(form.cleaned_data["reason"])
        try:
            cases.report_post(actor=request.user, post=pk, reason=reason, text=form.cleaned_data["text"])
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Thank you. Those who moderate look at it, and you are told by mail when it is decided.")
            )
            return redirect(post)
    if request.method == "POST":
        verdict.enforce()
    context = {"post": post, "form": form, "verdict": verdict}
    return render(request, "moderation/report_create.html", context, status=422 if form.errors else 200)


@require_GET
def case_list(request: SignedInRequest) -> HttpResponse:
    policies.may_see_cases(request.user).enforce()
    return _list(request, BatchForm(viewer=request.user))


@require_POST
def case_batch(request: SignedInRequest) -> HttpResponse:
    """Take several cases, or decide that nothing is to be done about them; what is refused is told one by one."""
    policies.may_see_cases(request.user).enforce()
    form = BatchForm(request.POST, viewer=request.user)
    if not form.is_valid():
        return _list(request, form)
    done = 0
    for case in form.cleaned_data["cases"].select_related(*PLACE):
        try:
            if form.cleaned_data["decision"] == "take":
                cases.assign_case(actor=request.user, case=case.pk, assignee=request.user.pk, instead_of=None)
            else:
                cases.decide_case(
                    actor=request.user, case=case.pk, outcome=Outcome.NOTHING, reason=form.cleaned_data["reason"]
                )
        except (PermissionDenied, ValidationError) as refusal:
            reason = str(refusal) if isinstance(refusal, PermissionDenied) else " ".join(refusal.messages)
            said = _("%(post)s: %(reason)s") % {"post": capfirst(place_of(case.post)), "reason": reason}
            messages.error(request, said)
        else:
            done += 1
    if done:
        said = ngettext("Done with %(count)d reported post.", "Done with %(count)d reported posts.", done)
        messages.success(request, said % {"count": done})
    return redirect("moderation:case_list")


def _list(request: SignedInRequest, batch: BatchForm) -> HttpResponse:
    form = CaseFilterForm(request.GET, rooms=queries.rooms_seen(request.user))
    wanted = form.wanted
    page = Paginator(queries.cases(request.user, **wanted), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "rows": [(case, queries.is_late(case)) for case in page],
        "form": form,
        "batch": batch,
        "chosen": batch["cases"].value() or [],
        "counts": queries.counts(request.user),
        "state": wanted["state"] or "open",
        "query": f"{query.urlencode()}&" if query else "",
    }
    return render(request, "moderation/case_list.html", context, status=422 if batch.errors else 200)


@require_GET
def case_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


@require_POST
def case_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a case, or give it to somebody of the list."""
    case = _case(request, pk)
    form = _assign_form(case, request.POST)
    if form.is_valid():
        said = gettext_lazy("This is assigned now.")
        chosen, seen = form.cleaned_data["person"], form.cleaned_data["seen"]
        return _do(request, pk, {"assign": form}, said, cases.assign_case, assignee=chosen, instead_of=seen)
    return _page(request, pk, assign=form)


@require_POST
def case_second(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask a second person for an opinion."""
    form = _second_form(request, _case(request, pk), request.POST)
    if form.is_valid():
        said = gettext_lazy("The second person is asked.")
        return _do(request, pk, {"second": form}, said, cases.ask_second_opinion, second=form.cleaned_data["person"])
    return _page(request, pk, second=form)


@require_POST
def case_opinion(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the second opinion."""
    form = OpinionForm(request.POST, auto_id="id_opinion_%s")
    if form.is_valid():
        said = gettext_lazy("Your opinion is kept; whoever decides is told.")
        return _do(request, pk, {"opinion": form}, said, cases.give_opinion, **form.cleaned_data)
    return _page(request, pk, opinion=form)


@require_POST
def case_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    form = DecisionForm(request.POST)
    if form.is_valid():
        said = gettext_lazy("It is decided, and those concerned are told by mail.")
        return _do(request, pk, {"decision": form}, said, cases.decide_case, **form.decision)
    return _page(request, pk, decision=form)


@require_POST
def case_release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a hidden post again."""
    said = gettext_lazy("The post is shown again.")
    return _do(request, pk, {"release": Form(request.POST)}, said, cases.release_post)


@require_POST
def case_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back what was decided."""
    form = ReasonForm(request.POST, auto_id="id_reopen_%s")
    if form.is_valid():
        said = gettext_lazy("The decision is taken back. Decide anew.")
        return _do(request, pk, {"reopen": form}, said, cases.reopen_case, reason=form.cleaned_data["reason"])
    return _page(request, pk, reopen=form)


@require_POST
def case_appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record an appeal that came to the Secretariat by mail."""
    policies.may_decide_appeals(request.user).enforce()
    form = AppealForm(request.POST, auto_id="id_appeal_%s")
    if form.is_valid():
        said = gettext_lazy("The appeal is recorded.")
        return _do(request, pk, {"appeal": form}, said, appeals.make_appeal, text=form.cleaned_data["text"])
    return _page(request, pk, appeal=form)


@require_POST
def sanction_lift(request: SignedInRequest, pk: int, sanction: int) -> HttpResponse:
    """End a mute or a suspension before its day."""
    case = _case(request, pk)
    found = get_object_or_404(case.sanctions.visible_to(request.user), pk=sanction)
    form = ReasonForm(request.POST, auto_id="id_lift_%s")
    if not form.is_valid():
        return _page(request, pk, lift=form)
    try:
        sanctions.lift_sanction(actor=request.user, sanction=found.pk, reason=form.cleaned_data["reason"])
    except PermissionDenied as refusal:
        form.add_error(None, str(refusal))
        return _page(request, pk, lift=form)
    messages.success(request, _("It is ended, and the person is told by mail."))
    return redirect(case)


def _case(request: SignedInRequest, pk: int) -> Case:
    related = ("post__author__member_state", "post__imported_author", "post__member_state", "post__discussion__topic")
    visible = Case.objects.visible_to(request.user).select_related(
        *related, "post__discussion__room", "assignee", "decided_by", "second_by", "appeal"
    )
    return get_object_or_404(visible, pk=pk)


def _assign_form(case: Case, typed: Any = None) -> PersonForm:
    return PersonForm(
        typed, people=queries.assignees(case), label=_("Give it to"), seen=case.assignee_id, auto_id="id_assign_%s"
    )


def _second_form(request: SignedInRequest, case: Case, typed: Any = None) -> PersonForm:
    people = queries.second_persons(request.user, case)
    return PersonForm(typed, people=people, label=_("Whom to ask"), auto_id="id_second_%s")


def _do(
    request: SignedInRequest, pk: int, forms: dict[str, Form], said: Any, service: Any, **wanted: Any
) -> HttpResponse:
    """Have a service do what a valid form asks for; where it refuses, show why, with what was typed."""
    case = _case(request, pk)
    (form,) = forms.values()
    try:
        service(actor=request.user, case=pk, **wanted)
    except PermissionDenied as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        form.add_error(None, refusal)
    else:
        messages.success(request, said)
        return redirect(case)
    return _page(request, pk, **forms)


def _page(request: SignedInRequest, pk: int, **forms: Form) -> HttpResponse:
    """Show a case, with a form that was answered wrongly in place of an empty one."""
    case, actor = _case(request, pk), request.user
    may_decide = policies.may_decide(actor, case)
    context: dict[str, Any] = {
        "case": case,
        "post": case.post,
        "reports": case.reports.select_related("reporter__member_state"),
        "sanctions": [
            (sanction, policies.may_lift(actor, sanction)) for sanction in case.sanctions.select_related("user")
        ],
        "earlier": case.post.cases.filter(state=CaseState.DECIDED).exclude(pk=case.pk).select_related("decided_by"),
        "is_late": queries.is_late(case),
        "may_decide": may_decide,
        "may_give_opinion": policies.may_give_opinion(actor, case),
        "may_release": policies.may_release(actor, case),
        "may_reopen": policies.may_reopen(actor, case),
        "records_appeal": actor.is_staff and policies.may_appeal(actor, case),
        "decision": DecisionForm(),
        "refusals": [
            refusal.reason
            for outcome in Outcome
            if may_decide and not (refusal := policies.may_choose(actor, case, outcome))
        ],
        "opinion": OpinionForm(auto_id="id_opinion_%s"),
        "reopen": ReasonForm(auto_id="id_reopen_%s"),
        "lift": ReasonForm(auto_id="id_lift_%s"),
        "appeal": AppealForm(auto_id="id_appeal_%s"),
        "wrong": next(iter(forms.values()), None),
    }
    if may_decide:
        context |= {"assign": _assign_form(case), "second": _second_form(request, case)}
    context |= forms
    return render(request, "moderation/case_detail.html", context, status=422 if forms else 200)
