"""Files of posts and entries: their bytes, and the list of those that wait to be published."""

from contextlib import suppress
from uuid import UUID

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from forum.forms.posts import PostForm
from forum.models import Attachment
from forum.queries.pages import discussion_page
from forum.services.attachments import remove_attachment
from forum.views.discussions import discussion_or_404, render_discussion
from forum.views.posts import attach_sent, keep_text

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Content-Encoding": "identity",  # what is packed already is not packed again
}


@require_GET
def attachment_detail(request: SignedInRequest, key: UUID) -> FileResponse:
    """The file itself, to download."""
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), key=key)
    return _answer(attachment.file, attachment.name, attachment.content_type, is_download=True)


@require_GET
def attachment_preview(request: SignedInRequest, key: UUID) -> FileResponse:
    """The small picture of one, to show."""
    pictures = Attachment.objects.visible_to(request.user).exclude(preview="")
    attachment = get_object_or_404(pictures, key=key)
    return _answer(attachment.preview, "preview.webp", "image/webp", is_download=False)


def _answer(stored: FieldFile, name: str, content_type: str, *, is_download: bool) -> FileResponse:
    try:
        file = stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, as_attachment=is_download, filename=name, content_type=content_type, headers=HEADERS)


@require_POST
def attachment_create(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    discussion_or_404(request, language, pk)
    _attached, refusals = attach_sent(request, request.user, pk)
    return _render_files(request, language, pk, refusals)


attachment_create.keep_text = keep_text  # type: ignore[attr-defined]


@require_POST
def attachment_remove(request: SignedInRequest, language: str, pk: int, key: UUID) -> HttpResponse:
    discussion_or_404(request, language, pk)
    with suppress(Attachment.DoesNotExist):  # it is gone already, which is what was wanted
        remove_attachment(actor=request.user, key=key)
    return _render_files(request, language, pk, [])


attachment_remove.keep_text = keep_text  # type: ignore[attr-defined]


def _render_files(request: SignedInRequest, language: str, pk: int, refusals: list[str]) -> HttpResponse:
    """Answer with the region alone to scripts, else with the whole page, around what was typed."""
    form = PostForm(viewer=request.user, initial=request.POST.dict())
    form.refusals = refusals
    status = 422 if refusals else 200
    page = discussion_page(discussion_or_404(request, language, pk), viewer=request.user)
    if request.htmx:
        context = {"page": page, "form": form}
        return render(request, "forum/partials/write_attachments.html", context)
    return render_discussion(request, page, form, status=status)
