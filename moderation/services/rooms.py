"""Rooms of further languages: who asks for one, what was decided, and the contracts of those who run them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import AccountStatus, MailScope, Role
from accounts.languages import spoken, written
from accounts.models import User
from accounts.services import audit, outbox
from accounts.services.invitations import Newcomer, invite_person
from accounts.services.records import keep_record
from forum.enums import FollowLevel
from forum.models import Category, Follow, Room
from forum.services.rooms import let_facilitate, make_room, set_read_only
from moderation.models import LanguageDemand, ProviderContract, RoomDecision
from moderation.policies import rooms as policies


@dataclass(frozen=True)
class Terms:
    """What is agreed with a provider.

    Args:
        email: The provider's address, in its canonical form.
        full_name: The provider's, for who has no account yet.
        starts_on: The first day.
        ends_on: The last day.
        competence: What the provider knows of technical assistance. Source: MOD-04.
    """

    email: str
    full_name: str
    starts_on: date
    ends_on: date
    competence: str = ""


@transaction.atomic
def ask_for_language(*, actor: User, language: str, note: str = "") -> LanguageDemand:
    """Keep that somebody asks for a room in a language, once; a new note takes the place of the one before.

    Args:
        actor: Who asks.
        language: Its code.
        note: What for.

    Returns:
        The demand.

    Raises:
        PermissionDenied: ``actor`` may not ask.
        ValidationError: There is a room in this language.

    Source: FOR-05, FOR-07, workflow 2.4.
    """
    policies.may_ask_for_language(actor).enforce()
    if Room.objects.filter(language=spoken(language), read_only_since=None).exists():
        raise ValidationError(_("There is a room in this language."), code="room_exists")
    demand, is_new = LanguageDemand.objects.update_or_create(
        user=actor, language=spoken(language), defaults={"note": note}
    )
    audit.record(actor, "language.asked_for" if is_new else "language.asked_again", demand, language=demand.language)
    return demand


@transaction.atomic
def record_decision(*, actor: User, decision: RoomDecision) -> RoomDecision:
    """Keep what the Committee decided, with its cost.

    Args:
        actor: Who records it.
        decision: The new row, as the form has accepted it.

    Returns:
        The saved decision.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.

    Source: FOR-05, OPS-04, OPS-05.
    """
    policies.may_keep_rooms(actor).enforce()
    decision.recorded_by = actor
    decision.save()
    audit.record(
        actor,
        "room_decision.recorded",
        decision,
        session=decision.session,
        language=decision.language,
        one_off_cost=decision.one_off_cost,
        yearly_cost=decision.yearly_cost,
    )
    return decision


@transaction.atomic
def open_room(*, actor: User, decision: int, terms: Terms, categories: Sequence[Category] = ()) -> Room:
    """Open the room of a further language, with the provider who runs it.

    Args:
        actor: Who opens it.
        decision: The id of what the Committee decided on the language, locked.
        terms: What is agreed with the provider; the contract runs on this very day.
        categories: What participants open discussions about there; none for all that the core rooms have.

    Returns:
        The room.

    Raises:
        RoomDecision.DoesNotExist: There is no such decision.
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: The decision is on no language or has led to a room, the contract does not run today, or
            the provider cannot be one.

    Source: FOR-05, FOR-08, MOD-04, MOD-05, workflow 2.4.
    """
    policies.may_keep_rooms(actor).enforce()
    locked = RoomDecision.objects.select_for_update().get(pk=decision)
    if not locked.language:
        raise ValidationError(_("This decision is not about a language."), code="no_language")
    if locked.room_id is not None or Room.objects.filter(language=locked.language).exists():
        raise ValidationError(_("There is a room in this language already: give it a contract."), code="room_exists")
    if not terms.starts_on <= today() <= terms.ends_on:
        raise ValidationError(_("A room opens on a day on which its provider’s contract runs."), code="no_contract")
    room = make_room(actor=actor, language=locked.language, categories=categories)
    locked.room = room
    locked.save(update_fields=["room"])
    _contract(actor, room, terms)
    _follow_periods(room, actor)
    readers = [user for user in User.objects.active() if room.language in user.room_languages]
    Follow.objects.bulk_create(
        [Follow(user=user, room=room, level=FollowLevel.TOPICS) for user in readers], ignore_conflicts=True
    )
    _tell_followers(room, "room.opened")
    return room


@transaction.atomic
def give_contract(*, actor: User, room: int, terms: Terms) -> ProviderContract:
    """Renew a contract, or have another provider follow; a room that is read-only opens again when it runs.

    Args:
        actor: Who records it.
        room: The room's id, locked.
        terms: What is agreed.

    Returns:
        The contract.

    Raises:
        Room.DoesNotExist: There is no such room of a further language.
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: The provider has a contract in these days already, or cannot be one.

    Source: FOR-05, MOD-05, workflow 2.4.
    """
    policies.may_keep_rooms(actor).enforce()
    locked = Room.objects.select_for_update().get(pk=room, is_core=False)
    contract = _contract(actor, locked, terms)
    _follow_contracts(locked, actor)
    return contract


def _contract(actor: User, room: Room, terms: Terms) -> ProviderContract:
    if terms.ends_on < today():
        raise ValidationError(_("This contract is over already."), code="over")
    provider = _provider(actor, room, terms)
    meeting = ProviderContract.objects.filter(
        room=room, provider=provider, starts_on__lte=terms.ends_on, ends_on__gte=terms.starts_on
    )
    if meeting.exists():
        raise ValidationError(_("This provider has a contract in these days already."), code="overlapping")
    contract = ProviderContract(
        room=room,
        provider=provider,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        competence=terms.competence,
        recorded_by=actor,
    )
    contract.full_clean(exclude=["recorded_by"])
    contract.save()
    audit.record(
        actor,
        "provider_contract.recorded",
        contract,
        person=provider.pk,
        room=room.pk,
        starts_on=str(terms.starts_on),
        ends_on=str(terms.ends_on),
    )
    return contract


def _provider(actor: User, room: Room, terms: Terms) -> User:
    """Return the facilitator with the address, who serves until the contract's end at least; invite a new one."""
    known: User | None = User.objects.select_for_update(of=("self",)).filter(email=terms.email).first()
    if known is None:
        language = written(room.language)
        newcomer = Newcomer(
            email=terms.email,
            full_name=terms.full_name,
            member_state=None,
            role=Role.FACILITATOR,
            language=language,
            languages_read=[language],
            serves_until=terms.ends_on,
        )
        invitation = invite_person(actor=actor, newcomer=newcomer)
        assert invitation is not None  # the Secretariat is always told the truth about an address
        return invitation.user
    if known.role != Role.FACILITATOR or known.status == AccountStatus.LEFT:
        raise ValidationError(_("Whoever has this address takes part as something else."), code="other_role")
    if known.serves_until is not None and known.serves_until < terms.ends_on:
        known.serves_until = terms.ends_on
        keep_record(actor=actor, record=known, fields=["serves_until"])
    return known


