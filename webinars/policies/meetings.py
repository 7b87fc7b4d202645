"""Who finds the way into a webinar, and when."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import RegistrationState, WebinarState
from webinars.models import Registration, Webinar


def may_join(registration: Registration, at: datetime) -> Verdict:
    """Judge whether somebody who registered may join now. Source: WEB-19, workflow 2.7."""
    if registration.state != RegistrationState.CONFIRMED:
        return Verdict(_("Only those with a confirmed place join."))
    return is_open(registration.webinar, at)


def is_open(webinar: Webinar, at: datetime) -> Verdict:
    """Judge whether the way into a webinar is open at a moment, for those entitled. Source: WEB-19."""
    opens_at = webinar.join_opens_at()
    if webinar.state not in {WebinarState.ANNOUNCED, WebinarState.LIVE} or opens_at is None or webinar.ends_at is None:
        return Verdict(_("There is no way in now."))
    if at < opens_at:
        return Verdict(
            _("The button to join appears here %(minutes)d minutes before the start.")
            % {"minutes": settings.WEBINAR_JOIN_OPENS_MINUTES}
        )
    if at >= webinar.ends_at + settings.WEBINAR_RUNS_OVER:
        return Verdict(_("This webinar is over."))
    return ALLOWED
