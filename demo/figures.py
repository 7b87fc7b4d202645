"""Sample figures: how the forum was read in the past weeks, and the evaluation that is under way."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from forum.models import Visit
from moderation.forms.evaluations import AgreementForm
from moderation.models import Evaluation, TrafficDay
from moderation.services.evaluations import months_after

WEEKS = 8
PAGES_ON = (182, 164, 151, 139, 96, 21, 14)  # from Monday to Sunday
PAGES_IN_A_SESSION = 5


def load_figures(people: dict[str, User]) -> None:
    """Save what a forum of this size would have counted, and the first evaluation with its evaluator.

    Args:
        people: Of the sample, by e-mail address or state.
    """
    day = timezone.localdate()
    days = [day - timedelta(days=ago) for ago in range(1, 7 * WEEKS)]
    read = [(past, PAGES_ON[past.weekday()]) for past in days]
    TrafficDay.objects.bulk_create(
        [TrafficDay(day=past, page_views=pages, sessions=pages // PAGES_IN_A_SESSION) for past, pages in read],
        ignore_conflicts=True,
    )
    now = timezone.now()
    seen = ((person, now - timedelta(days=n % 40)) for n, person in enumerate(people.values()) if n % 7)
    here = [Visit(user=person, seen_at=moment) for person, moment in seen]
    Visit.objects.bulk_create(here, ignore_conflicts=True)
    if not Evaluation.objects.exists():
        begun = day - timedelta(days=7 * WEEKS)
        usual = AgreementForm.usual()
        Evaluation.objects.create(
            title="The first six months",
            starts_on=begun,
            ends_on=months_after(begun, settings.EVALUATION_MONTHS),
            criteria=usual["criteria"],
            data=usual["data"],
            agreed_by=people["secretariat@forum.example"],
            agreed_at=now - timedelta(days=7 * WEEKS + 3),
            evaluator=people["evaluator@forum.example"],
        )
