"""What every page leaves behind in the figures."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from moderation.services.traffic import counts


class TrafficMiddleware:
    """Count the pages that are answered to people who have signed in; of whom, is not kept. Source: REP-01, REP-12."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(request.user, User) and _is_page(request, response):
            counts.note_page()
        return response


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell a page that somebody looks at from a part of one, a file, and what a browser fetches ahead."""
    return (
        request.method == "GET"
        and response.status_code == 200
        and response.headers.get("Content-Type", "").startswith("text/html")
        and "HX-Request" not in request.headers
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
    )
