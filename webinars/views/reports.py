"""The Secretariat's page on the annual report of the webinars."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.languages import language_name
from accounts.requests import SignedInRequest
from forum.documents.paper import Paper
from forum.exports.papers import WRITERS
from webinars.documents.annual import annual_paper, paragraph
from webinars.forms.reports import NarrativeForm
from webinars.models import AnnualReport, Cycle
from webinars.policies.cycles import may_manage_cycles
from webinars.policies.reports import may_report
from webinars.queries.report import report_figures
from webinars.services import reports


@require_http_methods(["GET", "POST"])
def report_edit(request: SignedInRequest, year: int) -> HttpResponse:
    """The figures of a year, what is said of them, and the report as a document."""
    cycle, report = _cycle(request, year)
    form = NarrativeForm(
        request.POST if request.method == "POST" else None, instance=report or AnnualReport(cycle=cycle)
    )
    if request.method == "POST" and form.is_valid():
        save = reports.change_narrative if report else reports.set_report
        try:
            save(actor=request.user, year=year, narrative=form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Kept.") if report else _("The year is reported. Its figures stay as they are.")
            )
            return redirect("webinars:report_edit", year)
    figures = report.figures if report else report_figures(cycle)
    reader = get_language() or "en"
    shown = reader if reader in settings.REPORT_LANGUAGES else "en"
    context = {
        "cycle": cycle,
        "report": report,
        "form": form,
        "may_report": may_report(request.user, cycle),
        "paper": _paper(year, report, figures, shown),
        "paragraphs": [(code, paragraph(year, figures, code)) for code in settings.REPORT_LANGUAGES],
        "languages": [(code, language_name(code, reader)) for code in settings.REPORT_LANGUAGES],
    }
    return render(request, "webinars/report_edit.html", context, status=422 if form.errors else 200)


def _cycle(request: SignedInRequest, year: int) -> tuple[Cycle, AnnualReport | None]:
    may_manage_cycles(request.user).enforce()
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user), year=year)
    return cycle, AnnualReport.objects.filter(cycle=cycle).first()


def _paper(year: int, report: AnnualReport | None, figures: dict[str, object], language: str) -> Paper:
    narrative = (getattr(report, f"narrative_{language}") or "") if report else ""
    counted_at = report.made_at if report else None
    return annual_paper(year, figures, narrative=narrative, language=language, counted_at=counted_at)


@require_GET
def report_file(request: SignedInRequest, year: int) -> HttpResponse:
    """The report as a document or a workbook, in the language that is asked for."""
    cycle, report = _cycle(request, year)
    language, file = request.GET.get("language", "en"), request.GET.get("file", "docx")
    if language not in settings.REPORT_LANGUAGES or file not in WRITERS:
        raise Http404
    write, content_type = WRITERS[file]
    paper = _paper(year, report, report.figures if report else report_figures(cycle), language)
    response = HttpResponse(write(paper), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="webinars-{year}-{language}.{file}"'
    return response
