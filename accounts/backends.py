"""Who a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class MemberBackend(AuthenticationBackend):
    """Sign-in with e-mail and password; a suspended or departed person is nobody, at once."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_access().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
