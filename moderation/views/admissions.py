"""Letting somebody from outside into one discussion."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from accounts.verdicts import Verdict
from forum.models import Discussion, DiscussionGrant
from moderation.forms.admissions import AdmissionForm, AssessmentForm, DecisionForm, ExtensionForm, ReasonForm
from moderation.models import Admission
from moderation.policies import admissions as policies
from moderation.queries.admissions import (
    AdmissionPage,
    admission_behind,
    admission_page,
    admissions_page,
    criteria_of,
)
from moderation.services import admissions as services


@require_GET
def admission_list(request: SignedInRequest) -> HttpResponse:
    policies.may_read_admissions(request.user).enforce()
    return render(request, "moderation/admission_list.html", {"page": admissions_page(request.user)})


@require_http_methods(["GET", "POST"])
def admission_create(request: SignedInRequest, discussion_id: int) -> HttpResponse:
    """From a discussion: ask that somebody from outside be admitted to it."""
    visible = Discussion.objects.visible_to(request.user).select_related("topic", "room")
    discussion = get_object_or_404(visible, pk=discussion_id)
    policies.may_draft(request.user, discussion).enforce()
    form = AdmissionForm(request.POST or None, discussion=discussion)
    if request.method == "POST" and form.is_valid():
        try:
            admission = services.draft_admission(
                actor=request.user,
                discussion=discussion.pk,
                submission_key=form.cleaned_data["submission_key"],
                **form.asked,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your request is on its way. You are told by mail of each step."))
            return redirect(admission)
    context = {"form": form, "discussion": discussion, "zone": request.user.time_zone}
    return render(request, "moderation/admission_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def admission_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    visible = Admission.objects.visible_to(request.user)
    admission = get_object_or_404(visible.select_related("discussion__topic", "discussion__room"), pk=pk)
    policies.may_change(request.user, admission).enforce()
    form = AdmissionForm(request.POST or None, instance=admission, discussion=admission.discussion)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_admission(actor=request.user, admission=pk, **form.asked)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The request is changed."))
            return redirect("moderation:admission_detail", pk)
    context = {"form": form, "discussion": admission.discussion, "zone": request.user.time_zone, "admission": pk}
    return render(request, "moderation/admission_edit.html", context, status=422 if form.errors else 200)


@require_GET
def admission_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _detail(request, _page_or_404(request, pk))


@require_POST
def admission_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    said = _("The request is confirmed.")
    return _act(request, page, page.may_confirm, forms.Form(request.POST), services.confirm_admission, said)


@require_POST
def admission_return(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    said = _("The request is returned to who drafted it.")
    return _act(request, page, page.may_confirm, ReasonForm(request.POST), services.return_admission, said)


@require_POST
def admission_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    said = _("The request is withdrawn.")
    return _act(request, page, page.may_withdraw, ReasonForm(request.POST), services.withdraw_admission, said)


@require_POST
def admission_assess(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    said = _("Your assessment is with the Secretariat.")
    form = _assessment_form(page, request.POST)
    return _act(request, page, page.may_assess, form, services.assess_admission, said)


@require_POST
def admission_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    said, service = _("The admission is declined."), services.decline_admission
    if request.POST.get("decision") == "approve":
        said = _("The admission is approved: the person is invited, and participants are told.")
        service = services.approve_admission
    return _act(request, page, page.may_decide, DecisionForm(request.POST), service, said)


@require_GET
def admission_of_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lead from a right on its last days to where its end is set: the admission, or the right itself without one."""
    policies.may_set_ends(request.user).enforce()
    right = get_object_or_404(DiscussionGrant, pk=pk)
    admission = admission_behind(right)
    if admission is None:
        return redirect("admin:forum_discussiongrant_change", pk)
    return redirect(f"{admission.get_absolute_url()}#id_extend_ends_at")


@require_POST
def admission_extend(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    said = _("The admission is extended.")
    return _act(request, page, page.may_extend, ExtensionForm(request.POST), services.extend_admission, said)


@require_POST
def admission_end(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    said = _("The admission has ended. Open pages of the person are cut within half a minute.")
    return _act(request, page, page.may_end, ReasonForm(request.POST), services.end_admission, said)


def _act(
    request: SignedInRequest,
    page: AdmissionPage,
    verdict: Verdict,
    form: forms.Form,
    service: Callable[..., Admission],
    said: str,
) -> HttpResponse:
    """Take one step with what the form says; where it cannot be taken, show the page with the form again."""
    verdict.enforce()
    pk = page.admission.pk
    if form.is_valid():
        values = form.found if isinstance(form, AssessmentForm) else dict(form.cleaned_data)
        values.pop("decision", None)
        try:
            service(actor=request.user, admission=pk, **values)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, said)
            return redirect("moderation:admission_detail", pk)
    return _detail(request, page, form)


def _page_or_404(request: SignedInRequest, pk: int) -> AdmissionPage:
    try:
        return admission_page(request.user, pk)
    except Admission.DoesNotExist:
        raise Http404 from None


def _assessment_form(page: AdmissionPage, data: Any = None) -> AssessmentForm:
    admission = page.admission
    begun = {
        "criteria": [criterion.pk for criterion, is_met in page.criteria if is_met],
        "is_recommended": {True: "yes", False: "no"}.get(admission.is_recommended),  # type: ignore[arg-type]
        "assessment": admission.assessment,
    }
    assert page.protocol is not None  # nobody enters without one
    return AssessmentForm(data, criteria=criteria_of(page.protocol), initial=begun)


def _detail(request: SignedInRequest, page: AdmissionPage, sent: forms.Form | None = None) -> HttpResponse:
    """Show an admission with a form for each step that the viewer may take; the one that was sent with its errors."""
    step = (request.resolver_match.url_name or "").removeprefix("admission_") if request.resolver_match else ""
    shown: dict[str, forms.Form | None] = {
        "return": ReasonForm(auto_id="id_return_%s"),
        "withdraw": ReasonForm(auto_id="id_withdraw_%s"),
        "assess": _assessment_form(page) if page.may_assess else None,
        "decide": DecisionForm(),
        "extend": ExtensionForm(auto_id="id_extend_%s", initial={"ends_at": page.admission.ends_at}),
        "end": ReasonForm(auto_id="id_end_%s"),
    }
    if sent is not None:
        shown[step] = sent
    context = {"page": page, "admission": page.admission, "forms": shown, "sent": sent, "zone": request.user.time_zone}
    return render(request, "moderation/admission_detail.html", context, status=422 if sent else 200)
