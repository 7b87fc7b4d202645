"""What every page's frame needs."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Add the languages to choose from, and whether this is the demonstration."""
    return {"languages": settings.LANGUAGES, "demo": settings.DEMO}
