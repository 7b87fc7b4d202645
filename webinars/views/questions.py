"""Questions to webinars: the public list, one's own page, and the Secretariat's desks."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_GET, require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from webinars.enums import QuestionState, WebinarState
from webinars.forms.questions import AnswerForm, AssignForm, CloseForm, QuestionForm, StepForm, moment_of
from webinars.models import Answer, Question, Registration, Webinar
from webinars.models.questions import UNSETTLED
from webinars.policies import questions as policies
from webinars.queries import questions as queries
from webinars.queries.pages import own_registration
from webinars.queries.questions import PUBLIC_DURING, answered, board, own_questions
from webinars.services import answers
from webinars.services import questions as services
from webinars.services.questions import Step
from webinars.services.registrations import registration_of, token_of
from webinars.views.public import public_page

STOP_POLLING = 286  # of htmx: the answer is shown, and not asked for again

# --- For everybody ------------------------------------------------------------------------------------


@public_page
def question_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions to one webinar, from when it is live."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    registration = own_registration(webinar, request.user)
    is_public = webinar.state in PUBLIC_DURING
    context = {
        "webinar": webinar,
        "is_public": is_public,
        "board": board(webinar) if is_public else None,
        "answered": answered(webinar, translation.get_language() or "en"),
        "token": token_of(registration) if registration else "",
        "may_moderate": not isinstance(request.user, AnonymousUser) and policies.may_moderate(request.user),
    }
    return render(request, "webinars/question_list.html", context)


@login_not_required
@require_safe
@conditional_page
def question_fragment(request: HttpRequest, pk: int) -> HttpResponse:
    """The list alone, the same for everybody; asked for again and again while a webinar is live."""
    shown = Webinar.objects.visible_to(AnonymousUser()).filter(state__in=PUBLIC_DURING)
    webinar = get_object_or_404(shown, pk=pk)
    goes_on = webinar.state == WebinarState.LIVE
    return _fragment(request, webinar, kept="public, max-age=5", may_vote=False, goes_on=goes_on)


def _fragment(request: HttpRequest, webinar: Webinar, *, kept: str, may_vote: bool, goes_on: bool) -> HttpResponse:
    """Render the list alone; a page that asks for it when nothing more is to come is told to stop."""
    context = {"board": board(webinar), "may_vote": may_vote}
    status = 200 if goes_on else STOP_POLLING
    response = render(request, "webinars/partials/questions.html", context, status=status)
    response.headers["Cache-Control"] = kept
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


# --- For those who registered -------------------------------------------------------------------------


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def registration_questions(request: HttpRequest, token: str) -> HttpResponse:
    """One's own questions and votes, and those of others to vote for."""
    registration = _registration(token)
    form = QuestionForm(request.POST or None)
    verdict = policies.may_ask(registration)
    status = 200
    if request.method == "POST":
        verdict.enforce()
        status = 422
        if form.is_valid():
            if ratelimit.consume(request, action="ask_question", key=str(registration.pk)):
                services.ask(
                    registration=registration,
                    text=form.cleaned_data["text"],
                    language=form.cleaned_data["language"],
                    is_anonymous=not form.cleaned_data["shows_name"],
                )
                messages.success(
                    request, _("Thank you. Your question is shown once the Secretariat has let it through.")
                )
                return redirect("webinars:registration_questions", token)
            form.add_error(None, _("You have asked many questions. Please try again in an hour."))
            status = 429
    context = {
        "registration": registration,
        "webinar": registration.webinar,
        "token": token,
        "form": form,
        "verdict": verdict,
        "own": own_questions(registration),
        "board": board(registration.webinar) if verdict else None,
    }
    response = render(request, "webinars/registration_questions.html", context, status=status)
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the key
    return response


def _registration(token: str) -> Registration:
    try:
        return registration_of(token)
    except Registration.DoesNotExist as error:
        raise Http404 from error


