"""What every page's frame needs."""

from django.conf import settings
from django.http import HttpRequest

from accounts.parts import is_on


def site(request: HttpRequest) -> dict[str, object]:
    """Add the languages to choose from, which parts are switched on, and whether this is the demonstration."""
    return {
        "languages": settings.LANGUAGES,
        "demo": settings.DEMO,
        "has_forum": is_on("forum"),
        "has_webinars": is_on("webinars"),
        "first_page": settings.LOGIN_REDIRECT_URL,
    }
