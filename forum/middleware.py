"""What every page leaves behind in the forum."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from forum.services.reading import visits


class VisitMiddleware:
    """Note that somebody is here, so that the next visit finds what is new since this one. Source: FOR-15."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(request.user, User):
            visits.note(request.user.pk)
        return response
