"""What the pages about questions show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Case, Count, F, IntegerField, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.models import User
from accounts.waiting import Waiting
from webinars.enums import QuestionState, WebinarState
from webinars.models import Answer, Question, QuestionVote, Registration, Webinar
from webinars.models.questions import SHOWN, UNSETTLED
from webinars.models.webinars import ENDED

PUBLIC_DURING = (WebinarState.LIVE, *ENDED)
"""When the questions to a webinar are public; those asked before are shown to the registered until then."""

SHOWN_AT_ONCE = 300  # questions to one webinar


def counted(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Say of each question how many people want it answered: each counts once, over those joined with it too."""
    votes = (
        QuestionVote.objects.filter(Q(question=OuterRef("pk")) | Q(question__duplicate_of=OuterRef("pk")))
        .order_by()
        .annotate(all=Value(1))
        .values("all")
        .annotate(people=Count("registration", distinct=True))
        .values("people")
    )
    return questions.annotate(vote_count=Coalesce(Subquery(votes, output_field=IntegerField()), 0))


@dataclass(frozen=True)
class Board:
    """The questions to a webinar that were let through, the same for everybody who may see them.

    Args:
        asked: Those not answered yet: pinned ones first, then what most people want.
        answered: Those answered live, in the chat or in writing, or closed.
    """

    asked: Sequence[Question]
    answered: Sequence[Question]


def board(webinar: Webinar) -> Board:
    """Return the questions to a webinar that were let through. Source: WEB-20, WEB-25, workflow 2.7."""
    shown = counted(webinar.questions.filter(state__in=SHOWN)).select_related("registration")
    questions = list(shown.order_by("-is_pinned", F("vote_count").desc(), "asked_at", "pk")[:SHOWN_AT_ONCE])
    done = {
        QuestionState.ANSWERED_LIVE,
        QuestionState.ANSWERED_CHAT,
        QuestionState.PUBLISHED,
        QuestionState.CLOSED,
    }
    return Board(
        asked=[question for question in questions if question.state not in done],
        answered=[question for question in questions if question.state in done],
    )


@dataclass(frozen=True)
class OwnQuestions:
    """What somebody who registered asked and voted for.

    Args:
        asked: Their questions, the latest first.
        wanted: The questions of others that they want answered.
    """

    asked: Sequence[Question]
    wanted: Sequence[Question]


def own_questions(registration: Registration) -> OwnQuestions:
    """Return what somebody asked and voted for, as their own page shows it. Source: workflow 2.7."""
    return OwnQuestions(
        asked=list(registration.questions.order_by("-asked_at")),
        wanted=list(Question.objects.filter(votes__registration=registration, state=QuestionState.VISIBLE)),
    )


@dataclass(frozen=True)
class AnsweredQuestion:
    """A question with its written answers.

    Args:
        question: The row.
        answer: In the reader's language, else the original.
        others: The same in other languages.
    """

    question: Question
    answer: Answer
    others: Sequence[Answer]


def answered(webinar: Webinar, language: str) -> list[AnsweredQuestion]:
    """Return the questions to a webinar that were answered in writing. Source: WEB-25, CDIP/30/8 para 20.

    Args:
        webinar: Visible to whoever reads.
        language: The reader's; where there is no answer in it, the original is shown.
    """
    published = Prefetch("answers", queryset=Answer.objects.published().order_by("pk"), to_attr="published")
    questions = webinar.questions.filter(state=QuestionState.PUBLISHED).select_related("registration")
    found = []
    for question in questions.prefetch_related(published):
        answers: list[Answer] = question.published  # type: ignore[attr-defined]  # the prefetch names it
        if answers:
            best = next((answer for answer in answers if answer.language == language), answers[0])
            found.append(AnsweredQuestion(question, best, [answer for answer in answers if answer is not best]))
    return found


# --- For the Secretariat ------------------------------------------------------------------------------


def questions_to_moderate(webinar: Webinar) -> QuerySet[Question]:
    """Return all questions to a webinar: those that wait first, then what most people want. Source: workflow 2.7."""
    rank = Case(
        When(state=QuestionState.WAITING, then=0),
        When(state=QuestionState.VISIBLE, then=1),
        When(state__in=SHOWN, then=2),
        default=3,
        output_field=IntegerField(),
    )
    rows = counted(webinar.questions.all()).annotate(rank=rank).select_related("registration", "duplicate_of")
    return rows.order_by("rank", "-is_pinned", F("vote_count").desc(), "asked_at", "pk")


@dataclass(frozen=True)
class QuestionDesk:
    """The questions that were left open, of all webinars.

    Args:
        rows: Those that are not settled: late ones and those without an owner first.
        waiting: Webinars with questions that nobody has let through or declined, with ``waiting_count``.
        today: The day it is.
    """

    rows: Sequence[Question]
    waiting: Sequence[Webinar]
    today: date


def question_desk(viewer: User, *, is_own: bool) -> QuestionDesk:
    """Gather what was left open at all webinars. Source: WEB-25, workflow 2.7.

    Args:
        viewer: Of the Secretariat.
        is_own: Whether only what ``viewer`` answers is meant.
    """
    rows = counted(Question.objects.visible_to(viewer).unsettled()).select_related("webinar", "owner")
    if is_own:
        rows = rows.filter(owner=viewer)
    count = Count("questions", filter=Q(questions__state=QuestionState.WAITING))
    waiting = Webinar.objects.visible_to(viewer).annotate(waiting_count=count).filter(waiting_count__gt=0)
    ordered = rows.order_by(Coalesce("due_on", Value(date.min)), "webinar", F("vote_count").desc(), "pk")
    return QuestionDesk(rows=list(ordered), waiting=list(waiting), today=today())


def answer_languages(question: Question) -> list[tuple[str, str, Answer | None]]:
    """Return each language with its name and the answer in it, if any: the original first."""
    answers = {answer.language: answer for answer in question.answers.select_related("written_by", "cleared_by")}
    names = dict(settings.LANGUAGES)
    codes = dict.fromkeys([*answers, *names])
    return [(code, str(names.get(code, code)), answers.get(code)) for code in codes]


def waiting_questions(viewer: User) -> Waiting:
    """Count what waits for the Secretariat: questions to let through, and those left open. Source: WEB-25."""
    found = Question.objects.visible_to(viewer).filter(state__in=[QuestionState.WAITING, *UNSETTLED])
    said = found.aggregate(count=Count("pk"), oldest=Min("asked_at"))
    return Waiting(_("Questions to webinars"), said["count"], said["oldest"], "webinars:question_desk")
