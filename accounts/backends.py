"""Who a session belongs to."""

from datetime import date

from allauth.account.auth_backends import AuthenticationBackend
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from accounts.composed import ComposedRows
from accounts.days import today
from accounts.models import User
from accounts.models.people import UserQuerySet

FIELDS = [field.attname for field in User._meta.concrete_fields]


def _compose_person(source: UserQuerySet, language: str, *, pk: int, day: date) -> QuerySet:
    return source.filter(pk=pk).with_access(day).values_list(*FIELDS, "has_accepted_protocol", "is_focal_point")


_person = ComposedRows(_compose_person, pk=int, day=date)


class MemberBackend(AuthenticationBackend):
    """Sign-in with e-mail and password; a suspended or departed person is nobody, at once."""

    def get_user(self, user_id: int) -> User | None:
        found = _person.fetch(User.objects.all(), pk=user_id, day=today())
        for *values, has_accepted_protocol, is_focal_point in found:
            user: User = User.from_db(DEFAULT_DB_ALIAS, FIELDS, values)
            user.has_accepted_protocol, user.is_focal_point = has_accepted_protocol, is_focal_point
            return user if self.user_can_authenticate(user) else None
        return None
