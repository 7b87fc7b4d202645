"""What people are told by mail about how they sign in; none of these letters holds a secret but the reset link."""

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts import devices
from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter


def _letter(notice: Notice, subject: str, *paragraphs: str, link: str = "", link_label: str = "") -> Letter:
    context: dict[str, object] = {"paragraphs": paragraphs, "link": link, "link_label": link_label}
    return write_letter(notice, "accounts/emails/person_told", subject, context)


def reset_asked(notice: Notice) -> Letter | None:
    """Send the link that sets a new password; it is made only now, and kept nowhere."""
    if not notice.reader.is_active:
        return None
    key = f"{user_pk_to_url_str(notice.reader)}-{PASSWORD_RESET_TOKEN_GENERATOR().make_token(notice.reader)}"
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return _letter(
        notice,
        _("Set a new password"),
        _("Somebody, most likely you, asked for a new password for your account in the Technical Assistance Forum."),
        _("The link works once, for three days. If it was not you, you need not do anything."),
        link=f"{settings.PUBLIC_URL}{address.replace('UID-KEY', key)}",
        link_label=_("Choose a new password"),
    )


def _change(notice: Notice, subject: str, what: str) -> Letter:
    when = date_format(localtime(notice.created_at), "DATETIME_FORMAT")
    return _letter(
        notice,
        subject,
        what % {"time": when},
        _("If it was you, you need not do anything. If not, set a new password at once and tell the Secretariat."),
        link=f"{settings.PUBLIC_URL}{reverse('account_reset_password')}",
        link_label=_("Set a new password"),
    )


def password_changed(notice: Notice) -> Letter:
    """Tell that the password is another one."""
    return _change(
        notice,
        _("Your password was changed"),
        _("The password of your account was changed on %(time)s. Everybody else was signed out of it."),
    )


def factor_added(notice: Notice) -> Letter:
    """Tell that somebody can now prove who they are in another way."""
    return _change(
        notice,
        _("A second factor was added"),
        _("An authenticator app or a passkey was added to your account on %(time)s."),
    )


def factor_removed(notice: Notice) -> Letter:
    """Tell that a way to prove who one is was given up."""
    return _change(
        notice,
        _("A second factor was removed"),
        _("An authenticator app or a passkey was removed from your account on %(time)s."),
    )


def codes_renewed(notice: Notice) -> Letter:
    """Tell that the recovery codes are other ones."""
    return _change(
        notice,
        _("Your recovery codes were renewed"),
        _("New recovery codes were made for your account on %(time)s; the old ones no longer work."),
    )


def factor_reset(notice: Notice) -> Letter:
    """Tell that the Secretariat or an operator removed the second factors."""
    return _change(
        notice,
        _("Your second factor was taken off"),
        _("The Secretariat removed the second factors of your account on %(time)s, and you were signed out."),
    )


def new_device(notice: Notice) -> Letter | None:
    """Tell of a sign-in; nothing is to be told any more once that session has ended."""
    session = UserSession.objects.filter(pk=notice.object_id, user=notice.reader).first()
    if session is None:
        return None
    device = devices.name_of(session.user_agent)
    return _letter(
        notice,
        _("You signed in from a new device"),
        _("Your account was signed in to on %(time)s from a browser that was not used for it before: %(device)s.")
        % {"time": date_format(localtime(session.created_at), "DATETIME_FORMAT"), "device": device},
        _("If it was you, you need not do anything. If not, end that session and set a new password."),
        link=f"{settings.PUBLIC_URL}{reverse('accounts:session_list')}",
        link_label=_("See where you are signed in"),
    )
