"""What people are told by mail about their own account: its address, its data, its seat, its end."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.enums import AccountStatus
from accounts.models import AddressChange, DataArchive, Notice, SeatHandover, User
from accounts.parts import is_on
from accounts.services import addresses
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter


def _letter(notice: Notice, subject: str, *paragraphs: str, link: str = "", link_label: str = "") -> Letter:
    context: dict[str, object] = {"paragraphs": paragraphs, "link": link, "link_label": link_label}
    return write_letter(notice, "accounts/emails/person_told", subject, context)


def _open_change(notice: Notice) -> AddressChange | None:
    return AddressChange.objects.open(timezone.now()).filter(pk=notice.object_id).first()


def address_asked(notice: Notice) -> Letter | None:
    """Ask the address in use whether the change is wanted."""
    change = _open_change(notice)
    if change is None:
        return None
    return _letter(
        notice,
        _("Confirm the change of your address"),
        _("Somebody who is signed in to your account asks that your mail go to %(address)s from now on.")
        % {"address": change.new_email},
        _("It changes once you have confirmed it here and from the new address, until %(time)s.")
        % {"time": _moment(change)},
        _("If it was not you, open the page and stop the change; then choose a new password."),
        link=addresses.link(change, addresses.Side.OLD),
        link_label=_("Confirm or stop the change"),
    )


def address_offered(notice: Notice) -> Letter | None:
    """Ask the new address; nobody is asked who has an account with it already."""
    change = _open_change(notice)
    if change is None or User.objects.filter(email=change.new_email).exists():
        return None
    return _letter(
        notice,
        _("Confirm your new address"),
        _("Somebody with an account in the Technical Assistance Forum asks to use this address for it."),
        _("It changes once you have confirmed it here and from the address in use, until %(time)s.")
        % {"time": _moment(change)},
        _("If it was not you, you need not do anything."),
        link=addresses.link(change, addresses.Side.NEW),
        link_label=_("Confirm this address"),
    )


def _moment(change: AddressChange) -> str:
    return date_format(timezone.localtime(change.expires_at), "DATETIME_FORMAT")


def address_changed(notice: Notice) -> Letter | None:
    """Tell the new address that it is in use."""
    return _letter(
        notice,
        _("Your address is changed"),
        _("From now on you sign in with this address, and your mail comes here."),
        _("Everywhere else you have been signed out."),
        link=f"{settings.PUBLIC_URL}{reverse('accounts:profile_edit')}",
        link_label=_("Your profile"),
    )


def address_left(notice: Notice) -> Letter | None:
    """Tell the old address that it is no longer in use."""
    return _letter(
        notice,
        _("Your address is changed"),
        _("Your account now has another address, as was confirmed from here. This one opens it no longer."),
        _("If it was not you, write to the Secretariat at once."),
    )


def address_replaced(notice: Notice) -> Letter | None:
    """Tell who looks after a seat that its holder's address is another one, but neither of the two. Source: ACC-03."""
    assert isinstance(notice.about, AddressChange)
    reader, person = notice.reader, notice.about.user
    is_theirs = reader.is_focal_point and reader.member_state_id == person.member_state_id
    if not (reader.is_staff or is_theirs):
        return None
    who = {"name": person.full_name, "place": person.member_state or person.get_role_display()}
    if reader.is_staff:
        page = reverse("admin:accounts_user_change", args=[person.pk])
        otherwise = _("If not, ask the person, but not by mail; where something is wrong, suspend the account.")
    else:
        page = reverse("forum:person_detail", args=[person.pk])
        otherwise = _("If not, ask the person, but not by mail; where something is wrong, write to the Secretariat.")
    return _letter(
        notice,
        _("The address of a participant is changed"),
        _("%(name)s (%(place)s) signs in and gets mail with another address from now on.") % who,
        _("It was confirmed from the old address and from the new one. If you knew of it, you need not do anything."),
        otherwise,
        link=f"{settings.PUBLIC_URL}{page}",
        link_label=_("The person’s page"),
    )


def archive_ready(notice: Notice) -> Letter | None:
    """Tell somebody that their data can be downloaded."""
    archive = DataArchive.objects.ready(timezone.now()).filter(pk=notice.object_id).first()
    if archive is None or archive.expires_at is None or not notice.reader.is_active:
        return None
    return _letter(
        notice,
        _("Your data is ready"),
        _("The file with what the forum keeps about you can be downloaded until %(day)s.")
        % {"day": date_format(timezone.localtime(archive.expires_at), "DATE_FORMAT")},
        link=f"{settings.PUBLIC_URL}{reverse('accounts:archive_list')}",
        link_label=_("Go to your data"),
    )


def person_left(notice: Notice) -> Letter | None:
    """Tell the last address that the account has ended."""
    return _letter(
        notice,
        _("Your account has ended"),
        _("Your name, your address and your profile are deleted, and nobody can sign in with this account again."),
        _("What you posted stays, under the words “Former participant”."),
        _("This address is forgotten in a few days too. Thank you for having taken part."),
    )


def seat_taken(notice: Notice) -> Letter | None:
    """Tell the successor what is theirs now."""
    handover = notice.about
    assert isinstance(handover, SeatHandover)
    before = handover.predecessor
    if before.status == AccountStatus.LEFT:
        first = _("You have taken over the seat of a participant of your delegation who has left.")
    else:
        first = _("You have taken over the seat of %(name)s.") % {"name": before.full_name}
    return _letter(
        notice,
        _("You have taken over a seat"),
        first,
        _(
            "You now follow what was followed there; drafts that were not published are yours to finish, "
            "and open mandates are yours."
        ),
        link=f"{settings.PUBLIC_URL}{reverse(settings.LOGIN_REDIRECT_URL)}",
        link_label=_("Go to the rooms") if is_on("forum") else _("Go to the webinars"),
    )


def seat_passed_on(notice: Notice) -> Letter | None:
    """Tell the predecessor that the seat is somebody else's now. Also for an address whose account has ended."""
    handover = notice.about
    assert isinstance(handover, SeatHandover)
    return _letter(
        notice,
        _("Your seat is handed over"),
        _("Your seat is now that of %(name)s, with what you followed, your drafts and your open mandates.")
        % {"name": handover.successor.full_name},
        _("What you posted stays yours."),
    )
