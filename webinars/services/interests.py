"""What groups say about the topics of the list, and that they hand it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import RegionalGroup, User
from accounts.services import audit
from webinars.enums import InterestLevel
from webinars.models import Cycle, GroupAnswer, Interest
from webinars.policies.answers import may_answer
from webinars.queries.answers import asked_of
from webinars.services.cycles import locked_cycle


@dataclass(frozen=True)
class Wish:
    """What a group says about one topic.

    Args:
        level: How much it wants it.
        languages: In which it would have it; none where any will do.
        wants_own: Whether it wants a session of its own, and not one with others.
        note: Anything else.
        seen: The id of what the group had said when the form was made; None where it had said nothing.
    """

    level: InterestLevel
    languages: Sequence[str] = ()
    wants_own: bool = False
    note: str = ""
    seen: int | None = None

    def says(self, interest: Interest | None) -> bool:
        """Tell whether this is what ``interest`` says."""
        return interest is not None and (
            (self.level, sorted(self.languages), self.wants_own, self.note)
            == (interest.level, sorted(interest.languages), interest.wants_own, interest.note)
        )


@transaction.atomic
def state_interests(*, actor: User, year: int, group: int, wishes: Mapping[int, Wish]) -> list[Interest]:
    """Keep what a group says about some topics: all of it, or nothing where something is wrong.

    Earlier words are kept. A topic that ``actor`` has not changed on the form keeps what a colleague said meanwhile.

    Args:
        actor: The coordinator, or the Secretariat on the group's behalf.
        year: The cycle's; it is locked, so that nothing comes after the deadline and marks are counted one by one.
        group: Its id.
        wishes: By the id of the topic.

    Returns:
        What was new.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        RegionalGroup.DoesNotExist: There is no such group.
        PermissionDenied: ``actor`` may not answer for the group now; the message says why.
        ValidationError: A colleague said something else meanwhile (by topic), a topic is not on the list, or the
            group would have more marks than it has.

    Source: WEB-09, invariants 5 to 7 of the programme, CDIP/30/8 para 8.
    """
    cycle = locked_cycle(actor, year)
    for_group = RegionalGroup.objects.get(pk=group)
    may_answer(actor, cycle, for_group).enforce()
    titles = {topic.pk: topic.title for topic in asked_of(for_group, cycle)}
    said = Interest.objects.current().filter(group=group, proposal__cycle=cycle).select_related("entered_by")
    held = {interest.proposal_id: interest for interest in said}
    if not set(wishes) <= set(titles):
        raise ValidationError(_("One of these topics is not on the list any more. Look again."), code="gone")
    changed = _changed(held, wishes)
    _require_marks(cycle, {pk: interest.level for pk, interest in held.items()}, changed, titles)
    now = timezone.now()
    Interest.objects.filter(pk__in=[held[pk].pk for pk in changed if pk in held]).update(replaced_at=now)
    new = [
        Interest.objects.create(
            proposal_id=pk,
            group=for_group,
            level=wish.level,
            languages=list(wish.languages),
            wants_own=wish.wants_own,
            note=wish.note,
            entered_by=actor,
            entered_by_secretariat=actor.is_staff,
            entered_at=now,
        )
        for pk, wish in changed.items()
    ]
    for interest in new:
        audit.record(actor, "interest.stated", interest, topic=interest.proposal_id, group=group, level=interest.level)
    return new


def _changed(held: Mapping[int, Interest], wishes: Mapping[int, Wish]) -> dict[int, Wish]:
    """Return what is new in some wishes.

    Raises:
        ValidationError: A colleague has said something else about what ``wishes`` changes; by topic.
    """
    changed, stale = {}, {}
    earlier = Interest.objects.in_bulk([wish.seen for wish in wishes.values() if wish.seen])
    for pk, wish in wishes.items():
        current = held.get(pk)
        if wish.says(current) or (wish.seen and wish.says(earlier.get(wish.seen))):
            continue
        if current is not None and current.pk != wish.seen:
            stale[str(pk)] = ValidationError(
                _("%(name)s has said “%(level)s” here meanwhile. To have it as you chose, save once more."),
                code="stale",
                params={"name": current.entered_by.shown_name, "level": current.get_level_display()},
            )
        changed[pk] = wish
    if stale:
        raise ValidationError(stale)
    return changed


def _require_marks(
    cycle: Cycle, before: Mapping[int, int], changed: Mapping[int, Wish], titles: Mapping[int, str]
) -> None:
    """Refuse more priority or strong marks than a group has. Source: invariant 6 of the programme."""
    after = {**before, **{pk: wish.level for pk, wish in changed.items()}}
    after = {pk: level for pk, level in after.items() if pk in titles}
    for level, most in ((InterestLevel.PRIORITY, cycle.priority_marks), (InterestLevel.STRONG, cycle.strong_marks)):
        marked = [pk for pk, given in after.items() if given == level]
        had = sum(given == level for pk, given in before.items() if pk in titles)
        if len(marked) > max(most, had):
            raise ValidationError(
                ngettext(
                    "A group marks at most %(most)d topic as “%(level)s”; now it would be %(count)d: %(titles)s.",
                    "A group marks at most %(most)d topics as “%(level)s”; now it would be %(count)d: %(titles)s.",
                    most,
                ),
                code="marks",
                params={
                    "most": most,
                    "level": level.label,
                    "count": len(marked),
                    "titles": pgettext("in a list", ", ").join(f"“{titles[pk]}”" for pk in sorted(marked)),
                },
            )


@transaction.atomic
def hand_in(*, actor: User, year: int, group: int) -> GroupAnswer:
    """Hand in the answer of a group; what is changed until the deadline counts too.

    Args:
        actor: The coordinator, or the Secretariat on the group's behalf.
        year: The cycle's; it is locked.
        group: Its id.

    Returns:
        The saved answer.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        RegionalGroup.DoesNotExist: There is no such group.
        PermissionDenied: ``actor`` may not answer for the group now; the message says why.

    Source: WEB-09, CDIP/30/8 para 8.
    """
    cycle = locked_cycle(actor, year)
    for_group = RegionalGroup.objects.get(pk=group)
    may_answer(actor, cycle, for_group).enforce()
    answer, _is_new = GroupAnswer.objects.update_or_create(
        cycle=cycle,
        group=for_group,
        defaults={"submitted_at": timezone.now(), "submitted_by": actor, "by_secretariat": actor.is_staff},
    )
    audit.record(actor, "answer.handed_in", answer, group=group)
    return answer
