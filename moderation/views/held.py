"""Posts that a moderator reads before they are shown."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.requests import SignedInRequest
from forum.models import Post, Room
from forum.policies import may_hold, may_judge, may_reword_held
from forum.services.holds import hold_person, hold_room, reword_held, version_of
from forum.views.addresses import number_in
from moderation.forms.steering import HeldWordingForm, HoldPersonForm, ReasonForm, SuggestionForm
from moderation.queries.steering import HeldPage, held_list, held_page, held_places
from moderation.services.suggestions import (
    answer_suggestion,
    decline_held,
    restore_wording,
    show_held,
    suggest_wording,
    wait_again,
)


@require_GET
def held_post_list(request: SignedInRequest) -> HttpResponse:
    """The posts that wait: all of the rooms that one guides, or one's own."""
    return render(request, "moderation/held_post_list.html", {"page": held_list(request.user)})


@require_http_methods(["GET", "POST"])
def held_post_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A held post, for its author and who guides the room; each form says by ``action`` what is to be done."""
    try:
        page = held_page(request.user, pk)
    except Post.DoesNotExist:
        raise Http404 from None
    action = request.POST.get("action", "")
    typed = request.POST if request.method == "POST" else None
    shown: dict[str, forms.Form] = {
        "suggest": SuggestionForm(typed if action == "suggest" else None),
        "decline": ReasonForm(typed if action == "decline" else None, prefix="decline"),
        "reword": HeldWordingForm(typed if action == "reword" else None, initial={"body": _wording(page)}),
    }
    if typed is not None:
        form = shown.get(action)
        try:
            if form is None or form.is_valid():
                _act(request, page, action, form.cleaned_data if form else {})
                return redirect("moderation:held_post_detail", pk)
        except (PermissionDenied, ValidationError) as refusal:
            reason = refusal.messages[0] if isinstance(refusal, ValidationError) else str(refusal)
            if form is None:
                messages.error(request, reason)
                return redirect("moderation:held_post_detail", pk)
            form.add_error(None, reason)
    context = {
        "page": page,
        "forms": shown,
        "version": version_of(page.post),
        "may_judge": may_judge(request.user, page.post),
        "may_reword": may_reword_held(request.user, page.post),
    }
    is_wrong = any(form.errors for form in shown.values())
    return render(request, "moderation/held_post_detail.html", context, status=422 if is_wrong else 200)


def _wording(page: HeldPage) -> str:
    """Return what an author begins from: the suggested words, where there are any, else the own ones."""
    return page.open.body if page.open and page.open.body and page.open.state == "sent" else page.post.body


def _act(request: SignedInRequest, page: HeldPage, action: str, typed: dict[str, str]) -> None:
    actor, pk = request.user, page.post.pk
    if action == "show":
        show_held(actor=actor, post=pk, version=request.POST.get("version", "-"))
        messages.success(request, _("The post is shown, and those whom it concerns are being told."))
    elif action == "decline":
        decline_held(actor=actor, post=pk, **typed)
        messages.success(request, _("The post is not shown. Its author is told why."))
    elif action == "suggest":
        suggest_wording(actor=actor, post=pk, **typed)
        messages.success(request, _("The author is told what you suggest."))
    elif action == "wait":
        wait_again(actor=actor, post=pk)
        messages.success(request, _("It waits to be read again."))
    elif action == "reword":
        if page.open is not None:
            answer_suggestion(actor=actor, suggestion=page.open.pk, body=typed["body"])
        else:
            reword_held(actor=actor, post=pk, body=typed["body"])
        messages.success(request, _("Your post is handed in again. You will be told of the decision."))
    elif action == "restore":
        suggestion = number_in(request.POST.get("suggestion"))
        if suggestion not in [each.pk for each in page.suggestions]:
            raise Http404
        restore_wording(actor=actor, suggestion=suggestion)
        messages.success(request, _("The post has its first words again."))


@require_http_methods(["GET", "POST"])
def hold_list(request: SignedInRequest) -> HttpResponse:
    """In which rooms, and of whom, posts are read before they are shown."""
    may_hold(request.user).enforce()
    action = request.POST.get("action", "")
    form = HoldPersonForm(request.POST if action == "hold" else None)
    try:
        if action == "room":
            room = hold_room(
                actor=request.user,
                room=number_in(request.POST.get("room")) or 0,
                holds=request.POST.get("holds") == "1",
            )
            said = _("Posts in this room are read before they are shown: %(room)s.")
            messages.success(
                request, (said if room.holds_posts else _("Posts are shown at once: %(room)s.")) % {"room": room}
            )
            return redirect("moderation:hold_list")
        if action == "release":
            hold_person(actor=request.user, person=number_in(request.POST.get("person")) or 0, until=None)
            return redirect("moderation:hold_list")
        if form.is_valid():
            hold_person(actor=request.user, person=form.cleaned_data["person"].pk, until=_end_of(form))
            messages.success(request, _("This person’s posts are read before they are shown, until that day."))
            return redirect("moderation:hold_list")
    except (Room.DoesNotExist, User.DoesNotExist):
        raise Http404 from None
    except ValidationError as refusal:
        form.add_error(None, refusal)
    rooms, people = held_places()
    context = {"form": form, "rooms": rooms, "people": people}
    return render(request, "moderation/hold_list.html", context, status=422 if form.errors else 200)


def _end_of(form: HoldPersonForm) -> datetime:
    """Return the moment at which the chosen day ends in Geneva."""
    midnight = datetime.combine(form.cleaned_data["until"] + timedelta(days=1), time())
    return timezone.make_aware(midnight, timezone.get_default_timezone())
