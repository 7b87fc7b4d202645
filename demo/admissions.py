"""Sample of who is to be admitted from outside, and of what is to be deleted."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import Protocol, User
from forum.enums import TopicKind
from forum.models import Discussion, Post
from moderation.enums import AdmissionState, Basis, StakeholderKind
from moderation.models import Admission, DeletionRequest


def load_admissions(people: dict[str, User]) -> None:
    """Save a request that waits for its focal point, one that waits for the Secretariat, and one to delete a post.

    Args:
        people: Those of the sample, delegates by state and others by address.
    """
    if Admission.objects.exists():
        return
    now, moderator = timezone.now(), people["moderator@forum.example"]
    kenya, senegal = people["KE"], people["SN"]
    assert kenya.member_state
    assert senegal.member_state
    protocol = Protocol.objects.order_by("version")[0]
    weekly = Discussion.objects.filter(topic__kind=TopicKind.WEEKLY).select_related("room").order_by("opened_at")
    rooms = {discussion.room.language: discussion for discussion in weekly}
    Admission.objects.create(
        discussion=rooms["en"],
        sponsor=kenya.member_state,
        drafted_by=kenya,
        full_name="Lecturer in intellectual property",
        email="lecturer@university.example",
        organization="University of Nairobi",
        kind=StakeholderKind.ACADEMIC,
        language="en",
        purpose="She has followed what became of three trainings, five years later.",
        interests="None.",
        ends_at=now + timedelta(days=7),
    )
    assessed = Admission.objects.create(
        discussion=rooms["fr"],
        sponsor=senegal.member_state,
        drafted_by=senegal,
        full_name="Directrice de programme",
        email="programme@reseau.example",
        organization="Réseau des offices de la région",
        kind=StakeholderKind.ORGANIZATION,
        language="fr",
        purpose="Le réseau mène un programme que la discussion évoque.",
        interests="Le réseau reçoit des fonds publics pour ce programme.",
        sees_earlier_posts=False,
        ends_at=now + timedelta(days=7),
        state=AdmissionState.ASSESSED,
        confirmed_at=now - timedelta(days=1),
        protocol=protocol,
        is_recommended=True,
        assessment="The network knows the programme from within; its interest is stated.",
        assessed_by=moderator,
        assessed_at=now - timedelta(hours=3),
    )
    assessed.criteria_met.set(protocol.criteria.all()[:4])
    post = Post.objects.filter(author__member_state=kenya.member_state).order_by("posted_at").first()
    if post is not None:
        DeletionRequest.objects.create(
            post=post,
            basis=Basis.NAMED,
            reason="I can be recognised by what it tells.",
            asked_by=senegal,
            asked_at=now - timedelta(days=2),
            due_at=now - timedelta(days=2) + settings.DELETION_DUE,
        )
