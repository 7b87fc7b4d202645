"""What pages have in common that everybody may read."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page, require_safe

View = TypeVar("View", bound=Callable[..., HttpResponse])

KEPT = "public, max-age=0, s-maxage=60"  # a browser asks whether it has changed; what stands between need not


def public_page(view: View) -> View:
    """Open a page to everybody and to search engines; what a stranger gets may be kept for a minute on the way.

    Members, and whoever has a cookie, get their own. Source: WEB-07, WEB-14, CDIP/30/8 para 10.
    """

    @login_not_required
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated or request.COOKIES:
            response = view(request, *args, **kwargs)
        else:
            response = conditional_page(view)(request, *args, **kwargs)
            response.headers["Cache-Control"] = KEPT
        response.headers["X-Robots-Tag"] = "all"
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    return cast(View, answer)
