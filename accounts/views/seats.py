"""The page on which a seat is handed over."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import policies
from accounts.again import asked_again_to_send
from accounts.forms import HandoverForm
from accounts.models import MemberState
from accounts.queries.seats import handovers_of, people_of, states_to_choose
from accounts.requests import SignedInRequest
from accounts.services.seats import hand_over_seat


@require_http_methods(["GET", "POST"])
def seat_handover(request: SignedInRequest) -> HttpResponse:
    """For a focal point the seats of the own delegation; for the Secretariat those of the state asked for."""
    policies.may_hand_over_seats(request.user).enforce()
    return _choose_and_hand_over(request)


@asked_again_to_send
def _choose_and_hand_over(request: SignedInRequest) -> HttpResponse:
    state = _state(request)
    if state is None:
        return render(request, "accounts/seat_handover.html", {"states": states_to_choose()})
    people = people_of(state)
    asked = request.GET.get("predecessor", "")
    form = HandoverForm(
        request.POST if request.method == "POST" else None, people=people, initial={"predecessor": asked}
    )
    if form.is_valid() and _hand_over(request, form):
        return redirect(f"{reverse('accounts:seat_handover')}?state={state.pk}")
    context = {"form": form, "state": state, "people": people, "history": handovers_of(state)}
    return render(request, "accounts/seat_handover.html", context, status=422 if form.errors else 200)


def _state(request: SignedInRequest) -> MemberState | None:
    if not request.user.is_staff:
        return get_object_or_404(MemberState, pk=request.user.member_state_id)
    asked = request.POST.get("state") or request.GET.get("state", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return None
    return get_object_or_404(MemberState, pk=int(asked))


def _hand_over(request: SignedInRequest, form: HandoverForm) -> bool:
    try:
        hand_over_seat(actor=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The seat is handed over."))
    return True
