"""Asking staff experts, and the offices of states, to answer by a day."""

from collections.abc import Collection
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.days import today
from accounts.enums import MailScope, Office, Role
from accounts.models import Mandate, MemberState, User
from accounts.services import audit, outbox
from forum import policies
from forum.models import Discussion, Post
from moderation.enums import CallState
from moderation.models import StaffCall

MADE, REMINDED, ANSWERED = "call.made", "call.reminded", "call.answered"


@transaction.atomic
def ask_for_answers(
    *,
    actor: User,
    discussion: int,
    experts: Collection[int],
    states: Collection[int],
    request: str,
    due_on: date,
) -> list[StaffCall]:
    """Ask staff experts and the focal points of states to answer in a discussion by a day; each gets a letter.

    Args:
        actor: Who guides the room.
        discussion: Its id, locked.
        experts: The ids of the experts.
        states: The ids of the member states.
        request: What is asked, as it stands in the letters and on the discussion's page.
        due_on: The last day for an answer.

    Returns:
        What was asked, one call for each expert and each state.

    Raises:
        Discussion.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room.
        ValidationError: Nobody is named, the day is over, one was asked already, or a state has no focal point.

    Source: FOR-12, MOD-01, workflow 2.1.
    """
    policies.may_steer(actor).enforce()
    place = Discussion.objects.visible_to(actor).select_related("topic", "room").select_for_update(of=("self",))
    here = place.get(pk=discussion)
    if here.is_merged or here.is_closed(timezone.now()):
        raise ValidationError(_("Nobody can answer in this discussion: it is closed or merged."), code="closed")
    if due_on <= today():
        raise ValidationError(_("Choose a day to come."), code="over")
    people = list(User.objects.active().filter(role=Role.EXPERT, pk__in=experts))
    offices = list(MemberState.objects.filter(pk__in=states))
    if not people and not offices:
        raise ValidationError(_("Choose at least one expert or one state."), code="nobody")
    _check_can_answer(here, people, offices)
    calls = StaffCall.objects.bulk_create(
        [
            *(
                StaffCall(discussion=here, expert=each, request=request, due_on=due_on, asked_by=actor)
                for each in people
            ),
            *(
                StaffCall(discussion=here, member_state=each, request=request, due_on=due_on, asked_by=actor)
                for each in offices
            ),
        ]
    )
    outbox.notify_each(_addressed(calls), kind=MADE, scope=MailScope.ACCOUNT)
    audit.record_each(actor, "answer.asked", calls, discussion=here.pk, due_on=due_on.isoformat())
    return calls


def _check_can_answer(discussion: Discussion, experts: list[User], states: list[MemberState]) -> None:
    """Refuse whom somebody waits for already, and states for whom nobody would get the letter.

    Raises:
        ValidationError: With their names.
    """
    waiting = StaffCall.objects.waiting().filter(discussion=discussion)
    asked = [each.expert or each.member_state for each in waiting.select_related("expert", "member_state")]
    comma = pgettext("in a list", ", ")
    twice = [str(each) for each in [*experts, *states] if each in asked]
    if twice:
        raise ValidationError(
            _("Already asked in this discussion: %(names)s."), code="asked", params={"names": comma.join(twice)}
        )
    spoken_for = set(_focal_points([each.pk for each in states]).values_list("member_state", flat=True))
    silent = [str(each) for each in states if each.pk not in spoken_for]
    if silent:
        raise ValidationError(
            _("Nobody would get the letter: there is no focal point of %(names)s."),
            code="no_focal_point",
            params={"names": comma.join(silent)},
        )


def _focal_points(states: Collection[int]) -> QuerySet[Mandate]:
    mandates = Mandate.objects.in_force(today()).filter(office=Office.FOCAL_POINT, member_state__in=states)
    return mandates.filter(user__in=User.objects.active())