@login_not_required
@require_safe
@conditional_page
def registration_question_fragment(request: HttpRequest, token: str) -> HttpResponse:
    """The list alone, with what was asked before and with buttons to vote; the same for all who registered."""
    registration = _registration(token)
    verdict = policies.may_ask(registration)
    if registration.webinar.state not in PUBLIC_DURING:
        verdict.enforce()
    goes_on = bool(verdict)
    response = _fragment(request, registration.webinar, kept="private, no-cache", may_vote=goes_on, goes_on=goes_on)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@login_not_required
@require_POST
def question_vote(request: HttpRequest, token: str) -> HttpResponse:
    """Want a question answered too, or no longer."""
    registration = _registration(token)
    asked = request.POST.get("question", "")
    wants = request.POST.get("wants") != "no"
    if not asked.isdecimal():
        raise Http404
    if not ratelimit.consume(request, action="vote", key=str(registration.pk)):
        messages.error(request, _("You have voted very often. Please try again in an hour."))
        return redirect("webinars:registration_questions", token)
    try:
        if wants:
            services.vote(registration=registration, question=int(asked))
            messages.success(request, _("Your vote is counted."))
        else:
            services.take_vote_back(registration=registration, question=int(asked))
            messages.success(request, _("Your vote is taken back."))
    except Question.DoesNotExist as error:
        raise Http404 from error
    except PermissionDenied as error:
        messages.error(request, str(error))
    return redirect("webinars:registration_questions", token)


# --- For the Secretariat: during the webinar ----------------------------------------------------------


