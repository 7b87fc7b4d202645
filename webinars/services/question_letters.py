"""What those who see to answers are told, and those who asked."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.models import AuditEntry, Notice
from accounts.services import outbox
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from webinars.enums import QuestionState, RegistrationState
from webinars.models import Question
from webinars.services.answers import ANSWERED, ASSIGNED, REMINDED

TEMPLATE = "accounts/emails/person_told"


def question_assigned(notice: Notice) -> Letter | None:
    """Tell somebody of the Secretariat that they see to an answer, while they do. Source: WEB-25, workflow 2.7."""
    event = notice.about
    assert isinstance(event, AuditEntry)
    question = _own_question(notice, int(event.subject.rpartition(":")[2]))
    if question is None:
        return None
    return _to_owner(notice, question, _("A question to answer in writing: %(title)s"))


def question_reminded(notice: Notice) -> Letter | None:
    """Remind who sees to an answer of its last day, while it is not settled. Source: WEB-25, workflow 2.7."""
    question = _own_question(notice, notice.object_id)
    if question is None or question.due_on is None:
        return None
    is_late = question.due_on < today()
    return _to_owner(
        notice,
        question,
        _("A written answer is late: %(title)s") if is_late else _("A written answer is due: %(title)s"),
    )


def _own_question(notice: Notice, pk: int) -> Question | None:
    unsettled = Question.objects.visible_to(notice.reader).unsettled()
    return unsettled.filter(pk=pk, owner=notice.reader).select_related("webinar").first()


def _to_owner(notice: Notice, question: Question, subject: str) -> Letter:
    assert question.due_on is not None  # the database sees to it
    title = question.webinar.title
    context: dict[str, object] = {
        "paragraphs": [
            _("You see to the written answer to a question that was left open at the webinar “%(title)s”.")
            % {"title": title},
            _("It is due on %(day)s.") % {"day": date_format(question.due_on, "DATE_FORMAT")},
        ],
        "link": f"{settings.PUBLIC_URL}{reverse('webinars:question_answer', args=[question.pk])}",
        "link_label": _("Go to the question"),
    }
    return write_letter(notice, TEMPLATE, subject % {"title": title}, context, list_name="webinars")


def question_answered(notice: Notice) -> Letter | None:
    """Tell who asked a question that its answer stands on the page; not who gave the place back. Source: WEB-25."""
    found = Question.objects.select_related("webinar", "registration", "duplicate_of")
    question = found.filter(pk=notice.object_id).first()
    if question is None or question.registration is None:
        return None
    registration, answered = question.registration, question.duplicate_of or question
    is_gone = registration.state == RegistrationState.CANCELLED or registration.email != notice.address
    if is_gone or answered.state != QuestionState.PUBLISHED:
        return None
    title = question.webinar.title
    context: dict[str, object] = {
        "paragraphs": [_("The question that you asked at the webinar “%(title)s” is answered.") % {"title": title}],
        "link": f"{settings.PUBLIC_URL}{question.webinar.get_absolute_url()}#question-{answered.pk}",
        "link_label": _("Read the answer"),
    }
    subject = _("Your question is answered: %(title)s") % {"title": title}
    return write_letter(notice, TEMPLATE, subject, context, list_name="webinars")


def register() -> None:
    """Have the outbox write these letters; who asked a question has no account whose wishes could be asked."""
    outbox.register(ASSIGNED, question_assigned)
    outbox.register(REMINDED, question_reminded)
    outbox.register(ANSWERED, question_answered, is_service=True)
