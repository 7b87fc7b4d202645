"""What moderation keeps of one person, for that person's own archive."""

from accounts.models import User
from moderation.enums import CaseState
from moderation.models import Case, Complaint, LanguageDemand, Report, Sanction


def gather(person: User) -> dict[str, object]:
    """Return what a person reported, appealed and complained of, and what was decided about them, as files by path.

    Who reported their posts stays unnamed, and so do those who decided.

    Args:
        person: Whose they are.
    """
    decided = Case.objects.filter(post__author=person, state=CaseState.DECIDED)
    return {
        "moderation/reports.json": list(
            Report.objects.filter(reporter=person).values("case__post", "reason", "text", "reported_at")
        ),
        "moderation/decisions.json": list(decided.values("post", "outcome", "reason", "decided_at", "ends_at")),
        "moderation/sanctions.json": list(
            Sanction.objects.filter(user=person).values("kind", "reason", "starts_at", "ends_at", "lifted_at")
        ),
        "moderation/appeals.json": list(
            person.appeals.values("case__post", "text", "made_at", "state", "answer", "decided_at")
        ),
        "moderation/complaints.json": list(
            Complaint.objects.filter(made_by=person).values("text", "made_at", "answer", "answered_at")
        ),
        "moderation/languages.json": list(
            LanguageDemand.objects.filter(user=person).values("language", "note", "created_at")
        ),
    }
