"""Opening discussions, questions and experiences in a room."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import KeptText, SignedInRequest
from forum import policies
from forum.enums import TopicKind
from forum.forms.posts import author_of, read_version
from forum.forms.topics import FORMS, TopicForm, texts_in, turned_into, typed_in
from forum.models import Room, TopicDraft
from forum.queries.mentions import Place
from forum.queries.pages import rooms_in_order
from forum.queries.previews import preview_of
from forum.services.topic_drafts import save_topic_draft
from forum.services.topics import open_discussion
from forum.views.posts import published

NO_PLACE = 0  # the discussion that is not there yet has nobody admitted to it


def kind_in(value: str | None) -> TopicKind | None:
    """Read what kind of topic an address or a form names; None where it is none that participants open."""
    return next((kind for kind in FORMS if kind == value), None)


@require_http_methods(["GET", "POST"])
def topic_create(request: SignedInRequest, language: str) -> HttpResponse:
    """The form, its preview, its change into another kind, and opening: which of them, the pressed button says."""
    rooms = rooms_in_order(request.user)
    room = next((room for room in rooms if room.language == language), None)
    if room is None:
        raise Http404
    policies.may_open(request.user).enforce()
    others = [other for other in rooms if other != room]
    if request.method == "GET":
        return _show(request, room, *_begun(request, room, others))
    then = request.POST.get("then", "")
    kind = kind_in(request.POST.get("kind")) or TopicKind.OPEN
    if kind_in(then):
        kind = TopicKind(then)
        turned = turned_into(kind, typed_in(request.POST), language) | {"draft": request.POST.get("draft", "")}
        return _show(request, room, kind, FORMS[kind](viewer=request.user, room=room, rooms=others, initial=turned))
    form = FORMS[kind](request.POST, request.FILES, viewer=request.user, room=room, rooms=others)
    preview = None
    if form.is_valid() and then == "preview":
        preview = preview_of(request.user, Place(NO_PLACE, room.pk), form.text(language))
    elif form.is_valid():
        try:
            post = open_discussion(actor=request.user, room=language, kind=kind, **form.topic(language))
        except (PermissionDenied, ValidationError) as refusal:
            form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
        else:
            messages.success(
                request, _("It is open, under the symbol %(symbol)s.") % {"symbol": post.discussion.symbol}
            )
            return published(post, form.cleaned_data["submission_key"])
    return _show(request, room, kind, form, preview=preview)


def _begun(request: SignedInRequest, room: Room, others: list[Room]) -> tuple[TopicKind, TopicForm]:
    """Return the form as it begins: with the draft, in the kind that the address names or else the draft's."""
    draft = TopicDraft.objects.filter(user=request.user, room=room).first()
    typed: dict[str, Any] = {**draft.typed, "draft": draft.saved_at.isoformat()} if draft else {}
    kind = kind_in(request.GET.get("kind")) or kind_in(typed.get("kind")) or TopicKind.OPEN
    initial = turned_into(kind, typed, room.language)
    return kind, FORMS[kind](viewer=request.user, room=room, rooms=others, initial=initial)


def _show(request: SignedInRequest, room: Room, kind: TopicKind, form: TopicForm, **context: Any) -> HttpResponse:
    may_open = policies.may_open_in(request.user, room)
    context |= {"room": room, "kind": kind, "kinds": list(FORMS), "form": form, "may_open": may_open}
    return render(request, "forum/topic_create.html", context, status=422 if form.errors else 200)


@require_POST
def topic_draft_save(request: SignedInRequest, language: str) -> HttpResponse:
    """Save what is typed so far: for the script that does so every few seconds, and for a button."""
    is_script = not request.accepts("text/html")
    try:
        draft = _save(request, request.user, language, joins=not is_script)
    except Room.DoesNotExist:
        raise Http404 from None
    except ValidationError as refusal:
        return JsonResponse({"reason": refusal.messages[0]}, status=409)
    if is_script:
        version = draft.saved_at.isoformat() if draft else ""
        return JsonResponse({"version": version, "time": formats.time_format(timezone.localtime(), "H:i")})
    if draft is None:
        messages.info(request, _("There is nothing to save yet."))
    else:
        messages.success(request, _("Your draft is saved. You find it here."))
    return redirect("forum:topic_create", language)


def _save(request: HttpRequest, author: User, language: str, *, joins: bool) -> TopicDraft | None:
    typed = typed_in(request.POST)
    seen = read_version(request.POST.get("draft", ""))
    return save_topic_draft(author=author, room=language, typed=typed, texts=texts_in(typed), seen=seen, joins=joins)


def _keep_typed(request: HttpRequest) -> KeptText:
    """Keep what a person typed whose session is gone, where the form proves whose it is."""
    language = resolve(request.path).kwargs["language"]
    pk = author_of(request.POST.get("author", ""))
    author = User.objects.with_access().filter(pk=pk).first() if pk else None
    is_kept = False
    if author is not None and request.accepts("text/html"):
        author.has_accepted_protocol = True  # a version new meanwhile is asked for before the text is shown
        try:
            is_kept = _save(request, author, language, joins=True) is not None
        except (Room.DoesNotExist, PermissionDenied):
            is_kept = False
    return KeptText(reverse("forum:topic_create", args=[language]), is_kept)


topic_create.keep_text = _keep_typed  # type: ignore[attr-defined]
topic_draft_save.keep_text = _keep_typed  # type: ignore[attr-defined]
