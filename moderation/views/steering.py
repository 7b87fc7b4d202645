"""Guiding a discussion: what comes first, what goes elsewhere, who is asked to answer."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from forum.models import Discussion
from forum.policies import may_close, may_steer
from forum.services.discussions import close_discussion, reopen_discussion
from forum.services.moves import merge_discussions, move_posts, part_discussions, split_posts
from forum.views.addresses import number_in
from moderation.enums import CallState
from moderation.forms.steering import CallForm, SplitForm, TargetForm
from moderation.models import StaffCall
from moderation.queries import calls
from moderation.queries.steering import others_in_room, steering_page
from moderation.services.calls import ask_for_answers, settle_call
from moderation.services.steering import pin_discussion


@require_http_methods(["GET", "POST"])
def discussion_steer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The page from which a discussion is guided; each of its forms says by ``action`` what is to be done."""
    discussions = Discussion.objects.visible_to(request.user).select_related("topic", "room")
    discussion = get_object_or_404(discussions, pk=pk)
    may_steer(request.user).enforce()
    action = request.POST.get("action", "")
    typed = request.POST if request.method == "POST" else None
    others = others_in_room(discussion, viewer=request.user)
    shown: dict[str, forms.Form] = {
        "ask": CallForm(typed if action == "ask" else None),
        "move": TargetForm(typed if action == "move" else None, others=others, prefix="move"),
        "split": SplitForm(typed if action == "split" else None),
        "merge": TargetForm(typed if action == "merge" else None, others=others, prefix="merge"),
    }
    chosen = [pk for pk in map(number_in, request.POST.getlist("posts")) if pk]
    if typed is not None:
        try:
            if done := _done(request, discussion, action, shown.get(action), chosen):
                return done
        except Discussion.DoesNotExist:
            raise Http404 from None
        except ValidationError as refusal:
            if action in shown:
                shown[action].add_error(None, refusal)
            else:
                messages.error(request, refusal.messages[0])
    page = steering_page(discussion, viewer=request.user, after=number_in(request.GET.get("after")) or 0)
    is_wrong = any(form.errors for form in shown.values())
    context = {"page": page, "forms": shown, "chosen": chosen, "may_close": may_close(request.user)}
    return render(request, "moderation/discussion_steer.html", context, status=422 if is_wrong else 200)


def _done(
    request: SignedInRequest, discussion: Discussion, action: str, form: forms.Form | None, posts: list[int]
) -> HttpResponse | None:
    """Do what a form of the page asks for; answer None where that form is not filled in rightly."""
    if form is not None and not form.is_valid():
        return None
    typed: dict[str, Any] = form.cleaned_data if form else {}
    who: dict[str, Any] = {"actor": request.user, "source": discussion.pk}
    here = redirect("moderation:discussion_steer", discussion.pk)
    simple: dict[str, tuple[Callable[[], object], str]] = {
        "pin": (
            lambda: pin_discussion(actor=request.user, discussion=discussion.pk),
            _("It stands first in its room."),
        ),
        "unpin": (
            lambda: pin_discussion(actor=request.user, discussion=discussion.pk, is_pinned=False),
            _("It stands among the others again."),
        ),
        "close": (lambda: close_discussion(actor=request.user, discussion=discussion.pk), _("It is closed.")),
        "reopen": (lambda: reopen_discussion(actor=request.user, discussion=discussion.pk), _("It is open again.")),
    }
    if action in simple:
        do, said = simple[action]
        do()
        messages.success(request, said)
        return here
    if action == "ask":
        asked = ask_for_answers(
            actor=request.user,
            discussion=discussion.pk,
            experts=[each.pk for each in typed["experts"]],
            states=[each.pk for each in typed["states"]],
            request=typed["request"],
            due_on=typed["due_on"],
        )
        messages.success(request, ngettext("One is asked.", "%(num)d are asked.", len(asked)) % {"num": len(asked)})
        return here
    if action == "split":
        return redirect(split_posts(**who, posts=posts, **typed))
    if action == "merge":
        return redirect(merge_discussions(**who, target=typed["target"].pk))
    if action == "part":
        return redirect(part_discussions(actor=request.user, source=number_in(request.POST.get("other")) or 0))
    if action == "back":
        other = number_in(request.POST.get("other")) or 0
        moved = move_posts(actor=request.user, source=other, target=discussion.pk, posts=posts)
    elif action == "move":
        moved = move_posts(**who, target=typed["target"].pk, posts=posts)
    else:
        return None
    said = ngettext("One post is moved.", "%(num)d posts are moved.", len(moved)) % {"num": len(moved)}
    messages.success(request, said)
    return redirect(moved[0])


@require_GET
def call_list(request: SignedInRequest) -> HttpResponse:
    may_steer(request.user).enforce()
    return render(request, "moderation/call_list.html", {"calls": calls.call_list(request.user)})


@require_POST
def call_settle(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say by hand that something was answered, take it back, or ask it again."""
    state = next((state for state in CallState if state == request.POST.get("state")), None)
    if state is None:
        raise Http404
    try:
        call = settle_call(actor=request.user, call=pk, state=state)
    except StaffCall.DoesNotExist:
        raise Http404 from None
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("moderation:call_list")
    messages.success(request, f"{call.expert or call.member_state}: {call.get_state_display()}")
    return redirect("moderation:call_list")
