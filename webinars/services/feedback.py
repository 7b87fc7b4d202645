"""Feedback of participants and experts, kept so that nobody can tell whose it is; and topics they suggest."""

import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.models import User
from accounts.services import audit, outbox
from webinars.models import (
    Engagement,
    ExpertFeedback,
    Feedback,
    FeedbackReceipt,
    Registration,
    TopicSuggestion,
    Webinar,
)
from webinars.models.webinars import ENDED
from webinars.policies import feedback as policies
from webinars.queries.attendance import has_attended

SALT = "webinars.expert_feedback"
EXPERT_ASKED = "expert.feedback_asked"
ID_BITS = 53  # what any program reads back exactly


@transaction.atomic
def give_feedback(
    *, registration: Registration, language: str, suggestions: Collection[str], values: Mapping[str, Any]
) -> None:
    """Keep what somebody thought of a webinar, apart from who it was.

    The receipt says only that they did; ids are random and the day stands without the hour, so that no order tells
    whose the words are. Nothing of it is in the audit trail for the same reason.

    Args:
        registration: Whose feedback it is.
        language: In which it is written.
        suggestions: Topics for later.
        values: By name of the field, as ``FeedbackForm`` has accepted them.

    Raises:
        PermissionDenied: They did not come, or it is not asked for now; the message says why.
        ValidationError: They gave theirs already.

    Source: WEB-26, CDIP/30/8 para 12.
    """
    policies.may_give_feedback(registration, has_attended=has_attended(registration)).enforce()
    try:
        with transaction.atomic():
            FeedbackReceipt.objects.create(registration=registration)
    except IntegrityError as error:
        raise ValidationError(_("You have given your feedback on this webinar already."), code="twice") from error
    Feedback.objects.create(
        pk=secrets.randbits(ID_BITS), webinar=registration.webinar, language=language, given_on=today(), **values
    )
    _keep_suggestions(registration.webinar, language, suggestions, from_expert=False)


def _keep_suggestions(webinar: Webinar, language: str, suggestions: Collection[str], *, from_expert: bool) -> None:
    for text in dict.fromkeys(suggestions):
        TopicSuggestion.objects.create(
            pk=secrets.randbits(ID_BITS),
            webinar=webinar,
            language=language,
            text=text,
            from_expert=from_expert,
            suggested_on=today(),
        )


# --- Experts ----------------------------------------------------------------------------------------


def token_of(expert: Engagement) -> str:
    """Return what the personal link of an expert's feedback holds."""
    return signing.dumps(expert.pk, salt=SALT)


def feedback_address(expert: Engagement) -> str:
    """Return the address of an expert's feedback, as mail gives it."""
    return f"{settings.PUBLIC_URL}{reverse('webinars:expert_feedback', args=[token_of(expert)])}"


def expert_of(token: str) -> Engagement:
    """Return whose feedback a personal link leads to.

    Raises:
        Engagement.DoesNotExist: The link is not one of ours, or the expert was removed.
    """
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise Engagement.DoesNotExist from error
    found: Engagement = Engagement.objects.select_related("webinar").get(pk=pk)
    return found


@transaction.atomic
def give_expert_feedback(
    *, expert: Engagement, language: str, suggestions: Collection[str], values: Mapping[str, Any]
) -> ExpertFeedback:
    """Keep what an expert thought of a webinar; said again, the later word counts.

    Args:
        expert: Who says so.
        language: In which it is written.
        suggestions: Topics for later.
        values: By name of the field, as ``ExpertFeedbackForm`` has accepted them.

    Returns:
        The saved feedback.

    Raises:
        PermissionDenied: It is not asked for now; the message says why.

    Source: WEB-26, CDIP/30/8 para 12.
    """
    policies.takes_feedback(expert.webinar).enforce()
    given, _new = ExpertFeedback.objects.update_or_create(
        engagement=expert, defaults={**values, "given_at": timezone.now()}
    )
    known = set(expert.webinar.suggestions.filter(from_expert=True).values_list("text", flat=True))
    _keep_suggestions(expert.webinar, language, [text for text in suggestions if text not in known], from_expert=True)
    audit.record(None, "expert.gave_feedback", given, webinar=expert.webinar_id)
    return given


def ask_experts() -> int:
    """Ask the experts of webinars held yesterday or in the days before for their feedback, each once.

    Returns:
        How many of them have been asked by now.

    Source: WEB-26, CDIP/30/8 para 12.
    """
    now = timezone.now()
    over = Webinar.objects.filter(
        state__in=ENDED,
        ends_at__lte=now - timedelta(days=1),
        ends_at__gt=now - settings.WEBINAR_FEEDBACK_LASTS,
    )
    experts = Engagement.objects.filter(webinar__in=over, feedback=None).exclude(email="")
    for expert in experts:
        outbox.notify_address(expert.email, language=expert.language, kind=EXPERT_ASKED, about=expert)
    return len(experts)


# --- What is shown ----------------------------------------------------------------------------------


@transaction.atomic
def show_feedback(*, actor: User, webinar: Webinar, opinions: Collection[int], suggestions: Collection[int]) -> None:
    """Say which opinions and which suggested topics members may read; the others are kept back.

    Args:
        actor: Who decides.
        webinar: Which the feedback is on.
        opinions: The ids of the feedback whose words are shown.
        suggestions: The ids of the topics that are shown.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.

    Source: WEB-26, CDIP/30/8 para 12.
    """
    policies.may_moderate_feedback(actor).enforce()
    locked = Webinar.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=webinar.pk)
    locked.feedback.update(is_shown=False)
    shown = locked.feedback.filter(pk__in=opinions).exclude(opinion="").update(is_shown=True)
    locked.suggestions.exclude(pk__in=suggestions).update(accepted_at=None)
    locked.suggestions.filter(pk__in=suggestions, accepted_at=None).update(accepted_at=timezone.now())
    audit.record(actor, "feedback.moderated", locked, opinions=shown, suggestions=len(suggestions))
