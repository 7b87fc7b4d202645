"""The codes of the sample accounts' authenticator apps, for the demonstration's sign-in page."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django import template
from django.conf import settings
from django.http import HttpRequest

from accounts.factors import LAST_STEP
from demo.people import totp_secret_of

register = template.Library()


@register.simple_tag
def sample_code(request: HttpRequest) -> str:
    """Return the code that the app of a sample account shows, or its next one; empty where there is none now."""
    stage = getattr(request, "_login_stage", None)
    person = stage.login.user if settings.DEMO and stage else None
    secret = totp_secret_of(person.email) if person else None
    factor = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first() if secret else None
    if secret is None or factor is None:
        return ""
    now = int(time.time()) // 30
    step = max(now, factor.data.get(LAST_STEP, 0) + 1)
    return format_hotp_value(hotp_value(secret, step)) if step <= now + 1 else ""
