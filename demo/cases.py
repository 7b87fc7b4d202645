"""Sample of what is reported and decided, and of who asks for another language."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from forum.models import Post
from moderation.enums import CaseState, Outcome, ReportReason
from moderation.models import Case, Complaint, LanguageDemand, Report


def load_cases(people: dict[str, User]) -> None:
    """Save once two reported posts, one of them decided, a complaint, and the demand for a room.

    Args:
        people: Those of the sample, delegates by state and others by address.
    """
    if Case.objects.exists():
        return
    now = timezone.now()
    moderator = people["moderator@forum.example"]
    kenya, senegal, colombia = people["KE"], people["SN"], people["CO"]
    posts = Post.objects.filter(discussion__room__language="en").exclude(
        author__in=[kenya, senegal, colombia, moderator]
    )
    waiting, decided = posts.exclude(author=None).order_by("-posted_at")[:2]
    case = Case.objects.create(post=waiting, opened_at=now - timedelta(hours=20))
    Report.objects.create(
        case=case,
        reporter=colombia,
        reason=ReportReason.PROMOTION,
        text="It reads like a brochure.",
        reported_at=case.opened_at,
    )
    case = Case.objects.create(
        post=decided,
        opened_at=now - timedelta(days=5),
        state=CaseState.DECIDED,
        outcome=Outcome.NOTHING,
        reason="The figures are from the office’s published report.",
        decided_by=moderator,
        decided_at=now - timedelta(days=4),
    )
    Report.objects.create(case=case, reporter=senegal, reason=ReportReason.WRONG, reported_at=case.opened_at)
    Complaint.objects.get_or_create(
        made_by=senegal,
        text="Could the weekly topic be announced two weeks ahead? Our office needs the time.",
        defaults={"made_at": now - timedelta(days=2)},
    )
    LanguageDemand.objects.get_or_create(
        language="ar", user=senegal, defaults={"note": "For our partners in the region."}
    )
