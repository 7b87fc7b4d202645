"""Who may ask for rooms, open them, and look after those who guide them, and why not."""

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict


def may_ask_for_language(actor: User) -> Verdict:
    """Judge whether ``actor`` may ask for a room in a language. Source: FOR-05, workflow 2.4."""
    if actor.may_enter and actor.reads_every_room and actor.writes:
        return ALLOWED
    return Verdict(_("Those who take part in every room ask for further ones."))


def may_keep_rooms(actor: User) -> Verdict:
    """Judge whether ``actor`` records decisions and opens rooms. Source: FOR-05, OPS-05, workflow 2.4."""
    if actor.may_enter and actor.is_staff:
        return ALLOWED
    return Verdict(_("Only the Secretariat opens rooms of further languages."))


def may_supervise(actor: User) -> Verdict:
    """Judge whether ``actor`` looks after those who guide rooms. Source: MOD-04, MOD-05, CDIP/22/3 para 7."""
    if actor.may_enter and actor.is_moderator:
        return ALLOWED
    return Verdict(_("Only the moderator supervises the rooms."))


def may_use_room_desk(actor: User) -> Verdict:
    """Judge whether ``actor`` has the desk of a room. Source: MOD-05, workflow 2.4."""
    if actor.may_enter and actor.role == Role.FACILITATOR:
        return ALLOWED
    return Verdict(_("This is the desk of those who guide a room."))
