"""Who may do what about letting somebody from outside into one discussion, and why not."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from forum.models import Discussion
from moderation.enums import AdmissionState
from moderation.models import Admission

WITH_THE_STATE = (AdmissionState.DRAFT, AdmissionState.RETURNED)
WAITING = (*WITH_THE_STATE, AdmissionState.CONFIRMED, AdmissionState.ASSESSED)


def may_read_admissions(viewer: User) -> Verdict:
    """Judge whether admissions are anything to ``viewer``: who drafts, confirms, assesses or decides.

    Source: ACC-05, ACC-06, workflow 2.3.
    """
    if viewer.may_enter and (viewer.member_state_id is not None or viewer.is_moderator):
        return ALLOWED
    return Verdict(_("Admissions are asked for by member states and decided by the Secretariat."))


def may_draft(actor: User, discussion: Discussion) -> Verdict:
    """Judge whether ``actor`` may ask that somebody be admitted to ``discussion``. Source: ACC-05, CDIP/22/3 para 8."""
    if not actor.may_enter or actor.member_state_id is None:
        return Verdict(_("Only participants of a member state ask for an admission."))
    if discussion.is_closed(timezone.now()):
        return Verdict(_("This discussion is closed: nobody is admitted to it any more."))
    return ALLOWED


def may_change(actor: User, admission: Admission) -> Verdict:
    """Judge whether ``actor`` may change what is asked, before it is assessed. Source: reading A5, workflow 2.3."""
    is_of_state = _speaks_for_sponsor(actor, admission)
    if not (actor.pk == admission.drafted_by_id or is_of_state):
        return Verdict(_("Who drafted it and the focal point of the state change it."))
    if admission.state not in WITH_THE_STATE:
        return Verdict(_("It is confirmed already, so it is no longer changed."))
    return ALLOWED


def may_confirm(actor: User, admission: Admission) -> Verdict:
    """Judge whether ``actor`` may confirm for the state, or return it. Source: ACC-05, reading A5."""
    if not _speaks_for_sponsor(actor, admission):
        return Verdict(_("Only the focal point of the state confirms what is asked in its name."))
    if admission.state not in WITH_THE_STATE:
        return Verdict(_("This was decided meanwhile."))
    return ALLOWED


def may_withdraw(actor: User, admission: Admission) -> Verdict:
    """Judge whether ``actor`` may withdraw what is asked, before it is decided. Source: workflow 2.3."""
    if not (actor.pk == admission.drafted_by_id or _speaks_for_sponsor(actor, admission)):
        return Verdict(_("Who drafted it and the focal point of the state withdraw it."))
    if admission.state not in WAITING:
        return Verdict(_("This was decided meanwhile."))
    return ALLOWED


def may_assess(actor: User, admission: Admission) -> Verdict:
    """Judge whether ``actor`` may assess against the protocol in force. Source: ACC-06, CDIP/22/3 paras 6 and 8."""
    if not (actor.may_enter and actor.is_moderator):
        return Verdict(_("Only the moderator assesses."))
    if actor.pk == admission.drafted_by_id:
        return Verdict(_("Somebody else assesses what you drafted."))
    if admission.state not in (AdmissionState.CONFIRMED, AdmissionState.ASSESSED):
        return Verdict(_("There is nothing to assess now."))
    return ALLOWED


def may_decide(actor: User, admission: Admission) -> Verdict:
    """Judge whether ``actor`` may approve or decline: the Secretariat alone, and not who assessed.

    Source: ACC-05, ACC-06, CDIP/22/3 para 8.
    """
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the administrator of the Secretariat decides on admissions."))
    if admission.state != AdmissionState.ASSESSED:
        return Verdict(_("There is nothing to decide now."))
    if actor.pk == admission.assessed_by_id:
        return Verdict(_("You assessed it, so somebody else of the Secretariat decides."))
    return ALLOWED


def may_set_ends(actor: User) -> Verdict:
    """Judge whether ``actor`` decides until when outsiders are admitted. Source: ACC-05, workflow 2.3."""
    if actor.may_enter and actor.is_staff:
        return ALLOWED
    return Verdict(_("Only the administrator of the Secretariat decides on admissions."))


def may_extend(actor: User, admission: Admission) -> Verdict:
    """Judge whether ``actor`` may set a later end. Source: ACC-05, workflow 2.3."""
    return may_set_ends(actor) and _is_open(admission)


def may_end(actor: User, admission: Admission) -> Verdict:
    """Judge whether ``actor`` may end an admission before its time. Source: ACC-05, MOD-01, workflow 2.3."""
    if not (actor.may_enter and actor.is_moderator):
        return Verdict(_("Only the moderator and the Secretariat end an admission."))
    return _is_open(admission)


def _is_open(admission: Admission) -> Verdict:
    if admission.state != AdmissionState.APPROVED or admission.ends_at <= timezone.now():
        return Verdict(_("This admission is not in force."))
    return ALLOWED


def _speaks_for_sponsor(actor: User, admission: Admission) -> bool:
    return actor.may_enter and actor.is_focal_point and actor.member_state_id == admission.sponsor_id
