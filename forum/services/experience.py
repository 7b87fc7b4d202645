"""What people say they have experience of."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from forum import policies
from forum.models import Category, Experience, Step


@transaction.atomic
def set_experience(*, actor: User, categories: Iterable[Category], steps: Iterable[Step]) -> None:
    """Keep somebody's areas of experience, in place of those kept before.

    Args:
        actor: Whose experience it is.
        categories: Of technical assistance.
        steps: Of the assistance cycle.

    Raises:
        PermissionDenied: ``actor`` is not listed among the people; the message says why.

    Source: LIB-02, LIB-03, ACC-14.
    """
    policies.may_be_listed(actor).enforce()
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)  # one form after the other
    Experience.objects.filter(user=actor).delete()
    Experience.objects.bulk_create(
        [
            *(Experience(user=actor, category=category) for category in categories),
            *(Experience(user=actor, step=step) for step in steps),
        ]
    )
    audit.record(actor, "profile.updated", actor, fields=["experience"])
