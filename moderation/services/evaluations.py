"""Evaluating the forum: what is agreed, who judges, what they write, what the Committee decides."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import MailScope, Role
from accounts.models import Notice, User
from accounts.services import audit, outbox
from accounts.services.invitations import Newcomer, check_term, invite_person
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from accounts.services.records import keep_record
from forum.models import Room
from moderation.enums import CommitteeDecision
from moderation.models import Evaluation
from moderation.policies import figures as policies
from moderation.queries.participation import Period

DECIDED = "evaluation.decided"
TOLD_ROLES = (Role.DELEGATE, Role.EXPERT, Role.MODERATOR, Role.SECRETARIAT, Role.FACILITATOR, Role.EVALUATOR)


def months_after(day: date, months: int) -> date:
    """Return the last day of a period of some months that begins on ``day``. Source: REP-04."""
    later = day.month - 1 + months
    year, month = day.year + later // 12, later % 12 + 1
    first_after = date(year + month // 12, month % 12 + 1, 1)
    same = min(day.day, (first_after - date(year, month, 1)).days)
    return date.fromordinal(date(year, month, same).toordinal() - 1)


@transaction.atomic
def agree_evaluation(*, actor: User, evaluation: Evaluation) -> Evaluation:
    """Keep how success is measured in a period, and what is counted for that; until the period begins.

    Args:
        actor: Of the Secretariat.
        evaluation: New or changed, as ``AgreementForm`` has accepted it.

    Returns:
        The saved evaluation.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: REP-04, REP-06, workflow 2.8, step 1.
    """
    if evaluation.pk is None:
        policies.may_run_evaluations(actor).enforce()
        evaluation.agreed_by = actor
    else:
        policies.may_change_agreement(actor, _locked(actor, evaluation.pk)).enforce()
        evaluation.agreed_at = timezone.now()
    evaluation.save()
    days = {"starts_on": evaluation.starts_on.isoformat(), "ends_on": evaluation.ends_on.isoformat()}
    audit.record(actor, "evaluation.agreed", evaluation, **days)
    return evaluation


@transaction.atomic
def name_evaluator(
    *, actor: User, evaluation: int, full_name: str, email: str, language: str, until: date
) -> Evaluation:
    """Name who judges the period, and open the forum to them to read until a day.

    Args:
        actor: Of the Secretariat.
        evaluation: Its id.
        full_name: Of somebody who has no account yet.
        email: The evaluator's address.
        language: Of the invitation and the pages.
        until: The last day of the access.

    Returns:
        The evaluation.

    Raises:
        Evaluation.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: The address is a participant's, or the day is over.

    Source: REP-04, reading A24, workflow 2.8, step 3.
    """
    policies.may_run_evaluations(actor).enforce()
    locked = _locked(actor, evaluation)
    check_term(Role.EVALUATOR, until)
    person = User.objects.select_for_update(of=("self",)).filter(email=email.lower()).first()
    if person is None:
        newcomer = Newcomer(
            email=email.lower(),
            full_name=full_name,
            member_state=None,
            role=Role.EVALUATOR,
            language=language,
            serves_until=until,
        )
        invitation = invite_person(actor=actor, newcomer=newcomer)
        assert invitation is not None  # the Secretariat knows of every account
        person = invitation.user
    elif person.role != Role.EVALUATOR:
        raise ValidationError(
            _("This address is a participant's. An independent evaluator takes no other part."), code="participant"
        )
    else:
        person.serves_until = until
        keep_record(actor=actor, record=person, fields=["serves_until"])
    locked.evaluator = person
    locked.save(update_fields=["evaluator"])
    audit.record(actor, "evaluation.evaluator_named", locked, person=person.pk, until=until.isoformat())
    return locked


@transaction.atomic
def keep_report(*, actor: User, evaluation: int, text: str, version: str) -> Evaluation:
    """Keep the report as it is by now; it is seen by nobody else before it is published.

    Args:
        actor: The evaluator, or the Secretariat for them.
        evaluation: Its id.
        text: The report, as Markdown.
        version: Of the report that ``actor`` was shown.

    Returns:
        The evaluation.

    Raises:
        Evaluation.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not write it; the message says why.
        ValidationError: Somebody else has changed it meanwhile.

    Source: REP-04, workflow 2.8, step 3.
    """
    locked = _locked(actor, evaluation)
    policies.may_write_report(actor, locked).enforce()
    _require_unchanged(locked, version)
    locked.report = text
    locked.save(update_fields=["report"])
    audit.record(actor, "evaluation.report_kept", locked)
    return locked


@transaction.atomic
def publish_report(*, actor: User, evaluation: int) -> Evaluation:
    """Show the report to all participants, who can search it from now on.

    Args:
        actor: Of the Secretariat.
        evaluation: Its id.

    Returns:
        The evaluation, as it was where it is published already.

    Raises:
        Evaluation.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: There is no report yet.

    Source: REP-09, CDIP/11/4 recs 33 b) iv), 35 c) ii).
    """
    policies.may_run_evaluations(actor).enforce()
    locked = _locked(actor, evaluation)
    if not locked.report.strip():
        raise ValidationError(_("There is no report yet to publish."), code="no_report")
    if locked.published_at is None:
        locked.published_at = timezone.now()
        locked.save(update_fields=["published_at"])
        audit.record(actor, "evaluation.published", locked)
    return locked


@transaction.atomic
def take_back_report(*, actor: User, evaluation: int) -> Evaluation:
    """Hide a published report again, so that it can be corrected.

    Args:
        actor: Of the Secretariat.
        evaluation: Its id.

    Returns:
        The evaluation.

    Raises:
        Evaluation.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not of the Secretariat.
    """
    policies.may_run_evaluations(actor).enforce()
    locked = _locked(actor, evaluation)
    if locked.published_at is not None:
        locked.published_at = None
        locked.save(update_fields=["published_at"])
        audit.record(actor, "evaluation.taken_back", locked)
    return locked


@transaction.atomic
def record_decision(
    *,
    actor: User,
    evaluation: int,
    version: str,
    decision: CommitteeDecision,
    decided_on: date,
    source: str,
    note: str = "",
    archived_from: date | None = None,
) -> Evaluation:
    """Record what the Committee decided, do it, and have everybody told.

    Closing keeps all rooms to be read only, from a day on; nothing is deleted. Any later decision opens those
    rooms again which only an earlier one had closed: a room without a provider stays as it is.

    Args:
        actor: Of the Secretariat.
        evaluation: Its id.
        version: Of the evaluation that ``actor`` was shown.
        decision: To continue, to change or to close.
        decided_on: The day of the decision.
        source: Session and paragraph.
        note: What is to change.
        archived_from: The first day on which nothing is written any more, when it is to close.

    Returns:
        The evaluation.

    Raises:
        Evaluation.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: Somebody else recorded a decision meanwhile, or the days cannot be.

    Source: REP-04, workflow 2.8, step 4, CDIP/24 report paras 20-21.
    """
    policies.may_run_evaluations(actor).enforce()
    locked = _locked(actor, evaluation)
    _require_unchanged(locked, version)
    if decision == CommitteeDecision.CLOSE and (archived_from is None or archived_from < today()):
        raise ValidationError({"archived_from": _("Choose from which day on the forum is read only: today or later.")})
    _reopen_archived_rooms()
    locked.decision, locked.decided_on, locked.decision_source = decision, decided_on, source
    locked.decision_note = note
    locked.archived_from = archived_from if decision == CommitteeDecision.CLOSE else None
    locked.save()
    if locked.archived_from is not None:
        _archive_rooms(locked.archived_from)
    entry = audit.record(
        actor,
        DECIDED,
        locked,
        decision=decision,
        decided_on=decided_on.isoformat(),
        source=source,
        archived_from=locked.archived_from.isoformat() if locked.archived_from else None,
    )
    told = User.objects.active().filter(role__in=TOLD_ROLES).values_list("pk", flat=True)
    outbox.notify_each(
        ((person, locked) for person in told), kind=DECIDED, scope=MailScope.ACCOUNT, occasion=str(entry.pk)
    )
    return locked


def note_export(*, actor: User, evaluation: Evaluation, file: str) -> None:
    """Keep that somebody took the data of an evaluation away.

    Args:
        actor: Who did.
        evaluation: Of which period.
        file: Which of its files.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: ACC-03, reading A24.
    """
    policies.may_export(actor, evaluation).enforce()
    audit.record(actor, "evaluation.exported", evaluation, file=file)


def _archive_rooms(day: date) -> None:
    """Keep every room to be read only from a day on, but for those that already are by then."""
    moment = Period(day, day).start
    Room.objects.filter(Q(read_only_since=None) | Q(read_only_since__gt=moment)).update(read_only_since=moment)


def _reopen_archived_rooms() -> None:
    """Open the rooms again that were closed by a decision of the Committee, and not for another reason."""
    days = Evaluation.objects.exclude(archived_from=None).values_list("archived_from", flat=True)
    Room.objects.filter(read_only_since__in=[Period(day, day).start for day in days if day]).update(
        read_only_since=None
    )


def evaluation_decided(notice: Notice) -> Letter | None:
    """Tell somebody what the Committee decided about the forum. Source: REP-04, workflow 2.8."""
    evaluation = notice.about
    assert isinstance(evaluation, Evaluation)
    said = _said(evaluation)
    if said is None or not notice.reader.may_enter:
        return None
    subject, text = said
    paragraphs = [text]
    if evaluation.decision_note:
        paragraphs.append(evaluation.decision_note)
    context: dict[str, object] = {
        "paragraphs": paragraphs,
        "link": settings.PUBLIC_URL,
        "link_label": _("Go to the forum"),
    }
    return write_letter(notice, "accounts/emails/person_told", subject, context)


def _said(evaluation: Evaluation) -> tuple[str, str] | None:
    day = date_format(evaluation.archived_from) if evaluation.archived_from else ""
    facts = {"source": evaluation.decision_source, "day": day}
    match evaluation.decision:
        case CommitteeDecision.CLOSE:
            return _("The forum becomes an archive"), _(
                "The Committee has decided to close the forum (%(source)s). From %(day)s it is read only: "
                "all that was said stays, and can be read, searched and cited."
            ) % facts
        case CommitteeDecision.MODIFY:
            return _("The forum goes on, with changes"), _(
                "The Committee has decided to continue the forum with changes (%(source)s)."
            ) % facts
        case CommitteeDecision.CONTINUE:
            return _("The forum goes on"), _("The Committee has decided to continue the forum (%(source)s).") % facts
    return None


def _require_unchanged(evaluation: Evaluation, version: str) -> None:
    if evaluation.version != version:
        raise ValidationError(
            _("Somebody else has changed this meanwhile. Look at it as it is now, and send yours again if it stands."),
            code="meanwhile",
        )


def _locked(actor: User, pk: int) -> Evaluation:
    return Evaluation.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=pk)
