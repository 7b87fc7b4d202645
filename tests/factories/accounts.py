from datetime import date, timedelta

import factory
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.enums import AccountStatus, Office, Role
from accounts.models import (
    AccountRequest,
    Circular,
    Mandate,
    MemberState,
    Protocol,
    ProtocolAcceptance,
    RegionalGroup,
    StakeholderContact,
    User,
)

PASSWORD = "a-long-enough-password"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # base32


class RegionalGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RegionalGroup

    key = factory.Sequence(lambda n: f"group-{n}")
    name_en = factory.Sequence(lambda n: f"Group {n}")


class MemberStateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MemberState

    code = factory.Sequence(lambda n: f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}")
    name_en = factory.Sequence(lambda n: f"State {n}")
    name_fr = factory.Sequence(lambda n: f"État {n}")
    name_es = factory.Sequence(lambda n: f"Estado {n}")
    group = factory.SubFactory(RegionalGroupFactory)


class ProtocolFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Protocol
        django_get_or_create = ("version",)

    version = 1
    title_en = "Protocol of use"
    text_en = "Be **neutral** and transparent."
    in_force_on = date(2026, 1, 1)


class UserFactory(factory.django.DjangoModelFactory):
    """Somebody with an active account who has accepted the protocol in force (``accepts=False``: not).

    Whose role needs a second factor has an authenticator app (``second_factor=False``: not).
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@forum.example")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    role = Role.SECRETARIAT
    status = AccountStatus.ACTIVE
    language = "en"
    languages_read = ["en"]
    time_zone = "Africa/Nairobi"

    @factory.post_generation
    def accepts(user: User, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if extracted is not False:
            ProtocolAcceptance.objects.create(user=user, protocol=ProtocolFactory())

    @factory.post_generation
    def second_factor(user: User, create: bool, extracted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if extracted or (extracted is None and user.needs_second_factor):
            TOTP.activate(user, TOTP_SECRET)


class DelegateFactory(UserFactory):
    role = Role.DELEGATE
    full_name = factory.LazyAttribute(lambda delegate: f"Delegate of {delegate.member_state.name_en}")
    member_state = factory.SubFactory(MemberStateFactory)


class MandateFactory(factory.django.DjangoModelFactory):
    """A focal point's mandate, in force."""

    class Meta:
        model = Mandate

    user = factory.SubFactory(DelegateFactory)
    office = Office.FOCAL_POINT
    member_state = factory.SelfAttribute("user.member_state")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))


class AccountRequestFactory(factory.django.DjangoModelFactory):
    """A request that waits."""

    class Meta:
        model = AccountRequest

    email = factory.Sequence(lambda n: f"asks{n}@ipo.example")
    full_name = factory.Sequence(lambda n: f"Asker {n}")
    member_state = factory.SubFactory(MemberStateFactory)
    institution = "Patent Office"
    institution_kind = "ip_office"
    language = "en"
    languages_read = ["en"]
    reason = "I examine patents."


class StakeholderContactFactory(factory.django.DjangoModelFactory):
    """An organisation that has agreed to be written to."""

    class Meta:
        model = StakeholderContact

    name = factory.Sequence(lambda n: f"Chamber {n}")
    member_state = factory.SubFactory(MemberStateFactory)
    institution_kind = "private_sector"
    email = factory.Sequence(lambda n: f"info@chamber{n}.example")
    languages = ["en"]
    asked_on = factory.LazyFunction(timezone.localdate)
    confirmed_on = factory.LazyFunction(timezone.localdate)


class CircularFactory(factory.django.DjangoModelFactory):
    """A message to organisations of all states that is not sent yet."""

    class Meta:
        model = Circular

    subject_en = "Training"
    text_en = "Which training do you need?"
    answers_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=9))
    written_by = factory.SubFactory(UserFactory)
