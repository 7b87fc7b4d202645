"""Pages of the library of practices."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import KeptText, SignedInRequest
from forum import policies
from forum.enums import EntryState, Resource
from forum.exports.library import Listed, sheet
from forum.exports.lists import WRITERS
from forum.forms.entries import (
    EntryDecisionForm,
    EntryForm,
    EntryPermissionForm,
    EntrySearchForm,
    EntryWithdrawalForm,
)
from forum.forms.posts import author_of
from forum.models import EntryPermission, LibraryEntry, Post
from forum.queries.library import EntryPage, begun_from, entry_page, exported_entries, library_page, waiting_page
from forum.services.library import (
    answer_permission,
    change_entry,
    create_entry,
    decide_entry,
    keep_documents,
    propose_entry,
    record_export,
    review_entry,
    withdraw_entry,
)
from forum.views.addresses import number_in

# --- Reading ----------------------------------------------------------------------------------------


def _or_404(request: SignedInRequest) -> None:
    if not policies.may_read_library(request.user):
        raise Http404


@require_GET
def entry_list(request: SignedInRequest) -> HttpResponse:
    _or_404(request)
    form = EntrySearchForm(request.GET)
    page = library_page(request.user, form.wanted, after=form.cleaned_data.get("after"))
    addresses = settings.LIBRARY_LINKS
    links = [(resource.label, addresses[resource]) for resource in Resource if addresses.get(resource)]
    return render(request, "forum/entry_list.html", {"page": page, "form": form, "links": links})


@require_GET
def entry_export(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """The entries of a list as a file."""
    _or_404(request)
    if kind not in WRITERS:
        raise Http404
    wanted = EntrySearchForm(request.GET).wanted
    page = library_page(request.user, wanted)
    narrowed = [(facet.label, facet.chosen.label) for facet in page.facets if facet.chosen]
    if wanted.words:
        narrowed.append((_("Words"), wanted.words))
    entries = exported_entries(request.user, wanted, settings.LIBRARY_EXPORT_ROWS).iterator(chunk_size=500)
    held = min(page.total, settings.LIBRARY_EXPORT_ROWS)
    record_export(actor=request.user, kind=kind, query=page.wanted.without_words, entries=held)
    write, content_type = WRITERS[kind]
    file = write(sheet(Listed(entries, narrowed, page.total, request.user)))
    name = f"library-{timezone.localdate():%Y-%m-%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


@require_GET
def entry_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _render_entry(request, _page_or_404(request, pk))


def _page_or_404(request: SignedInRequest, pk: int) -> EntryPage:
    try:
        return entry_page(request.user, pk)
    except LibraryEntry.DoesNotExist:
        raise Http404 from None


def _render_entry(request: SignedInRequest, page: EntryPage, form: EntryDecisionForm | None = None) -> HttpResponse:
    form_shown = form or EntryDecisionForm(initial={"version": page.entry.version})
    context = {"page": page, "entry": page.entry, "form": form_shown}
    return render(request, "forum/entry_detail.html", context, status=422 if form else 200)


@require_GET
def entry_waiting(request: SignedInRequest) -> HttpResponse:
    """One's own entries, and those that wait for one's word."""
    _or_404(request)
    return render(request, "forum/entry_waiting.html", {"page": waiting_page(request.user)})


# --- Writing ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def entry_create(request: SignedInRequest) -> HttpResponse:
    _or_404(request)
    post = _post_or_404(request)
    if post is not None:
        begun = LibraryEntry.objects.visible_to(request.user).filter(post=post).first()
        if begun is not None:
            return redirect(begun)
    policies.may_begin_entry(request.user, post).enforce()
    if request.method == "GET":
        form = EntryForm(viewer=request.user, initial=begun_from(post) if post else {})
        return _render_form(request, form, post=post)
    form = EntryForm(request.POST, request.FILES, viewer=request.user, propose=_is_proposed(request))
    if form.is_valid():
        try:
            entry = create_entry(
                actor=request.user,
                values=form.values,
                submission_key=form.cleaned_data["submission_key"] or uuid.uuid4(),
                post=post.pk if post else None,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _keep_further(request, entry, form)
    return _render_form(request, form, post=post, status=422)


def _post_or_404(request: SignedInRequest) -> Post | None:
    """Return the contribution that an address names as what an entry is made from."""
    if "post" not in request.GET:
        return None
    posts = Post.objects.visible_to(request.user).select_related("discussion__topic", "discussion__room")
    return get_object_or_404(posts, pk=number_in(request.GET["post"]))


def _is_proposed(request: HttpRequest) -> bool:
    return request.POST.get("then") == "propose"


@require_http_methods(["GET", "POST"])
def entry_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    entries = LibraryEntry.objects.visible_to(request.user).select_related("post__discussion__topic")
    entry = get_object_or_404(entries, pk=pk)
    policies.may_change_entry(request.user, entry).enforce()
    if request.method == "GET":
        return _render_form(request, EntryForm(instance=entry, viewer=request.user), entry=entry)
    is_complete = _is_proposed(request) or entry.state != EntryState.DRAFT
    form = EntryForm(request.POST, request.FILES, instance=entry, viewer=request.user, propose=is_complete)
    if form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            entry = change_entry(actor=request.user, entry=pk, version=version, values=form.values)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _keep_further(request, entry, form)
    entry = get_object_or_404(entries, pk=pk)
    form.data = _typed_for(request, entry)
    return _render_form(request, form, entry=entry, status=422)


def _keep_further(request: SignedInRequest, entry: LibraryEntry, form: EntryForm) -> HttpResponse:
    """Keep the documents that came with a form, and propose the entry where that was asked for."""
    refusals = keep_documents(
        actor=request.user,
        entry=entry.pk,
        uploads=form.cleaned_data["files"],
        discarded=form.cleaned_data["discarded"],
    )
    if refusals:
        for refusal in refusals:
            messages.error(request, refusal)
        messages.warning(request, _("The entry is saved, without these files."))
        return redirect("forum:entry_edit", entry.pk)
    if not _is_proposed(request):
        messages.success(request, _("The entry is saved."))
    else:
        propose_entry(actor=request.user, entry=entry.pk)
        messages.success(request, _("The entry is proposed. You will be told what becomes of it."))
    return redirect(entry)


def _render_form(
    request: SignedInRequest,
    form: EntryForm,
    *,
    entry: LibraryEntry | None = None,
    post: Post | None = None,
    status: int = 200,
) -> HttpResponse:
    documents = entry.attachments.all() if entry else []
    context = {"form": form, "entry": entry, "post": post or (entry and entry.post), "documents": documents}
    return render(request, "forum/entry_edit.html", context, status=status)


def _keep_text(request: HttpRequest) -> KeptText:
    """Keep what a person typed whose session is gone as an unfinished entry, or in the one it was typed for."""
    match = resolve(request.path)
    pk = match.kwargs.get("pk")
    back_to = request.get_full_path()
    number = author_of(request.POST.get("author", ""))
    writer = User.objects.with_access().filter(pk=number).first() if number else None
    if writer is None:
        return KeptText(back_to, is_kept=False)
    writer.has_accepted_protocol = True  # a version new meanwhile is asked for before the text is shown
    entry = LibraryEntry.objects.visible_to(writer).filter(pk=pk, state=EntryState.DRAFT).first() if pk else None
    form = EntryForm(request.POST, instance=entry, viewer=writer)
    if not form.is_valid() or (pk and entry is None):
        return KeptText(back_to, is_kept=False)
    try:
        kept = _keep(writer, form, entry, request.GET.get("post"))
        keep_documents(actor=writer, entry=kept.pk, uploads=request.FILES.getlist("files"))
    except (PermissionDenied, ValidationError, Post.DoesNotExist):
        return KeptText(back_to, is_kept=False)
    return KeptText(reverse("forum:entry_edit", args=[kept.pk]), is_kept=True)


def _keep(writer: User, form: EntryForm, entry: LibraryEntry | None, post: str | None) -> LibraryEntry:
    if entry is not None:
        version = form.cleaned_data["version"] or 0
        return change_entry(actor=writer, entry=entry.pk, version=version, values=form.values)
    key = form.cleaned_data["submission_key"] or uuid.uuid4()
    return create_entry(actor=writer, values=form.values, submission_key=key, post=number_in(post))


entry_create.keep_text = entry_edit.keep_text = _keep_text  # type: ignore[attr-defined]


# --- Deciding ---------------------------------------------------------------------------------------


@require_POST
def entry_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    page.may_decide.enforce()
    form = EntryDecisionForm(request.POST)
    if form.is_valid():
        try:
            decided = decide_entry(
                actor=request.user,
                entry=pk,
                version=form.cleaned_data["version"],
                decision=EntryState(form.cleaned_data["decision"]),
                reason=form.cleaned_data["reason"],
            )
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as error:
            form.add_error("reason" if error.code == "reason_missing" else None, error)
        else:
            messages.success(request, _said_of(decided))
            return redirect(decided)
    form.data = _typed_for(request, page.entry)
    return _render_entry(request, page, form)


def _typed_for(request: SignedInRequest, entry: LibraryEntry) -> QueryDict:
    """Return what was typed, for the version that is shown now: who sends it again has seen that."""
    typed = request.POST.copy()
    typed["version"] = str(entry.version)
    return typed


def _said_of(entry: LibraryEntry) -> str:
    if entry.state == EntryState.PUBLISHED:
        return _("Published as %(symbol)s. Who proposed it is told.") % {"symbol": entry.symbol}
    if entry.state == EntryState.RETURNED:
        return _("Returned. Who proposed it is told why.")
    return _("Declined. Who proposed it is told why.")


@require_http_methods(["GET", "POST"])
def entry_permission(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """A state's answer to whether an entry may be published."""
    page = _page_or_404(request, pk)
    permission = _permission_or_404(request, page, code)
    policies.may_answer_permission(request.user, permission).enforce()
    form = EntryPermissionForm(request.POST or None, initial={"version": page.entry.version})
    if form.is_valid():
        try:
            answer_permission(
                actor=request.user,
                entry=pk,
                member_state=permission.member_state_id,
                version=form.cleaned_data["version"],
                grant=form.cleaned_data["answer"] == "grant",
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as error:
            form.add_error(None if error.code == "changed" else "reason", error)
            form.data = _typed_for(request, page.entry)
        else:
            messages.success(request, _("The answer is kept, and who proposed the entry is told."))
            return redirect(page.entry)
    context = {"page": page, "entry": page.entry, "permission": permission, "form": form}
    return render(request, "forum/entry_permission.html", context, status=422 if form.errors else 200)


def _permission_or_404(request: SignedInRequest, page: EntryPage, code: str) -> EntryPermission:
    """Return what a state is asked; another state's focal point does not learn of it here."""
    for permission in page.permissions:
        if permission.member_state.code == code:
            return permission
    raise Http404


@require_POST
def entry_review(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        entry = review_entry(actor=request.user, entry=pk)
    except LibraryEntry.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Marked as reviewed today."))
    return redirect(entry)


@require_http_methods(["GET", "POST"])
def entry_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    page = _page_or_404(request, pk)
    page.may_withdraw.enforce()
    form = EntryWithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            withdrawn = withdraw_entry(actor=request.user, entry=pk, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error)
        else:
            if withdrawn is None:
                messages.success(request, _("The unfinished entry is deleted."))
                return redirect("forum:entry_waiting")
            messages.success(request, _("The entry is withdrawn."))
            return redirect(withdrawn)
    context: dict[str, Any] = {"page": page, "entry": page.entry, "form": form}
    return render(request, "forum/entry_withdraw.html", context, status=422 if form.errors else 200)