@require_http_methods(["GET", "POST"])
def question_moderation(request: SignedInRequest, pk: int) -> HttpResponse:
    """The desk of one webinar: let questions through, decline and join them, say what became of each."""
    policies.may_moderate(request.user).enforce()
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), pk=pk)
    rows = list(queries.questions_to_moderate(webinar))
    form = StepForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            count = services.decide(
                actor=request.user,
                webinar=webinar,
                questions=values["questions"],
                step=Step(values["step"]),
                reason=values["reason"],
                target=values["target"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _say_how_many(request, count, len(values["questions"]))
            return redirect("webinars:question_moderation", pk)
    chosen = set(request.POST.getlist("questions"))
    context = {
        "webinar": webinar,
        "rows": [(row, str(row.pk) in chosen) for row in rows],
        "waiting": sum(row.state == QuestionState.WAITING for row in rows),
        "form": form,
        "verdict": policies.may_decide(request.user, webinar),
        "now": timezone.now(),
    }
    return render(request, "webinars/question_moderation.html", context, status=422 if form.errors else 200)


def _say_how_many(request: HttpRequest, count: int, chosen: int) -> None:
    said = ngettext("Decided about %(count)d question.", "Decided about %(count)d questions.", count)
    messages.success(request, said % {"count": count})
    if count < chosen:
        messages.warning(request, _("Somebody else has decided about the others meanwhile."))


# --- For the Secretariat: what was left open ----------------------------------------------------------


@require_http_methods(["GET", "POST"])
def question_desk(request: SignedInRequest) -> HttpResponse:
    """Every question that was left open, of all webinars: who answers it, and by when."""
    policies.may_moderate(request.user).enforce()
    is_own = request.GET.get("whose") == "mine"
    desk = queries.question_desk(request.user, is_own=is_own)
    form = AssignForm(request.POST or None, rows=list(desk.rows), initial={"owner": request.user.pk})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            count = answers.assign(
                actor=request.user, questions=values["questions"], owner=values["owner"], due_on=values["due_on"]
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _say_how_many(request, count, len(values["questions"]))
            return redirect(request.get_full_path())
    chosen = set(request.POST.getlist("questions"))
    context = {
        "desk": desk,
        "rows": [(row, str(row.pk) in chosen) for row in desk.rows],
        "form": form,
        "is_own": is_own,
    }
    return render(request, "webinars/question_desk.html", context, status=422 if form.errors else 200)


@require_GET
def question_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """One question and its written answers; ``?language=`` names the one to write."""
    return _answer_page(request, _question(request, pk))


def _question(request: SignedInRequest, pk: int) -> Question:
    policies.may_moderate(request.user).enforce()
    rows = Question.objects.visible_to(request.user).select_related("webinar", "owner", "registration")
    found: Question = get_object_or_404(rows, pk=pk)
    return found


def _answer_page(request: SignedInRequest, question: Question, **forms: BaseForm) -> HttpResponse:
    languages = queries.answer_languages(question)
    written = {code: answer for code, _name, answer in languages if answer}
    language = _language(request, question, written)
    answer = written.get(language)
    due_on = question.due_on or answers.due_by_default(question.webinar)
    context = {
        "question": question,
        "webinar": question.webinar,
        "languages": languages,
        "written_in": language,
        "verdict": policies.may_answer(request.user, question),
        "rows": [(code, name, one, policies.may_clear(request.user, one)) for code, name, one in languages if one],
        "is_unsettled": question.state in UNSETTLED,
        "may_publish": question.state in {QuestionState.CLEARED, QuestionState.PUBLISHED}
        and any(one.cleared_at and not one.published_at for one in written.values()),
        "assign_form": AssignForm(
            rows=[question], initial={"owner": question.owner_id or request.user.pk, "due_on": due_on}
        ),
        "answer_form": AnswerForm(answer=answer, is_first=not written),
        "close_form": CloseForm(),
        **forms,
    }
    return render(request, "webinars/question_answer.html", context, status=422 if forms else 200)


def _language(request: SignedInRequest, question: Question, written: dict[str, Answer]) -> str:
    """Return the language of the text to write: the one asked for, else the original's, else the question's."""
    asked = request.POST.get("language") or request.GET.get("language", "")
    known = dict(settings.LANGUAGES)
    if asked in known:
        return asked
    return next(iter(written), question.language if question.language in known else request.user.language)


@require_POST
def question_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say who sees to one question, and by when."""
    question = _question(request, pk)
    form = AssignForm(request.POST, rows=[question])
    if form.is_valid():
        try:
            answers.assign(
                actor=request.user,
                questions=[pk],
                owner=form.cleaned_data["owner"],
                due_on=form.cleaned_data["due_on"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _done(request, pk, _("It is said who sees to this question."))
    return _answer_page(request, question, assign_form=form)


def _done(request: SignedInRequest, pk: int, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("webinars:question_answer", pk)


@require_POST
def answer_write(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the answer to a question in one language."""
    question = _question(request, pk)
    written = {answer.language: answer for answer in question.answers.all()}
    language = _language(request, question, written)
    form = AnswerForm(request.POST, answer=written.get(language), is_first=not written)
    if form.is_valid():
        try:
            answers.write_answer(actor=request.user, question=pk, language=language, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _done(request, pk, _("The answer is kept. Another person clears it before it is shown."))
    return _answer_page(request, question, answer_form=form)


@require_POST
def answer_clear(request: SignedInRequest, pk: int) -> HttpResponse:
    """Clear the answer to a question in one language."""
    _question(request, pk)
    try:
        answers.clear_answer(
            actor=request.user,
            question=pk,
            language=request.POST.get("language", ""),
            seen=moment_of(request.POST.get("seen", "")),
        )
    except Answer.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("webinars:question_answer", pk)
    return _done(request, pk, _("The answer is cleared."))


@require_POST
def answer_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the cleared answers on the page of the webinar."""
    _question(request, pk)
    try:
        answers.publish_answer(actor=request.user, question=pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("webinars:question_answer", pk)
    return _done(request, pk, _("The answer is on the page of the webinar."))


@require_POST
def question_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a question without an answer."""
    question = _question(request, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            answers.close_question(actor=request.user, question=pk, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _done(request, pk, _("The question is closed."))
    return _answer_page(request, question, close_form=form)
