"""Who organizes webinars, and what may still be changed about one."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import SeriesState, WebinarState
from webinars.models import Material, Series, Webinar
from webinars.models.materials import CONSENTED

BEFORE_LIVE = (WebinarState.PLANNED, WebinarState.ORGANIZING, WebinarState.ANNOUNCED, WebinarState.POSTPONED)
NEXT = {
    WebinarState.PLANNED: WebinarState.ORGANIZING,
    WebinarState.ORGANIZING: WebinarState.ANNOUNCED,
    WebinarState.ANNOUNCED: WebinarState.LIVE,
    WebinarState.LIVE: WebinarState.HELD,
    WebinarState.HELD: WebinarState.FOLLOW_UP,
    WebinarState.FOLLOW_UP: WebinarState.COMPLETE,
    WebinarState.POSTPONED: WebinarState.ORGANIZING,
}
"""The state that follows each. Source: workflow 2.7."""


def may_organize(actor: User) -> Verdict:
    """Judge whether ``actor`` organizes webinars. Source: WEB-17, WEB-18, CDIP/30/8 paras 11, 15."""
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the Secretariat organizes webinars."))
    return ALLOWED


def may_change_webinar(actor: User, webinar: Webinar) -> Verdict:
    """Judge whether ``actor`` may change what is said about ``webinar``. Source: WEB-17, workflow 2.7."""
    if not may_organize(actor):
        return may_organize(actor)
    if webinar.state == WebinarState.CANCELLED:
        return Verdict(_("This webinar is cancelled: it stays as it was."))
    return ALLOWED


def may_set_time(actor: User, webinar: Webinar) -> Verdict:
    """Judge whether ``actor`` may change when ``webinar`` takes place. Source: workflow 2.7."""
    if not may_change_webinar(actor, webinar):
        return may_change_webinar(actor, webinar)
    if webinar.state not in BEFORE_LIVE:
        return Verdict(_("This webinar has begun: its time stays as it was."))
    return ALLOWED


def may_put_off(actor: User, webinar: Webinar) -> Verdict:
    """Judge whether ``actor`` may postpone or cancel ``webinar``: before it is live. Source: workflow 2.7."""
    if not may_change_webinar(actor, webinar):
        return may_change_webinar(actor, webinar)
    if webinar.state not in BEFORE_LIVE:
        return Verdict(_("A webinar is postponed or cancelled before it begins."))
    return ALLOWED


def may_add_part(actor: User, series: Series) -> Verdict:
    """Judge whether ``actor`` may add a webinar to ``series``. Source: WEB-04, CDIP/30/8 para 14."""
    if not may_organize(actor):
        return may_organize(actor)
    if series.state == SeriesState.EXPLORED:
        return Verdict(_("This series is fully explored: begin a new one."))
    return ALLOWED


def may_publish_material(actor: User, material: Material) -> Verdict:
    """Judge whether ``actor`` may show ``material`` to the public: once each speaker agrees. Source: WEB-24.

    What lets a speaker be heard or read word for word needs the agreement; slides and summaries do not.
    """
    if not may_organize(actor):
        return may_organize(actor)
    if not (material.rights_checked and material.accessibility_checked):
        return Verdict(_("Check rights and accessibility before you publish this."))
    silent = material.webinar.engagements.exclude(consents_to_recording=True)
    if material.kind in CONSENTED and silent.exists():
        return Verdict(_("Not every speaker has agreed to the recording yet."))
    return ALLOWED
