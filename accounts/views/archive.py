"""Pages on which somebody downloads what is kept about them."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.again import asked_again, asked_again_to_send
from accounts.models import DataArchive
from accounts.queries.people import archive_page, ready_archive
from accounts.requests import SignedInRequest
from accounts.services.archives import request_archive


@asked_again_to_send
@require_http_methods(["GET", "POST"])
def archive_list(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        request_archive(actor=request.user)
        return redirect("accounts:archive_list")
    return render(request, "accounts/archive_list.html", {"page": archive_page(request.user)})


@require_GET
def archive_download(request: SignedInRequest, pk: int) -> FileResponse:
    """The file, for its owner alone, who has just signed in again."""
    try:
        archive = ready_archive(request.user, pk)
    except DataArchive.DoesNotExist:
        raise Http404 from None
    return _download(request, archive)


@asked_again
def _download(request: SignedInRequest, archive: DataArchive) -> FileResponse:
    try:
        file = archive.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    name = f"forum-data-{archive.ready_at:%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
