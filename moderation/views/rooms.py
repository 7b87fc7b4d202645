"""Rooms of further languages: demand, decisions and contracts; the desk of a room; and supervision."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from forum.models import Room
from moderation.forms.rooms import ContractForm, LanguageDemandForm, RoomDecisionForm, RoomOpenForm
from moderation.models import LanguageDemand, ProviderContract, RoomDecision
from moderation.policies import rooms as policies
from moderation.queries import rooms as queries
from moderation.services import rooms


@require_http_methods(["GET", "POST"])
def language_demand(request: SignedInRequest) -> HttpResponse:
    """Ask for a room in a language that has none."""
    policies.may_ask_for_language(request.user).enforce()
    form = LanguageDemandForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            rooms.ask_for_language(actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request, _("The Secretariat sees that you ask for it. The Committee decides on languages.")
            )
            return redirect("moderation:language_demand")
    own = LanguageDemand.objects.filter(user=request.user).values_list("language", flat=True)
    context = {"form": form, "own": [queries.named(language) for language in own]}
    return render(request, "moderation/language_demand.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def room_overview(request: SignedInRequest) -> HttpResponse:
    """Demand, decisions with their costs, and contracts; a decision is recorded with the page's form."""
    policies.may_keep_rooms(request.user).enforce()
    form = RoomDecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        rooms.record_decision(actor=request.user, decision=form.save(commit=False))
        messages.success(request, _("The decision is recorded."))
        return redirect("moderation:room_overview")
    context = {
        "demand": queries.demand(),
        "rooms": queries.optional_rooms(request.user),
        "decisions": RoomDecision.objects.select_related("room", "recorded_by"),
        "costs": queries.costs(),
        "form": form,
    }
    return render(request, "moderation/room_overview.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def room_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the room that a decision asks for."""
    policies.may_keep_rooms(request.user).enforce()
    decision = get_object_or_404(RoomDecision.objects.filter(room=None).exclude(language=""), pk=pk)
    form = RoomOpenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            opened = rooms.open_room(
                actor=request.user, decision=pk, terms=form.terms, categories=form.cleaned_data["categories"]
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The room is open: %(room)s.") % {"room": opened.name})
            return redirect("moderation:room_overview")
    context = {"form": form, "decision": decision}
    return render(request, "moderation/room_open.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def contract_create(request: SignedInRequest, language: str) -> HttpResponse:
    """Renew a room's contract, or record its successor's."""
    policies.may_keep_rooms(request.user).enforce()
    room: Room = get_object_or_404(Room.objects.filter(is_core=False), language=language)
    form = ContractForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            rooms.give_contract(actor=request.user, room=room.pk, terms=form.terms)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The contract is recorded."))
            return redirect("moderation:room_overview")
    context = {"form": form, "room": room}
    return render(request, "moderation/contract_create.html", context, status=422 if form.errors else 200)


@require_POST
def contract_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a contract with this day."""
    policies.may_keep_rooms(request.user).enforce()
    contract = get_object_or_404(ProviderContract.objects.visible_to(request.user), pk=pk)
    try:
        rooms.end_contract(actor=request.user, contract=contract.pk)
    except ProviderContract.DoesNotExist:
        messages.error(request, _("This contract does not run now."))
    else:
        messages.success(request, _("The contract ends with this day."))
    return redirect("moderation:room_overview")


@require_GET
def room_desk(request: SignedInRequest) -> HttpResponse:
    policies.may_use_room_desk(request.user).enforce()
    return render(request, "moderation/room_desk.html", {"desks": queries.room_desks(request.user)})


@require_GET
def supervision(request: SignedInRequest) -> HttpResponse:
    policies.may_supervise(request.user).enforce()
    return render(
        request,
        "moderation/supervision.html",
        {"rooms": queries.supervision(request.user), "days": settings.SUPERVISION_SHOWS.days},
    )
