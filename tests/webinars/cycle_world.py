"""A year whose answers are open, with its people."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.enums import Office, Role
from accounts.models import MemberState, RegionalGroup, User
from tests.factories import DelegateFactory, MandateFactory, MemberStateFactory, RegionalGroupFactory, UserFactory
from tests.factories.webinars import CycleFactory, ProposalFactory
from webinars.enums import CycleState, Origin
from webinars.models import Cycle, Proposal

WORDS = {
    "title": "Patent information for small firms",
    "aims": "To read a patent.",
    "audience": "Small firms.",
    "subject": "Reading and searching.",
}


def open_cycle(**fields: object) -> Cycle:
    """Return a cycle whose answers are open for another fortnight."""
    due = timezone.now() + timedelta(days=20)
    return CycleFactory(**{"state": CycleState.OPEN, "answers_due_at": due, "opened_at": timezone.now(), **fields})


def listed(cycle: Cycle, **fields: object) -> Proposal:
    """Return a topic of the Secretariat's list, in the core languages."""
    words = {f"{word}_{code}": f"{said} ({code})" for code in ("en", "fr", "es") for word, said in WORDS.items()}
    return ProposalFactory(**{"cycle": cycle, "origin": Origin.SECRETARIAT, "group": None, **words, **fields})


def coordinator(group: RegionalGroup | None = None, **fields: object) -> User:
    """Return the coordinator of a group, a delegate of one of its states."""
    group = group or RegionalGroupFactory()
    user = DelegateFactory(member_state=MemberStateFactory(group=group), **fields)
    MandateFactory(user=user, office=Office.COORDINATOR, member_state=None, regional_group=group)
    return user


def group_of(user: User) -> RegionalGroup:
    assert user.member_state is not None
    assert user.member_state.group is not None
    return user.member_state.group


def secretariat() -> User:
    return UserFactory(role=Role.SECRETARIAT)


def delegate_of(group: RegionalGroup | None) -> User:
    state: MemberState = MemberStateFactory(group=group)
    return DelegateFactory(member_state=state)


def values(language: str = "en", **changed: object) -> dict[str, object]:
    """Return what an accepted form says of a proposal in one language."""
    words = {f"{word}_{language}": said for word, said in WORDS.items()}
    about = {"language": language, "languages": [language], "is_about_delivery": True, "about_note": ""}
    return {**words, **about, "elsewhere": "", "is_series": False, **changed}


def move_to(time_machine: object, moment: datetime) -> None:
    time_machine.move_to(moment, tick=False)  # type: ignore[attr-defined]
