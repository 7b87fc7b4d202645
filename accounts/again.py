"""Asking once more who somebody is, before what cannot be left to an open browser."""

from collections.abc import Callable
from typing import TypeVar, cast

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def asked_again_to_send(view: View) -> View:
    """Have a view ask for the password, or what stands for it, where a form is sent to it; then it goes on."""
    return cast(View, reauthentication_required(view, allow_get=True))


def asked_again(view: View) -> View:
    """Have a view ask for the password, or what stands for it, whenever it was not given just now."""
    return cast(View, reauthentication_required(view))
