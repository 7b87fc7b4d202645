"""Who a session belongs to."""

from datetime import date

from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.addresses import canonical_address
from accounts.composed import ComposedInstances
from accounts.days import today
from accounts.models import User
from accounts.models.people import UserQuerySet

ACCESS = ("has_accepted_protocol", "is_focal_point", "has_second_factor")


def _compose_person(source: UserQuerySet, language: str, *, pk: int, day: date) -> QuerySet:
    return source.filter(pk=pk).with_access(day)


_person = ComposedInstances(User, _compose_person, added=ACCESS, pk=int, day=date)


class MemberBackend(AuthenticationBackend):
    """Sign-in with e-mail and password; a suspended or departed person is nobody, at once."""

    def get_user(self, user_id: int) -> User | None:
        user: User
        for user in _person.fetch(User.objects.all(), pk=user_id, day=today()):
            return user if self.user_can_authenticate(user) else None
        return None

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        """Find the account by the one form of its address, under which the attempts are counted too."""
        person = person_with(email)
        return person if self._check_password(person, password) else None


def person_with(address: str) -> User | None:
    """Return who has an address, however it is written.

    Args:
        address: What somebody typed.
    """
    try:
        person: User | None = User.objects.filter(email=canonical_address(address)).first()
    except ValidationError:
        return None
    return person
