"""The experts at webinars, and whether they agree to the recording."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit, outbox
from webinars.models import Engagement
from webinars.policies import webinars as policies
from webinars.services.webinars import locked_webinar

CONSENT_ASKED = "expert.consent_asked"
ANSWERS = ("consents_to_recording", "consented_at")


@transaction.atomic
def add_expert(*, actor: User, webinar: int, values: Mapping[str, Any]) -> Engagement:
    """Name an expert of a webinar.

    Args:
        actor: Who does.
        webinar: Its id.
        values: By name of the field, as ``ExpertForm`` has accepted them.

    Returns:
        The saved row.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: WEB-16, WEB-17, CDIP/30/8 paras 11, 13.
    """
    found = locked_webinar(actor, webinar)
    policies.may_change_webinar(actor, found).enforce()
    expert = Engagement(webinar=found, position=found.engagements.count(), **values)
    _note_answer(expert, None)
    expert.save()
    audit.record(actor, "expert.added", expert, webinar=found.pk)
    return expert


@transaction.atomic
def change_expert(*, actor: User, expert: int, values: Mapping[str, Any]) -> Engagement:
    """Change what is kept of an expert; a link sent to another address ends.

    Args:
        actor: Who does.
        expert: The row's id.
        values: By name of the field, as ``ExpertForm`` has accepted them.

    Returns:
        The saved row.

    Raises:
        Engagement.DoesNotExist: There is none such.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: WEB-16, WEB-17.
    """
    found = _locked(actor, expert)
    before, address = found.consents_to_recording, found.email
    for name, value in values.items():
        setattr(found, name, value)
    _note_answer(found, before)
    if found.email != address:
        found.token_hash = ""
    found.save()
    audit.record(actor, "expert.changed", found, webinar=found.webinar_id, consents=found.consents_to_recording)
    return found


@transaction.atomic
def remove_expert(*, actor: User, expert: int) -> Engagement:
    """Take an expert off a webinar that has not begun.

    Raises:
        Engagement.DoesNotExist: There is none such.
        PermissionDenied: ``actor`` may not, or the webinar has begun; the message says why.
    """
    found = _locked(actor, expert)
    policies.may_set_time(actor, found.webinar).enforce()
    audit.record(actor, "expert.removed", found, webinar=found.webinar_id)
    found.delete()
    return found


@transaction.atomic
def ask_consent(*, actor: User, expert: int) -> Engagement:
    """Write to an expert with a personal link, to say whether the recording may be shown.

    Args:
        actor: Who asks.
        expert: The row's id.

    Returns:
        The saved row.

    Raises:
        Engagement.DoesNotExist: There is none such.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: We have no address of theirs.

    Source: WEB-24, workflow 2.7.
    """
    found = _locked(actor, expert)
    if not found.email:
        raise ValidationError(_("There is no e-mail address to write to."), code="no_address")
    found.token_hash = hash_of(_token(found, settings.SECRET_KEY))
    found.save(update_fields=["token_hash"])
    event = audit.record(actor, CONSENT_ASKED, found, webinar=found.webinar_id)
    outbox.notify_address(found.email, language=found.language, kind=CONSENT_ASKED, about=event)
    return found


@transaction.atomic
def answer_consent(*, token: str, agrees: bool) -> Engagement:
    """Keep what an expert answers through the personal link; it can be changed at any time.

    Args:
        token: From the link.
        agrees: To the recording and what is made of it.

    Returns:
        The saved row.

    Raises:
        Engagement.DoesNotExist: The link leads nowhere any more.

    Source: WEB-24.
    """
    found = Engagement.objects.select_for_update().get(pk=expert_of(token).pk)
    before, found.consents_to_recording = found.consents_to_recording, agrees
    _note_answer(found, before)
    found.save(update_fields=ANSWERS)
    audit.record(None, "expert.answered", found, webinar=found.webinar_id, consents=agrees)
    return found


def expert_of(token: str) -> Engagement:
    """Return whose personal link has ``token``.

    Raises:
        Engagement.DoesNotExist: Nobody's.
    """
    found: Engagement = Engagement.objects.select_related("webinar").get(token_hash=hash_of(token))
    return found


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(expert: Engagement) -> str | None:
    """Return the token of an expert's link; None where none was made, or its secret key is gone."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _token(expert, key)
        if constant_time_compare(hash_of(token), expert.token_hash):
            return token
    return None


def _token(expert: Engagement, key: str) -> str:
    return salted_hmac("webinars.expert", f"{expert.pk}:{expert.email}", secret=key, algorithm="sha256").hexdigest()


def _locked(actor: User, expert: int) -> Engagement:
    """Return an expert's row and its webinar, locked, where ``actor`` may change them."""
    found: Engagement = Engagement.objects.select_related("webinar").select_for_update().get(pk=expert)
    policies.may_change_webinar(actor, found.webinar).enforce()
    return found


def _note_answer(expert: Engagement, before: bool | None) -> None:
    if expert.consents_to_recording != before:
        expert.consented_at = None if expert.consents_to_recording is None else timezone.now()
