"""Discussions as documents."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.requests import SignedInRequest
from forum import policies
from forum.enums import RecordFormat
from forum.forms.records import RecordForm
from forum.models import Record, Topic
from forum.queries.pages import records_of
from forum.queries.rows import sister_discussions
from forum.services.records import ask_record

CONTENT_TYPES = {
    RecordFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    RecordFormat.PDF: "application/pdf",
}


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def record_list(request: SignedInRequest, year: int, number: int) -> HttpResponse:
    """Choose a document, and find those that are ready."""
    topic = get_object_or_404(Topic.objects.visible_to(request.user), year=year, number=number)
    policies.may_take_record(request.user).enforce()
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        sisters=sister_discussions(request.user, topic.pk),
        initial={"discussion": request.GET.get("discussion", "")},
    )
    if form.is_valid():
        ask_record(actor=request.user, topic=topic, **form.wanted)
        return redirect("forum:record_list", year, number)
    context = {"topic": topic, "form": form, "records": records_of(topic, viewer=request.user)}
    if request.htmx:
        return render(request, "forum/partials/records.html", context)
    return render(request, "forum/record_list.html", context, status=422 if form.errors else 200)


@require_GET
def record_download(request: SignedInRequest, pk: int) -> FileResponse:
    """The file, for who asked for it and may still see what it holds."""
    ready = Record.objects.visible_to(request.user).ready(timezone.now()).select_related("topic", "discussion__room")
    record = get_object_or_404(ready, pk=pk)
    try:
        file = record.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    symbol = record.discussion.symbol if record.discussion else record.topic.symbol
    name = f"{symbol.replace('/', '-')}-{record.language}.{record.file_format}"
    content_type = CONTENT_TYPES[RecordFormat(record.file_format)]
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
