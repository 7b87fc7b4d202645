"""What people are told by mail about claims of imported authors."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Notice
from accounts.services.letters import write_letter
from accounts.services.outbox import Letter
from forum import policies
from forum.models import AuthorClaim


def claim_made(notice: Notice) -> Letter | None:
    """Ask the Secretariat to decide; of whom and by whom is on its page alone."""
    claim = notice.about
    assert isinstance(claim, AuthorClaim)
    if claim.is_granted is not None or not policies.may_decide_claims(notice.reader):
        return None
    return _letter(
        notice,
        _("Whose are these imported posts?"),
        _("Somebody says that posts which came from an older forum are theirs. Please verify it and decide."),
        address=reverse("forum:claim_list"),
        label=_("Decide"),
    )


def claim_decided(notice: Notice) -> Letter | None:
    """Tell what the Secretariat has decided, and why."""
    claim = notice.about
    assert isinstance(claim, AuthorClaim)
    said = _("The Secretariat has refused your claim of imported posts.")
    if claim.is_granted:
        said = _("The Secretariat has granted your claim: the imported posts stand under your name.")
    return _letter(
        notice,
        _("Your claim of imported posts"),
        said,
        _("The reason: %(reason)s") % {"reason": claim.reason},
        address=reverse("forum:author_claim", args=[claim.author_id]),
        label=_("Open the page"),
    )


def _letter(notice: Notice, subject: str, *paragraphs: str, address: str, label: str) -> Letter:
    context: dict[str, object] = {
        "paragraphs": paragraphs,
        "link": f"{settings.PUBLIC_URL}{address}",
        "link_label": label,
    }
    return write_letter(notice, "accounts/emails/person_told", subject, context)
