"""Making a webinar known: who does what by when, and whom it reached."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from accounts.days import today
from accounts.enums import MailScope, Office
from accounts.models import Mandate, User
from accounts.services import audit, outbox
from webinars.models import PromotionTask, Webinar
from webinars.policies import promotion as policies
from webinars.policies.webinars import may_change_webinar
from webinars.services.webinars import changed, locked_webinar
from webinars.signals import Change

ASKED = "promotion_task.asked"


@transaction.atomic
def add_step(*, actor: User, webinar: int, values: Mapping[str, Any]) -> PromotionTask:
    """Add a step to the plan; the focal points of a state are told of what it is asked to do.

    Args:
        actor: Who plans.
        webinar: Its id.
        values: By name of the field, as ``StepForm`` has accepted them.

    Returns:
        The saved step.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: WEB-21, WEB-22, CDIP/30/8 paras 18-19.
    """
    found = locked_webinar(actor, webinar)
    may_change_webinar(actor, found).enforce()
    task = PromotionTask.objects.create(webinar=found, **values)
    audit.record(actor, "promotion_task.added", task)
    if task.member_state_id is not None:
        mandates = Mandate.objects.in_force(today()).filter(
            office=Office.FOCAL_POINT, member_state=task.member_state_id
        )
        told = dict.fromkeys(mandates.values_list("user", flat=True), MailScope.ACCOUNT)
        outbox.notify(told, kind=ASKED, about=task)
    return task


@transaction.atomic
def change_texts(*, actor: User, webinar: int, texts: Mapping[str, str]) -> Webinar:
    """Write the ready texts of a webinar.

    Args:
        actor: Who writes them.
        webinar: Its id.
        texts: By column, one for each language.

    Returns:
        The saved webinar.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: WEB-22, CDIP/30/8 paras 18-19.
    """
    found = locked_webinar(actor, webinar)
    may_change_webinar(actor, found).enforce()
    for column, text in texts.items():
        setattr(found, column, text)
    changed(found, Change.TEXTS)
    audit.record(actor, "webinar.promotion_worded", found)
    return found


@transaction.atomic
def drop_step(*, actor: User, task: int) -> None:
    """Take a step off the plan.

    Args:
        actor: Who takes it off.
        task: Its id; it is locked.

    Raises:
        PromotionTask.DoesNotExist: It is gone.
        PermissionDenied: ``actor`` may not; the message says why.
    """
    found = PromotionTask.objects.select_for_update(of=("self",)).select_related("webinar").get(pk=task)
    may_change_webinar(actor, found.webinar).enforce()
    audit.record(actor, "promotion_task.dropped", found)
    found.delete()


@transaction.atomic
def report_step(*, actor: User, task: int, done_on: date | None, reach: int | None, note: str) -> PromotionTask:
    """Say that a step is done, and how many people it reached.

    Args:
        actor: Who says so.
        task: Its id; it is locked.
        done_on: When it was done; None where it is not.
        reach: How many people were reached, where that is known.
        note: What else there is to say.

    Returns:
        The saved step.

    Raises:
        PromotionTask.DoesNotExist: It is gone.
        PermissionDenied: It is another state's; the message says why.

    Source: WEB-21, WEB-31, CDIP/30/8 paras 18, 21.
    """
    found = PromotionTask.objects.select_for_update(of=("self",)).select_related("webinar").get(pk=task)
    policies.may_report_step(actor, found).enforce()
    found.done_on, found.reach, found.note = done_on, reach, note
    found.save(update_fields=["done_on", "reach", "note"])
    audit.record(actor, "promotion_task.reported", found, reach=reach)
    return found
