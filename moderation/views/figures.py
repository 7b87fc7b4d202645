"""How the forum is used."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.policies import may_bring_in
from accounts.requests import SignedInRequest
from forum.documents.paper import Paper
from forum.exports.papers import WRITERS
from moderation.documents.participation import DIMENSIONS, participation_paper
from moderation.documents.usage import usage_paper
from moderation.forms.figures import ParticipationForm, UsageForm
from moderation.policies import figures as policies
from moderation.queries.participation import low_use
from moderation.queries.usage import usage


@require_GET
def usage_report(request: SignedInRequest) -> HttpResponse:
    policies.may_see_figures(request.user).enforce()
    form = UsageForm(request.GET, viewer=request.user)
    paper = _usage_paper(form) if form.is_valid() else None
    context = {"form": form, "paper": paper, "kinds": WRITERS, "asked": request.GET.urlencode()}
    return render(request, "moderation/usage_report.html", context, status=200 if paper else 422)


@require_GET
def usage_export(request: SignedInRequest, kind: str) -> HttpResponse:
    policies.may_see_figures(request.user).enforce()
    form = UsageForm(request.GET, viewer=request.user)
    if not form.is_valid():
        raise Http404
    return paper_file(_usage_paper(form), kind, f"usage-{form.cleaned_data['cut_off']}")


def _usage_paper(form: UsageForm) -> Paper:
    asked = form.cleaned_data
    found = usage(asked["cut_off"], asked["year"])
    return usage_paper(found, asked["language"], for_publication=form.for_publication)


@require_GET
def participation(request: SignedInRequest) -> HttpResponse:
    policies.may_see_figures(request.user).enforce()
    form = ParticipationForm(request.GET, viewer=request.user)
    paper = _participation_paper(form) if form.is_valid() else None
    others = request.GET.copy()
    others.pop("by", None)
    context = {
        "form": form,
        "paper": paper,
        "kinds": WRITERS,
        "asked": request.GET.urlencode(),
        "dimensions": DIMENSIONS,
        "others": others.urlencode(),
        "low_use": low_use(timezone.now()) if policies.sees_small_figures(request.user) else None,
        "may_invite": may_bring_in(request.user),
    }
    return render(request, "moderation/participation.html", context, status=200 if paper else 422)


@require_GET
def participation_export(request: SignedInRequest, kind: str) -> HttpResponse:
    policies.may_see_figures(request.user).enforce()
    form = ParticipationForm(request.GET, viewer=request.user)
    if not form.is_valid():
        raise Http404
    name = f"participation-{form.cleaned_data['by']}-{form.period.starts_on}-{form.period.ends_on}"
    return paper_file(_participation_paper(form), kind, name)


def _participation_paper(form: ParticipationForm) -> Paper:
    asked = form.cleaned_data
    return participation_paper(form.period, asked["by"], asked["language"], for_publication=form.for_publication)


def paper_file(paper: Paper, kind: str, name: str) -> HttpResponse:
    """Answer with a paper as a file.

    Raises:
        Http404: There is no such kind of file.
    """
    if kind not in WRITERS:
        raise Http404
    write, content_type = WRITERS[kind]
    return file_answer(write(paper), content_type, f"{name}-{paper.language}.{kind}")


def file_answer(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Answer with a file to keep."""
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
