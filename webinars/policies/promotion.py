"""Who plans how a webinar is made known, and who says what came of it."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import WebinarState
from webinars.models import PromotionTask, Webinar
from webinars.policies.webinars import may_change_webinar, may_organize


def may_promote(actor: User) -> Verdict:
    """Judge whether ``actor`` sees what member states are asked to do. Source: WEB-21, CDIP/30/8 para 18."""
    if may_organize(actor) or (actor.may_enter and actor.is_focal_point):
        return ALLOWED
    return Verdict(_("Focal points of member states make webinars known, and the Secretariat."))


def may_report_step(actor: User, task: PromotionTask) -> Verdict:
    """Judge whether ``actor`` may say that a step is done, and whom it reached. Source: WEB-21, WEB-31."""
    if may_organize(actor):
        return ALLOWED
    is_of_state = task.member_state_id is not None and actor.member_state_id == task.member_state_id
    if not (actor.may_enter and is_of_state and actor.is_focal_point):
        return Verdict(_("Only a focal point of the member state, and the Secretariat, say what came of this step."))
    return ALLOWED


def may_tell_earlier(actor: User, webinar: Webinar) -> Verdict:
    """Judge whether ``actor`` may tell earlier participants of ``webinar``. Source: WEB-23, CDIP/30/8 para 19."""
    if not may_change_webinar(actor, webinar):
        return may_change_webinar(actor, webinar)
    if webinar.state != WebinarState.ANNOUNCED:
        return Verdict(_("Earlier participants are told once the webinar is announced, and before it begins."))
    return ALLOWED
