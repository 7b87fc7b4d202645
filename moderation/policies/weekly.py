"""Who may prepare and open the topics of the week."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict


def may_prepare_topics(actor: User) -> Verdict:
    """Judge whether ``actor`` prepares and opens the weekly topics. Source: MOD-01, CDIP/22/3 para 6."""
    if not (actor.may_enter and actor.is_moderator):
        return Verdict(_("Only the moderator prepares and opens the topics of the week."))
    return ALLOWED
