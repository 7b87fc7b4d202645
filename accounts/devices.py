"""The browsers that people sign in with: what they are called, and which are known already."""

import re
import time

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

SALT = "accounts.devices"
KNOWN_FOR = 400 * 24 * 3600  # seconds; browsers keep no cookie longer
PEOPLE_AT_MOST = 5
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def name_of(user_agent: str) -> str:
    """Return what people would call a browser.

    Args:
        user_agent: What it says of itself.
    """
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or re.sub(r"[^\w ./-]", "", user_agent)[:40].strip() or _("Unknown device")


def people_known(request: HttpRequest) -> list[int]:
    """Return the ids of those who have signed in with this browser before."""
    try:
        known: list[int] = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=KNOWN_FOR
        )
    except signing.BadSignature:
        return []
    return known


def remember(response: HttpResponse, people: list[int]) -> None:
    """Have a browser remember who has signed in with it; nobody else can read or make up what it keeps.

    Args:
        response: What is answered to the sign-in.
        people: Their ids, the latest first.
    """
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(list(dict.fromkeys(people))[:PEOPLE_AT_MOST], salt=SALT),
        max_age=KNOWN_FOR,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_fresh(moment: float) -> bool:
    """Tell whether a proof of identity is recent enough for something sensitive.

    Args:
        moment: When it was given, in seconds of the clock.
    """
    return time.time() - moment < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