def _addressed(calls: Collection[StaffCall]) -> list[tuple[int, StaffCall]]:
    """Return who gets the letters about calls: the expert, or every focal point of the state."""
    holders: dict[int, list[int]] = {}
    states = [call.member_state_id for call in calls if call.member_state_id]
    for state, user in _focal_points(states).values_list("member_state", "user"):
        holders.setdefault(state, []).append(user)
    told = [(call.expert_id, call) for call in calls if call.expert_id]
    return told + [(user, call) for call in calls for user in holders.get(call.member_state_id or 0, [])]


@transaction.atomic
def take_answer(post: Post) -> list[StaffCall]:
    """Settle what was asked of the author of a post, or of their state, on its topic; who asked is told.

    Args:
        post: It can be read from now on.

    Returns:
        The calls that it answers.

    Source: FOR-12.
    """
    waiting = StaffCall.objects.waiting().filter(discussion__topic=post.discussion.topic_id)
    own = waiting.filter(expert=post.author_id, expert__isnull=False)
    if post.member_state_id:
        own = own | waiting.filter(member_state=post.member_state_id)
    calls = list(own.select_for_update(of=("self",)))
    for call in calls:
        _settle(call, CallState.ANSWERED, answer=post)
        audit.record(post.author, "answer.given", call, post=post.pk)
    told = [(call.asked_by_id, call) for call in calls if call.asked_by_id != post.author_id]
    outbox.notify_each(told, kind=ANSWERED, scope=MailScope.ACCOUNT)
    return calls


@transaction.atomic
def settle_call(*, actor: User, call: int, state: CallState) -> StaffCall:
    """Say by hand that a call was answered, or take it back; asked again, it waits as before.

    Args:
        actor: Who guides the room.
        call: Its id, locked.
        state: What it is from now on.

    Returns:
        The call.

    Raises:
        StaffCall.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` does not guide the room.
        ValidationError: The same is asked anew meanwhile.

    Source: FOR-12.
    """
    policies.may_steer(actor).enforce()
    found = StaffCall.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=call)
    if found.state == state:
        return found
    if state == CallState.ASKED:
        same = StaffCall.objects.waiting().filter(
            discussion=found.discussion_id, expert=found.expert_id, member_state=found.member_state_id
        )
        if same.exists():
            raise ValidationError(_("The same was asked anew meanwhile."), code="asked")
    _settle(found, state)
    audit.record(actor, f"answer.{state}", found)
    return found


def _settle(call: StaffCall, state: CallState, answer: Post | None = None) -> None:
    call.state, call.answer = state, answer
    call.settled_at = None if state == CallState.ASKED else timezone.now()
    call.save(update_fields=["state", "answer", "settled_at"])


@transaction.atomic
def move_calls(source: Discussion, target: Discussion) -> None:
    """Have what waits in a merged discussion wait in the one it was merged with, where the same is not asked."""
    for call in StaffCall.objects.waiting().filter(discussion=source).select_for_update(of=("self",)):
        same = StaffCall.objects.waiting().filter(
            discussion=target, expert=call.expert_id, member_state=call.member_state_id
        )
        if same.exists():
            _settle(call, CallState.TAKEN_BACK)
        else:
            call.discussion = target
            call.save(update_fields=["discussion"])


def remind() -> int:
    """Remind those who have not answered: some days before the last one, and the day after it; each once.

    Returns:
        How many calls were due for a reminder; asked again, nobody is reminded twice.

    Source: FOR-12.
    """
    day = today()
    waiting = StaffCall.objects.waiting().filter(due_on__lte=day + timedelta(days=settings.CALL_REMINDER_DAYS))
    due: dict[str, list[StaffCall]] = {"before": [], "after": []}
    for call in waiting.select_related("discussion__topic"):
        if call.due_on < day:
            due["after"].append(call)
        elif timezone.localdate(call.asked_at, timezone.get_default_timezone()) < day:
            due["before"].append(call)
    for occasion, calls in due.items():
        with transaction.atomic():
            outbox.notify_each(_addressed(calls), kind=REMINDED, scope=MailScope.ACCOUNT, occasion=occasion)
    return sum(map(len, due.values()))
