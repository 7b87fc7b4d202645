"""Where groups answer about the year's list of topics."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import RegionalGroup
from accounts.requests import SignedInRequest
from webinars.forms.interests import InterestForm
from webinars.models import Cycle
from webinars.queries.answers import AnswerPage, Asked, answer_page, own_groups
from webinars.queries.answers import answer_list as answers_of
from webinars.services.interests import hand_in, state_interests


@require_GET
def answer_list(request: SignedInRequest) -> HttpResponse:
    """The cycles in which somebody answers for a group, or proposes for a state."""
    _or_404(request)
    return render(request, "webinars/answer_list.html", {"page": answers_of(request.user)})


def _or_404(request: SignedInRequest) -> None:
    """Hide the pages from who sees no cycle that is not published."""
    if not request.user.reads_every_room:
        raise Http404


@require_http_methods(["GET", "POST"])
def answer_edit(request: SignedInRequest, year: int, group: int | None = None) -> HttpResponse:
    """A group's workspace; all rows are saved together, and the answer is handed in where the button says so."""
    page = _page_or_404(request, year, group)
    if request.method == "GET":
        return _show(request, page, _forms(page))
    forms = _forms(page, request)
    if not all(form.is_valid() for form in forms.values()):
        return _show(request, page, forms, status=422)
    wishes = {pk: form.wish for pk, form in forms.items() if form.wish is not None}
    try:
        state_interests(actor=request.user, year=year, group=page.group.pk, wishes=wishes)
        if request.POST.get("then") == "hand_in":
            hand_in(actor=request.user, year=year, group=page.group.pk)
    except ValidationError as error:
        return _show(request, page, _with_errors(page, request, error), _general(error), status=422)
    if request.POST.get("then") == "hand_in":
        messages.success(request, _("The answer is handed in. You can change it until the deadline."))
    else:
        messages.success(request, _("Everything is saved."))
    return redirect(_address(page, group))


def _address(page: AnswerPage, group: int | None) -> str:
    if group is None:
        return reverse("webinars:answer_edit", args=[page.cycle.year])
    return reverse("webinars:answer_edit_for", args=[page.cycle.year, group])


def _page_or_404(request: SignedInRequest, year: int, group: int | None) -> AnswerPage:
    """Find the workspace of a group: of the one that is named, else of one's own."""
    _or_404(request)
    named = group or next(iter(own_groups(request.user)), 0)
    try:
        return answer_page(request.user, year, named)
    except (Cycle.DoesNotExist, RegionalGroup.DoesNotExist):
        raise Http404 from None


def _forms(page: AnswerPage, request: SignedInRequest | None = None) -> dict[int, InterestForm]:
    data = request.POST if request else None
    return {one.topic.pk: InterestForm(data, topic=one.topic.pk, interest=one.interest) for one in page.asked}


def _with_errors(page: AnswerPage, request: SignedInRequest, error: ValidationError) -> dict[int, InterestForm]:
    """Return the rows as they were typed, each with what is wrong with it; saved once more, they hold."""
    data = request.POST.copy()
    wrong = error.message_dict if hasattr(error, "error_dict") else {}
    held = {one.topic.pk: one.interest for one in page.asked}
    for topic in map(int, wrong):
        interest = held.get(topic)
        data[f"t{topic}-seen"] = str(interest.pk) if interest else ""
    forms = {topic: InterestForm(data, topic=topic, interest=interest) for topic, interest in held.items()}
    for key, sentences in wrong.items():
        forms[int(key)].add_error("level", sentences)
    return forms


def _general(error: ValidationError) -> list[str]:
    return [] if hasattr(error, "error_dict") else error.messages


def _show(
    request: SignedInRequest,
    page: AnswerPage,
    forms: dict[int, InterestForm],
    errors: list[str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page,
        "cycle": page.cycle,
        "rows": [(one, forms[one.topic.pk]) for one in page.asked],
        "errors": errors,
        "is_wrong": status != 200,
        "is_on_behalf": request.user.is_staff,
    }
    return render(request, "webinars/answer_edit.html", context, status=status)


@vary_on_headers("HX-Request")
@require_POST
def interest_save(request: SignedInRequest, year: int, pk: int) -> HttpResponse:
    """Save one row as it is filled in; what is wrong stands beside it, and what was typed stays."""
    named = request.POST.get("group", "")
    group = int(named) if request.user.is_staff and named.isdecimal() else None
    page = _page_or_404(request, year, group)
    asked = next((one for one in page.asked if one.topic.pk == pk), None)
    if asked is None:
        raise Http404
    page.may_answer.enforce()
    form = _forms(page, request)[pk]
    errors: list[str] = []
    if form.is_valid() and form.wish is not None:
        try:
            state_interests(actor=request.user, year=year, group=page.group.pk, wishes={pk: form.wish})
        except ValidationError as error:
            form = _with_errors(page, request, error)[pk]
            errors = _general(error)
    page = _page_or_404(request, year, group)
    if not request.htmx:
        return redirect(_address(page, group))
    return render(request, "webinars/partials/interest_status.html", _status(page, pk, form, errors))


def _status(page: AnswerPage, pk: int, form: InterestForm, errors: list[str]) -> dict[str, object]:
    """Return what stands beside a row once it was saved, or could not be."""
    now: Asked = next(one for one in page.asked if one.topic.pk == pk)
    is_saved = not form.errors and not errors
    shown = InterestForm(topic=pk, interest=now.interest) if is_saved else form
    return {
        "form": shown,
        "interest": now.interest,
        "errors": [*(sentence for of in form.errors.values() for sentence in of), *errors],
        "is_saved": is_saved and now.interest is not None,
        "page": page,
        "refreshes": True,
    }
