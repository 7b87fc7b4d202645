"""Drafts: saved as one types, listed and deleted; and whom a text can name."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import KeptText, SignedInRequest
from forum.forms.experience import PARTS, joined
from forum.forms.writing import DraftForm
from forum.models import Discussion, Draft
from forum.queries.drafts import drafts_page
from forum.queries.mentions import Place, names_to_mention
from forum.services.drafts import delete_draft, save_draft
from forum.views.posts import attach_sent, keep_text


@require_POST
def draft_save(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    """Save what is typed so far: for the script that does so every few seconds, and for a button."""
    place = get_object_or_404(Discussion.objects.visible_to(request.user), pk=pk, room__language=language)
    is_script = not request.accepts("text/html")
    typed = request.POST.copy()
    if typed.keys() & set(PARTS):
        typed["body"] = joined(typed, language)
    form = DraftForm(typed)
    if not form.is_valid():
        reason = _("This text is too long to be saved. Please divide it.")
        return _refused(request, place, reason, status=422, is_script=is_script)
    try:
        draft = save_draft(author=request.user, discussion=pk, joins=not is_script, **form.text)
    except ValidationError as refusal:
        return _refused(request, place, refusal.messages[0], status=409, is_script=is_script)
    if is_script:
        version = draft.saved_at.isoformat() if draft else ""
        return JsonResponse({"version": version, "time": formats.time_format(timezone.localtime(), "H:i")})
    _attached, refusals = attach_sent(request, request.user, pk)
    for reason in refusals:
        messages.error(request, reason)
    if draft is not None and request.POST.get("then") == "clearance":
        return redirect("forum:clearance_create", language, pk)
    if draft is not None:
        messages.success(request, _("Your draft is saved. You find it here and among your drafts."))
    return redirect(f"{reverse('forum:discussion_detail', args=[language, pk])}#write")


def _refused(request: SignedInRequest, place: Discussion, reason: str, *, status: int, is_script: bool) -> HttpResponse:
    if is_script:
        return JsonResponse({"reason": reason}, status=status)
    messages.error(request, reason)
    return redirect(f"{place.get_absolute_url()}#write")


def _keep_unless_script(request: HttpRequest) -> KeptText:
    """Keep what the button sent; the script has kept its text on the device, and sends it again every few seconds."""
    return keep_text(request) if request.accepts("text/html") else KeptText(request.path, is_kept=False)


draft_save.keep_text = _keep_unless_script  # type: ignore[attr-defined]


@require_GET
def draft_list(request: SignedInRequest) -> HttpResponse:
    return render(request, "forum/draft_list.html", {"page": drafts_page(request.user)})


@require_http_methods(["GET", "POST"])
def draft_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    drafts = Draft.objects.filter(user=request.user, discussion__in=Discussion.objects.visible_to(request.user))
    draft = get_object_or_404(drafts.select_related("discussion__topic", "discussion__room"), pk=pk)
    if request.method == "GET":
        return render(request, "forum/draft_delete.html", {"draft": draft})
    try:
        delete_draft(actor=request.user, draft=pk)
    except Draft.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The draft is deleted."))
    return redirect("forum:draft_list")


@require_GET
def mentionable_list(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    """Whom the text in a discussion's form can name, by the beginning of the name."""
    places = Discussion.objects.visible_to(request.user).filter(room__language=language)
    place = get_object_or_404(places, pk=pk)
    names = names_to_mention(request.user, Place(place.pk, place.room_id), request.GET.get("q", "")[:120])
    return JsonResponse({"names": [{"name": name, "about": about} for name, about in names]})
