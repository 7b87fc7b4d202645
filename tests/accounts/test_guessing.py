"""Nothing tells a guesser who has an account or what is hidden: neither status, page and headers, nor the time taken.

Times are compared over attempts in turn, with the limits lifted, by a rank test, by their medians and by their lower
quartiles: what else the machine does makes some attempts longer and none shorter, so the shorter ones tell most. All
must tell two kinds of attempts apart before a test fails, so noise alone does not; leaving out a hash fails it every
time.
"""

import gc
import random
import re
import secrets
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.enums import AccountStatus, Role
from accounts.models import Invitation, MemberState, User
from accounts.services.invitations import Newcomer, invite_person, revoke_invitation, token_of
from tests.factories import (
    AccountRequestFactory,
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    MemberStateFactory,
    ProtocolFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

NOBODY = "nobody@forum.example"
ROUNDS = 25
CERTAIN = 0.0001  # chance of a rank test at which noise is ruled out
AGREEING = 2  # measurements: a busy machine may spoil one
ALIKE = 0.1  # part of a median or quartile by which another may differ (security.md, AN-03)

Attempt = Callable[[], HttpResponse]


class WeakHasher(PBKDF2PasswordHasher):
    """Quick enough for a test, and still most of what a sign-in takes."""

    iterations = 20_000


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["tests.accounts.test_guessing.WeakHasher"]


def times_of(attempts: list[Attempt]) -> list[list[float]]:
    """Return how long each kind of attempt takes, all of them in turn, in another order each time.

    So nothing that comes back after so many attempts, such as collecting garbage, meets one kind more than another.
    """
    taken: list[list[float]] = [[] for _ in attempts]
    for attempt in attempts:
        attempt()
    order = list(range(len(attempts)))
    gc.collect()
    gc.disable()
    try:
        for _number in range(ROUNDS):
            random.shuffle(order)
            for kind in order:
                start = time.perf_counter()
                attempts[kind]()
                taken[kind].append(time.perf_counter() - start)
    finally:
        gc.enable()
    return taken


def chance(one: list[float], other: list[float]) -> float:
    """Return the chance of such ranks if both took equally long (Mann and Whitney, two-sided)."""
    above = sum((a > b) + (a == b) / 2 for a in one for b in other)
    n, m = len(one), len(other)
    away = abs(above - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5
    return 2 * (1 - statistics.NormalDist().cdf(away))


def differ(one: list[float], other: list[float]) -> bool:
    """Tell whether one kind of attempt takes longer than the other, beyond chance and in the short attempts too."""
    if chance(one, other) >= CERTAIN:
        return False
    (quartile, median, _), (other_quartile, other_median, _) = (statistics.quantiles(times) for times in (one, other))
    longer = 1 + ALIKE
    return (quartile > other_quartile * longer and median > other_median * longer) or (
        other_quartile > quartile * longer and other_median > median * longer
    )


def are_told_apart_by_time(attempts: list[Attempt]) -> bool:
    """Tell whether two measurements agree that the attempts differ, a third deciding between them."""
    agreeing = [0, 0]
    while max(agreeing) < AGREEING:
        first, *others = times_of(attempts)
        agreeing[any(differ(first, other) for other in others)] += 1
    return agreeing[True] == AGREEING


def seen(response: HttpResponse, *typed: str) -> tuple[int, str, str]:
    """Return all that a guesser sees, but for the token of the form and what they typed themselves."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    for word in typed:
        page = page.replace(word, "")
    headers = {name: value for name, value in response.headers.items() if name not in {"Content-Length", "Set-Cookie"}}
    return response.status_code, page, str(sorted(headers.items()))


def suspended() -> User:
    return DelegateFactory(
        password=make_password(secrets.token_urlsafe()), suspended_until=timezone.now() + timedelta(days=1)
    )


# --- The measure itself -----------------------------------------------------------------------------


def test_the_measure_tells_what_differs_from_what_does_not():
    steady = [1 + (n * 7 % 40) / 1_000 for n in range(ROUNDS)]
    disturbed = [t * 1.05 * (4 if n % 5 < 3 else 1) for n, t in enumerate(steady)]  # by a busy machine

    assert not differ(steady, [t * 1.02 for t in steady])
    assert differ(steady, [t * 1.3 for t in steady])
    assert chance(steady, disturbed) < CERTAIN
    assert not differ(steady, disturbed)


# --- The sign-in (AN-02, AN-03) ---------------------------------------------------------------------


def wrong_password(address: str) -> Attempt:
    return lambda: Client().post("/accounts/login/", {"login": address, "password": "not-the-password-1"})


def addresses() -> list[str]:
    """Return an address without an account, and those of each kind of account."""
    hashed = make_password(secrets.token_urlsafe())
    invited = DelegateFactory(status=AccountStatus.INVITED, password="!nothing-to-compare-with")
    return [NOBODY, DelegateFactory(password=hashed).email, suspended().email, invited.email]


def test_a_wrong_password_takes_as_long_for_every_address():
    assert not are_told_apart_by_time([wrong_password(address) for address in addresses()])


def test_it_would_be_found_if_unknown_addresses_were_answered_without_a_hash(monkeypatch):
    monkeypatch.setattr("accounts.backends.MemberBackend._mitigate_timing_attack", lambda *given: None)

    assert are_told_apart_by_time([wrong_password(address) for address in addresses()[:2]])


def test_a_wrong_password_looks_the_same_for_every_address():
    assert len({seen(wrong_password(address)(), address) for address in addresses()}) == 1


# --- The reset of a password (AN-04) ----------------------------------------------------------------


def reset(address: str) -> Attempt:
    return lambda: Client().post("/accounts/password/reset/", {"email": address})


def test_the_reset_takes_as_long_for_every_address():
    assert not are_told_apart_by_time([reset(address) for address in addresses()])


def test_the_reset_looks_the_same_for_every_address():
    assert len({seen(reset(address)(), address) for address in addresses()}) == 1


# --- The link of an invitation (AN-05) --------------------------------------------------------------


def links() -> list[str]:
    """Return links that lead nowhere: of a token never given, of one too old, used, revoked and misspelt."""
    ProtocolFactory()
    secretariat = UserFactory()
    state = MemberStateFactory()
    found = {}
    for name in ("old", "used", "revoked", "misspelt"):
        newcomer = Newcomer(email=f"{name}@office.example", full_name="Newcomer", member_state=state)
        found[name] = invite_person(actor=secretariat, newcomer=newcomer)
    tokens = {name: token_of(invitation) for name, invitation in found.items()}
    now = timezone.now()
    Invitation.objects.filter(pk=found["old"].pk).update(created_at=now - timedelta(20), expires_at=now - timedelta(1))
    Invitation.objects.filter(pk=found["used"].pk).update(taken_up_at=now)
    revoke_invitation(actor=secretariat, invitation=found["revoked"], reason="Left.")
    tokens["misspelt"] = tokens["misspelt"][:-1] + ("a" if tokens["misspelt"][-1] != "a" else "b")
    return [f"/invitations/{token}/" for token in (secrets.token_urlsafe(32), *tokens.values())]


def opened(link: str) -> Attempt:
    return lambda: Client().get(link)


def test_a_link_that_leads_nowhere_takes_as_long_whatever_it_was():
    assert not are_told_apart_by_time([opened(link) for link in links()])


def test_a_link_that_leads_nowhere_looks_the_same_whatever_it_was():
    answers = {seen(opened(link)(), link) for link in links()}

    assert len(answers) == 1
    assert answers.pop()[0] == 410


# --- Asking for an account --------------------------------------------------------------------------


def asking() -> tuple[Callable[[], str], Callable[[], str], Callable[[], str]]:
    """Return what gives an address of nobody, of a member, and of somebody whose request waits."""
    state = AccountRequestFactory(email="waiting@forum.example").member_state
    MandateFactory(user=DelegateFactory(member_state=state), member_state=state)
    member = DelegateFactory(member_state=state).email
    return lambda: f"{secrets.token_hex(8)}@office.example", lambda: member, lambda: "waiting@forum.example"


def ask(address: Callable[[], str]) -> Attempt:
    fields = {
        "full_name": "Somebody",
        "member_state": MemberState.objects.first().pk,
        "institution": "Office",
        "institution_kind": "ip_office",
        "language": "en",
        "languages_read": "en",
        "reason": "To take part.",
    }
    return lambda: Client().post("/accounts/request/", {**fields, "email": address()})


def test_asking_for_an_account_looks_the_same_whoever_has_one():
    assert {seen(ask(address)()) for address in asking()} == {seen(ask(lambda: "another@office.example")())}


def test_asking_for_an_account_takes_as_long_whoever_has_one():
    assert not are_told_apart_by_time([ask(address) for address in asking()])


# --- What is hidden (AZ-04) -------------------------------------------------------------------------


def test_a_hidden_discussion_and_none_look_the_same_and_take_as_long():
    shown, hidden = DiscussionFactory(), DiscussionFactory()
    outsider = UserFactory(role=Role.EXTERNAL)
    grant(outsider, shown)
    client = Client()
    client.force_login(outsider)
    address = shown.get_absolute_url().replace(str(shown.pk), "{}")
    asks = [lambda pk=pk: client.get(address.format(pk)) for pk in (hidden.pk, 987_654)]

    assert client.get(shown.get_absolute_url()).status_code == 200
    assert len({seen(attempt()) for attempt in asks}) == 1
    assert seen(asks[0]())[0] == 404
    assert not are_told_apart_by_time(asks)
