"""Telling earlier participants of a later webinar: those who agreed, each once, until they say stop."""

from collections.abc import Collection

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.models import User
from accounts.services import audit, outbox
from webinars.enums import DeliveryState, RegistrationState, WebinarState
from webinars.models import Campaign, CampaignMail, OptOut, Registration, Webinar
from webinars.policies import promotion as policies
from webinars.queries.promotion import willing
from webinars.services.webinars import locked_webinar

TOLD = "campaign_mail.told"
SALT = "webinars.later"


@transaction.atomic
def start_campaign(
    *, actor: User, webinar: int, earlier: Collection[Webinar], languages: Collection[str] = ()
) -> Campaign:
    """Have the earlier participants told who agreed to it: one mail to each address.

    Args:
        actor: Who has them told.
        webinar: The id of the one they are told of.
        earlier: Whose participants.
        languages: Those who follow webinars in one of them; none for all.

    Returns:
        The campaign; its mails are sent by the clock.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not, or not now; the message says why.
        ValidationError: There is nobody to be told.

    Source: WEB-23, CDIP/30/8 para 19.
    """
    found = locked_webinar(actor, webinar)
    policies.may_tell_earlier(actor, found).enforce()
    registrations = willing(found, earlier, languages)
    if not registrations:
        raise ValidationError(_("Nobody who agreed to it has still to be told of this webinar."), code="nobody")
    campaign = Campaign.objects.create(webinar=found, languages=list(languages), made_by=actor)
    campaign.earlier.set(earlier)
    CampaignMail.objects.bulk_create(
        CampaignMail(campaign=campaign, registration=registration, email=registration.email)
        for registration in registrations
    )
    audit.record(actor, "campaign.started", campaign, count=len(registrations))
    return campaign


def is_wanted(mail: CampaignMail) -> bool:
    """Tell whether a mail may still be sent: not against anybody's wish, nor to whom it says nothing new.

    Source: WEB-23.
    """
    registration, webinar = mail.registration, mail.campaign.webinar
    return (
        webinar.state == WebinarState.ANNOUNCED
        and registration.hears_of_later
        and registration.keep_until >= today()
        and not OptOut.objects.filter(email=mail.email).exists()
        and not webinar.registrations.exclude(state=RegistrationState.CANCELLED).filter(email=mail.email).exists()
    )


@transaction.atomic
def send_due(limit: int = 500) -> int:
    """Hand the mails of campaigns to the outbox, each once, or drop those that are no longer wanted.

    Args:
        limit: The most to deal with in one go.

    Returns:
        How many were dealt with.

    Source: WEB-23.
    """
    mails = CampaignMail.objects.filter(state=DeliveryState.SCHEDULED).order_by("pk")
    due = mails.select_for_update(of=("self",), skip_locked=True).select_related("registration", "campaign__webinar")
    count = 0
    for mail in due[:limit]:
        mail.state = DeliveryState.SENT if is_wanted(mail) else DeliveryState.DROPPED
        mail.settled_at = timezone.now()
        mail.save(update_fields=["state", "settled_at"])
        if mail.state == DeliveryState.SENT:
            outbox.notify_address(mail.email, language=mail.registration.language, kind=TOLD, about=mail)
        count += 1
    return count


# --- Saying stop ------------------------------------------------------------------------------------


def stop_address(mail: CampaignMail) -> str:
    """Return the address that ends this mail for whoever has got it, without signing in (RFC 8058)."""
    token = signing.dumps(mail.pk, salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('webinars:later_stop', args=[token])}"


def mail_of(token: str) -> CampaignMail:
    """Return the mail that a token of ``stop_address`` came with.

    Raises:
        CampaignMail.DoesNotExist: The token is not one of ours, or the mail is forgotten.
    """
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise CampaignMail.DoesNotExist from error
    return CampaignMail.objects.select_related("registration").get(pk=pk)


@transaction.atomic
def opt_out(mail: CampaignMail) -> None:
    """End mail about later webinars to one address, at once and whatever it agreed to; done again, nothing changes.

    Source: WEB-23, CDIP/30/8 para 19.
    """
    OptOut.objects.get_or_create(email=mail.email)
    Registration.objects.filter(email=mail.email, hears_of_later=True).update(hears_of_later=False)
    waiting = CampaignMail.objects.filter(email=mail.email, state=DeliveryState.SCHEDULED)
    waiting.update(state=DeliveryState.DROPPED, settled_at=timezone.now())
    audit.record(None, "campaign_mail.stopped", mail)
