"""The audit trail, to search and to take out."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import policies
from accounts.desk_forms import AuditSearchForm
from accounts.models import AuditEntry
from accounts.queries.audit import audit_page, entries_found
from accounts.requests import SignedInRequest
from accounts.services import audit

IN_ADDRESSES = ("action", "subject", "first", "last")  # names and reasons are words: they are sent, not linked to
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = ("position", "id", "at", "actor", "actor_name", "action", "subject", "reason", "facts", "hash")


@require_http_methods(["GET", "POST"])
def audit_list(request: SignedInRequest) -> HttpResponse:
    policies.may_use_desk(request.user).enforce()
    sent = request.POST if request.method == "POST" else request.GET
    data = {name: value for name, value in sent.items() if request.method == "POST" or name in IN_ADDRESSES}
    form = AuditSearchForm(data)
    before = sent.get("before", "")
    page = audit_page(form.search, int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {"form": form, "page": page, "is_first": not before}
    return render(request, "accounts/audit_list.html", context, status=422 if form.errors else 200)


@require_POST
def audit_export(request: SignedInRequest) -> HttpResponseBase:
    """Everything that a search finds, as a table or as JSON Lines, sent while it is read."""
    policies.may_use_desk(request.user).enforce()
    form = AuditSearchForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "page": audit_page(form.search), "is_first": True}
        return render(request, "accounts/audit_list.html", context, status=422)
    kind = "jsonl" if request.POST.get("format") == "jsonl" else "csv"
    search = {name: str(value) for name, value in form.cleaned_data.items() if value and name in IN_ADDRESSES}
    entries = audit.export(actor=request.user, entries=entries_found(form.search), form=kind, search=search)
    lines, content_type = WRITERS[kind]
    day = timezone.now().astimezone(UTC).strftime("%Y-%m-%d")
    return StreamingHttpResponse(
        lines(entries),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="audit-{day}.{kind}"'},
    )


def _without_formula(value: Any) -> str:
    """Write a cell that a spreadsheet shows as it is: one that would be computed begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _as_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # spreadsheets take it as a sign of UTF-8
    yield writer.writerow(COLUMNS)
    for entry in entries:
        said = audit.plain(entry)
        said["facts"] = json.dumps(said["facts"], ensure_ascii=False, sort_keys=True)
        said["actor_name"] = entry.actor.full_name if entry.actor else ""
        said["hash"] = entry.hash
        yield writer.writerow([_without_formula(said[column]) for column in COLUMNS])


def _as_json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    for entry in entries:
        yield json.dumps({**audit.plain(entry), "hash": entry.hash}, ensure_ascii=False, sort_keys=True) + "\n"


WRITERS: dict[str, tuple[Callable[[Iterable[AuditEntry]], Iterator[str]], str]] = {
    "csv": (_as_csv, "text/csv; charset=utf-8"),
    "jsonl": (_as_json_lines, "application/jsonl; charset=utf-8"),
}