@transaction.atomic
def end_contract(*, actor: User, contract: int) -> ProviderContract:
    """End a contract that runs with this day; without a successor the room is read-only from tomorrow.

    Args:
        actor: Who ends it.
        contract: Its id, locked.

    Returns:
        The contract.

    Raises:
        ProviderContract.DoesNotExist: It does not run today.
        PermissionDenied: ``actor`` is not of the Secretariat.

    Source: FOR-05, MOD-05, workflow 2.4.
    """
    policies.may_keep_rooms(actor).enforce()
    running = ProviderContract.objects.in_force(today()).select_related("room", "provider")
    locked = running.select_for_update(of=("self",)).get(pk=contract)
    locked.ends_on = today()
    locked.save(update_fields=["ends_on"])
    _follow_periods(locked.room, actor)
    audit.record(actor, "provider_contract.ended", locked, room=locked.room_id, ends_on=str(locked.ends_on))
    return locked


def follow_contracts() -> int:
    """Make rooms whose contracts are over read-only, and open those again whose contract has begun.

    Rooms that never had a contract are the administration's, and stay as they are.

    Returns:
        How many rooms changed.

    Source: FOR-05, workflow 2.4.
    """
    rooms = Room.objects.filter(is_core=False, contracts__isnull=False).distinct().values_list("pk", flat=True)
    return sum(_follow(room) for room in rooms)


@transaction.atomic
def _follow(pk: int) -> bool:
    return _follow_contracts(Room.objects.select_for_update().get(pk=pk), None)


def _follow_periods(room: Room, actor: User | None) -> None:
    """Give each provider of a room the right on it for the period that runs, else for the next, else the last."""
    contracts: dict[User, list[ProviderContract]] = defaultdict(list)
    for contract in ProviderContract.objects.filter(room=room).select_related("provider").order_by("starts_on"):
        contracts[contract.provider].append(contract)
    for provider, own in contracts.items():
        periods: list[tuple[date, date]] = []
        for contract in own:
            if periods and contract.starts_on <= periods[-1][1] + timedelta(days=1):
                periods[-1] = (periods[-1][0], max(periods[-1][1], contract.ends_on))
            else:
                periods.append((contract.starts_on, contract.ends_on))
        first, last = next((period for period in periods if period[1] >= today()), periods[-1])
        let_facilitate(actor=actor, person=provider, room=room, starts_on=first, ends_on=last)


def _follow_contracts(room: Room, actor: User | None) -> bool:
    _follow_periods(room, actor)
    is_run = ProviderContract.objects.in_force(today()).filter(room=room).exists()
    is_changed = set_read_only(actor=actor, room=room, is_read_only=not is_run)
    if is_changed:
        _tell_followers(room, "room.reopened" if is_run else "room.read_only")
    return is_changed


def _tell_followers(room: Room, kind: str) -> None:
    """Tell those who follow a room; of its end the Secretariat and the moderator too."""
    people = dict.fromkeys(
        Follow.objects.filter(room=room).exclude(level=FollowLevel.MUTED).values_list("user", flat=True),
        MailScope.TOPICS,
    )
    if kind == "room.read_only":
        guides = User.objects.active().filter(role__in=(Role.SECRETARIAT, Role.MODERATOR)).values_list("pk", flat=True)
        people |= dict.fromkeys(guides, MailScope.ACCOUNT)
    for scope in set(people.values()):
        told = [(person, room) for person, wanted in people.items() if wanted == scope]
        outbox.notify_each(told, kind=kind, scope=scope, occasion=str(today()))
