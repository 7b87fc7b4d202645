"""What a webinar still lacks before it counts as complete."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from webinars.enums import MaterialKind, QuestionState
from webinars.models import Material, Webinar

OPEN_QUESTIONS = (QuestionState.WAITING, QuestionState.VISIBLE)


def lacking(webinar: Webinar) -> list[str]:
    """Return, in sentences, what keeps a webinar from being complete: nothing where it may be.

    Source: WEB-24 to WEB-26, workflow 2.7.
    """
    shown = Material.objects.visible_to(AnonymousUser()).filter(webinar=webinar)  # not what a speaker keeps back
    kinds = set(shown.values_list("kind", flat=True))
    lacks = []
    if MaterialKind.RECORDING not in kinds and not webinar.no_recording_reason:
        lacks.append(_("No recording is published, and nothing says why there is none."))
    if MaterialKind.SLIDES not in kinds:
        lacks.append(_("No slides are published."))
    if MaterialKind.SUMMARY not in kinds:
        lacks.append(_("No summary is published."))
    if webinar.questions.unsettled().exists() or webinar.questions.filter(state__in=OPEN_QUESTIONS).exists():
        lacks.append(_("A question is still open: answer it in writing, or close it with a reason."))
    if _collects_feedback(webinar):
        lacks.append(_("Feedback is still being collected."))
    return lacks


def _collects_feedback(webinar: Webinar) -> bool:
    """Tell whether somebody who came may still say what they thought of it. Source: WEB-26, CDIP/30/8 para 12."""
    if webinar.ends_at is not None and timezone.now() >= webinar.ends_at + settings.WEBINAR_FEEDBACK_LASTS:
        return False
    came = webinar.registrations.filter(Q(attended=True) | Q(attended=None, intervals__isnull=False))
    return came.filter(feedback_receipt=None).exists()
