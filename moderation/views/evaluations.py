"""Evaluations of the forum."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.days import today
from accounts.languages import language_name
from accounts.requests import SignedInRequest
from forum.exports.papers import WRITERS
from moderation.documents.evaluation import report_skeleton
from moderation.enums import CommitteeDecision
from moderation.exports.evaluations import DATA_WRITERS
from moderation.forms.evaluations import AgreementForm, DecisionForm, EvaluatorForm, ReportForm
from moderation.models import Evaluation
from moderation.policies import figures as policies
from moderation.queries.evaluations import awaits_decision, evaluations_page
from moderation.services import evaluations as services
from moderation.views.figures import file_answer


def _or_404(request: SignedInRequest, pk: int) -> Evaluation:
    found = Evaluation.objects.visible_to(request.user).select_related("evaluator", "agreed_by")
    return get_object_or_404(found, pk=pk)


def _posted(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@require_GET
def evaluation_list(request: SignedInRequest) -> HttpResponse:
    if not (request.user.may_enter and request.user.reads_every_room):
        raise Http404
    words = request.GET.get("q", "")[:300]
    context = {
        "evaluations": evaluations_page(request.user, words),
        "words": words,
        "awaits": awaits_decision(request.user) if request.user.is_moderator else None,
        "may_run": policies.may_run_evaluations(request.user),
    }
    return render(request, "moderation/evaluation_list.html", context)


@require_GET
def evaluation_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    evaluation = _or_404(request, pk)
    viewer = request.user
    reader = get_language() or "en"
    context = {
        "evaluation": evaluation,
        "shows_report": evaluation.published_at or policies.may_export(viewer, evaluation),
        "shows_agreement": viewer.is_moderator or evaluation.evaluator_id == viewer.pk,
        "may_run": policies.may_run_evaluations(viewer),
        "may_change": policies.may_change_agreement(viewer, evaluation),
        "may_export": policies.may_export(viewer, evaluation),
        "may_write": policies.may_write_report(viewer, evaluation),
        "files": DATA_WRITERS,
        "languages": [(code, language_name(code, reader)) for code in settings.REPORT_LANGUAGES],
    }
    return render(request, "moderation/evaluation_detail.html", context)


# --- What is agreed, and who judges ------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def evaluation_create(request: SignedInRequest) -> HttpResponse:
    policies.may_run_evaluations(request.user).enforce()
    form = AgreementForm(_posted(request), initial=AgreementForm.usual())
    return _agree(request, form, None)


@require_http_methods(["GET", "POST"])
def evaluation_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    evaluation = _or_404(request, pk)
    policies.may_change_agreement(request.user, evaluation).enforce()
    return _agree(request, AgreementForm(_posted(request), instance=evaluation), evaluation)


def _agree(request: SignedInRequest, form: AgreementForm, evaluation: Evaluation | None) -> HttpResponse:
    if form.is_valid():
        kept = services.agree_evaluation(actor=request.user, evaluation=form.save(commit=False))
        messages.success(request, _("The criteria and the data to collect are recorded."))
        return redirect(kept)
    heading = _("What is agreed")
    return _render_form(request, form, evaluation, heading=heading, action=_("Record what is agreed"))


@require_http_methods(["GET", "POST"])
def evaluation_evaluator(request: SignedInRequest, pk: int) -> HttpResponse:
    evaluation = _or_404(request, pk)
    policies.may_run_evaluations(request.user).enforce()
    person = evaluation.evaluator
    until = max(evaluation.ends_on, today()) + settings.EVALUATOR_STAYS
    known = {"full_name": person.full_name, "email": person.email, "language": person.language} if person else {}
    form = EvaluatorForm(_posted(request), initial={"language": "en", "until": until} | known)
    if form.is_valid():
        try:
            services.name_evaluator(actor=request.user, evaluation=pk, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("until" if error.code == "over" else "email", error)
        else:
            messages.success(request, _("The evaluator is named, and can read the forum until that day."))
            return redirect(evaluation)
    return _render_form(request, form, evaluation, heading=_("Evaluator"), action=_("Name the evaluator"))


# --- The report --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def evaluation_report(request: SignedInRequest, pk: int) -> HttpResponse:
    evaluation = _or_404(request, pk)
    policies.may_write_report(request.user, evaluation).enforce()
    initial = {"text": evaluation.report, "version": evaluation.version}
    form = ReportForm(_posted(request), request.FILES or None, initial=initial)
    if form.is_valid():
        try:
            version = form.cleaned_data["version"]
            services.keep_report(actor=request.user, evaluation=pk, text=form.report, version=version)
        except ValidationError as error:
            _refuse(form, error, request, pk)
        else:
            messages.success(request, _("The report is kept. Participants see it once it is published."))
            return redirect(evaluation)
    return _render_form(request, form, evaluation, heading=_("Report"), action=_("Keep the report"))


def _refuse(form: forms.Form, error: ValidationError, request: SignedInRequest, pk: int) -> None:
    """Show what is wrong; who sends the form again has seen what was changed meanwhile."""
    form.add_error(None, error)
    form.data = request.POST.copy()
    form.data["version"] = _or_404(request, pk).version


@require_POST
def evaluation_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    evaluation = _or_404(request, pk)
    policies.may_run_evaluations(request.user).enforce()
    if "take_back" in request.POST:
        services.take_back_report(actor=request.user, evaluation=pk)
        messages.success(request, _("The report is taken back. Participants no longer see it."))
        return redirect(evaluation)
    try:
        services.publish_report(actor=request.user, evaluation=pk)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The report is published to all participants."))
    return redirect(evaluation)


@require_GET
def evaluation_skeleton(request: SignedInRequest, pk: int) -> HttpResponse:
    evaluation = _or_404(request, pk)
    policies.may_export(request.user, evaluation).enforce()
    language = request.GET.get("language", "en")
    if language not in settings.REPORT_LANGUAGES:
        raise Http404
    write, content_type = WRITERS["docx"]
    paper = report_skeleton(evaluation, language)
    return file_answer(write(paper), content_type, f"evaluation-{evaluation.ends_on}-{language}.docx")


@require_GET
def evaluation_export(request: SignedInRequest, pk: int, file: str) -> HttpResponse:
    evaluation = _or_404(request, pk)
    policies.may_export(request.user, evaluation).enforce()
    if file not in DATA_WRITERS:
        raise Http404
    services.note_export(actor=request.user, evaluation=evaluation, file=file)
    write, content_type = DATA_WRITERS[file]
    return file_answer(write(evaluation), content_type, f"evaluation-{evaluation.ends_on}-{file}")


# --- What the Committee decides ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def evaluation_decision(request: SignedInRequest, pk: int) -> HttpResponse:
    evaluation = _or_404(request, pk)
    policies.may_run_evaluations(request.user).enforce()
    initial = {
        "decision": evaluation.decision,
        "decided_on": evaluation.decided_on or today(),
        "source": evaluation.decision_source,
        "note": evaluation.decision_note,
        "archived_from": evaluation.archived_from,
        "version": evaluation.version,
    }
    form = DecisionForm(_posted(request), initial=initial)
    if form.is_valid():
        decided: dict[str, Any] = {**form.cleaned_data, "decision": CommitteeDecision(form.cleaned_data["decision"])}
        try:
            services.record_decision(actor=request.user, evaluation=pk, **decided)
        except ValidationError as error:
            _refuse(form, error, request, pk)
        else:
            messages.success(request, _("The decision is recorded and done, and everybody is being told."))
            return redirect(evaluation)
    return _render_form(
        request, form, evaluation, heading=_("Decision of the Committee"), action=_("Record the decision")
    )


def _render_form(
    request: SignedInRequest, form: forms.BaseForm, evaluation: Evaluation | None, *, heading: str, action: str
) -> HttpResponse:
    context = {"form": form, "evaluation": evaluation, "heading": heading, "action": action}
    return render(request, "moderation/evaluation_form.html", context, status=422 if form.errors else 200)
