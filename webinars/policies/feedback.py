"""Who gives feedback, who reads it, and who may have a certificate."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import RegistrationState, WebinarState
from webinars.models import Registration, Webinar


def takes_feedback(webinar: Webinar) -> Verdict:
    """Judge whether feedback is collected: from when it was held until it is complete. Source: WEB-26."""
    if not webinar.has_ended:
        return Verdict(_("Feedback is asked for after the webinar."))
    if webinar.state == WebinarState.COMPLETE:
        return Verdict(_("Feedback on this webinar is no longer collected."))
    return ALLOWED


def may_give_feedback(registration: Registration, *, has_attended: bool) -> Verdict:
    """Judge whether somebody may give feedback: who came, after the end. Source: WEB-26, CDIP/30/8 para 12."""
    if registration.state != RegistrationState.CONFIRMED or not has_attended:
        return Verdict(_("Feedback is asked of those who came to the webinar."))
    return takes_feedback(registration.webinar)


def may_take_certificate(registration: Registration, *, share: float) -> Verdict:
    """Judge whether somebody may have a certificate: after the end, who attended enough. Source: workflow 2.7.

    Args:
        registration: Whose it would be.
        share: Of the webinar's length that they attended, from 0 to 1.
    """
    if not registration.webinar.has_ended:
        return Verdict(_("A certificate is there after the webinar was held."))
    if registration.state != RegistrationState.CONFIRMED or share < settings.WEBINAR_CERTIFICATE_SHARE:
        percent = round(settings.WEBINAR_CERTIFICATE_SHARE * 100)
        return Verdict(
            ngettext(
                "A certificate is for those who attended at least %(percent)d percent of the webinar.",
                "A certificate is for those who attended at least %(percent)d percent of the webinar.",
                percent,
            )
            % {"percent": percent}
        )
    return ALLOWED


def may_take_series_certificate(*, is_over: bool, parts: int, attended: int) -> Verdict:
    """Judge whether somebody may have a certificate of a series: who attended enough of each part. Source: WEB-03.

    Args:
        is_over: Whether the series is explored and all its parts were held.
        parts: How many it has.
        attended: Of how many they attended enough for a certificate.
    """
    if not is_over or not parts:
        return Verdict(_("A certificate of a series is there once it is fully explored and all its parts were held."))
    if attended < parts:
        percent = round(settings.WEBINAR_CERTIFICATE_SHARE * 100)
        return Verdict(
            ngettext(
                "A certificate of the series is for those who attended at least %(percent)d percent of each of its "
                "%(parts)d part; with this address you attended %(attended)d.",
                "A certificate of the series is for those who attended at least %(percent)d percent of each of its "
                "%(parts)d parts; with this address you attended %(attended)d.",
                parts,
            )
            % {"percent": percent, "parts": parts, "attended": attended}
        )
    return ALLOWED


def may_read_feedback(viewer: User | AnonymousUser) -> Verdict:
    """Judge whether ``viewer`` sees what participants thought: members, who plan what follows. Source: WEB-26."""
    if not (isinstance(viewer, User) and viewer.may_enter and viewer.reads_every_room):
        return Verdict(_("Feedback is for the members who plan further webinars."))
    return ALLOWED


def may_moderate_feedback(actor: User) -> Verdict:
    """Judge whether ``actor`` decides which opinions and suggestions are shown. Source: WEB-26."""
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the Secretariat decides which opinions and suggestions are shown."))
    return ALLOWED
