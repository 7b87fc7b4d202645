"""Writing posts, and their permanent addresses."""

import uuid
from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.requests import KeptText, SignedInRequest
from forum import policies
from forum.enums import Capacity, PostState
from forum.forms.posts import PostEditForm, PostForm, author_of, read_version
from forum.forms.writing import WithdrawalForm
from forum.models import Attachment, Discussion, LibraryEntry, Post
from forum.models.posts import HELD_FROM
from forum.queries.mentions import Place
from forum.queries.pages import discussion_page, page_of
from forum.queries.previews import preview_of
from forum.services.attachments import attach_all
from forum.services.drafts import keep_draft
from forum.services.posts import edit_post, publish_post, withdraw_post
from forum.views.addresses import number_in
from forum.views.discussions import discussion_or_404, render_discussion

PUBLISHED = "published"  # the cookie that names the last form that was published


def address_of(post: Post, paragraph: int | None = None) -> str:
    """Return where a post stands on its discussion's page, or a paragraph that is in its wording."""
    if post.number >= HELD_FROM:
        return f"{post.discussion.get_absolute_url()}#write"
    anchor = f"{post.anchor}-{paragraph}"
    if f'id="{anchor}"' not in post.html:
        anchor = post.anchor
    return f"{post.discussion.get_absolute_url()}?page={page_of(post.number)}#{anchor}"


def _typed(request: HttpRequest) -> tuple[User | None, str]:
    """Return who a form was made for, where it proves it, and what was typed in it."""
    author = author_of(request.POST.get("author", ""))
    writer = User.objects.with_access().filter(pk=author).first() if author else None
    if writer is not None:
        writer.has_accepted_protocol = True  # a version new meanwhile is asked for before the text is shown
    return writer, request.POST.get("body", "").replace("\x00", "")


def keep_text(request: HttpRequest, text: str | None = None) -> KeptText:
    """Keep what a person typed whose session is gone, for the discussion it was meant for: ``text``, else ``body``."""
    match = resolve(request.path)
    language, pk = match.kwargs["language"], match.kwargs["pk"]
    writer, body = _typed(request)
    body = body if text is None else text
    seen = read_version(request.POST.get("draft", ""))
    is_kept = writer is not None and body != "" and keep_draft(author=writer, discussion=pk, body=body, seen=seen)
    if writer is not None:
        with suppress(Http404):
            attached, _refusals = attach_sent(request, writer, pk)
            is_kept = is_kept or attached != []
    return KeptText(reverse("forum:discussion_detail", args=[language, pk]) + "#write", is_kept)


def attach_sent(request: HttpRequest, writer: User, discussion: int) -> tuple[list[Attachment], list[str]]:
    """Attach the files that came with a form, which stay whatever else is wrong; return them and what is refused."""
    try:
        return attach_all(actor=writer, discussion=discussion, uploads=request.FILES.getlist("uploads"))
    except PermissionDenied as refusal:
        return [], [str(refusal)]
    except Discussion.DoesNotExist:
        raise Http404 from None


def _keep_wording(request: HttpRequest) -> KeptText:
    """Keep a new wording likewise: its author finds it as a draft in the post's discussion."""
    writer, body = _typed(request)
    posts = Post.objects.visible_to(writer).select_related("discussion__room") if writer else Post.objects.none()
    post = posts.filter(pk=resolve(request.path).kwargs["pk"], author=writer).first()
    if writer is None or post is None or not body:
        return KeptText(request.path, is_kept=False)
    is_kept = keep_draft(author=writer, discussion=post.discussion_id, body=body)
    return KeptText(f"{post.discussion.get_absolute_url()}#write", is_kept)


def _form_with_files(request: SignedInRequest, pk: int) -> PostForm:
    """Return the form as it was sent, with the files that came with it among those attached."""
    attached, refusals = attach_sent(request, request.user, pk)
    typed = request.POST.copy()
    for attachment in attached:
        typed.appendlist("attachments", str(attachment.key))
    form = PostForm(typed, viewer=request.user)
    form.refusals = refusals
    return form


@require_POST
def post_create(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    form = _form_with_files(request, pk)
    if form.is_valid() and not form.refusals:
        verdict = policies.may_speak_as(request.user, form.post["capacity"])
        if verdict and not form.is_confirmed:
            return _preview(request, language, pk, form)
        try:
            post = publish_post(actor=request.user, discussion=pk, **form.post)
        except Discussion.DoesNotExist:
            raise Http404 from None
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, said_of(post))
            return published(post, form.cleaned_data["submission_key"])
    page = discussion_page(discussion_or_404(request, language, pk), viewer=request.user)
    return render_discussion(request, page, form, status=422)


def said_of(post: Post) -> str:
    """Say what became of a post that its author has just sent."""
    if post.state == PostState.HELD:
        return _("Your post is kept. A moderator reads it before others see it, and you will be told of the decision.")
    return _("Your post is published as number %(number)s.") % {"number": post.number}


def published(post: Post, submission_key: uuid.UUID) -> HttpResponse:
    """Lead to a post that was published, and have the browser forget what it kept of that form."""
    response = redirect(address_of(post))
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(PUBLISHED, str(submission_key), max_age=600, samesite="Lax", secure=secure)
    return response


post_create.keep_text = keep_text  # type: ignore[attr-defined]


@require_POST
def post_preview(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    """Show a text as it will look: the region alone to htmx, the whole page without JavaScript."""
    return _preview(request, language, pk, _form_with_files(request, pk))


def _preview(request: SignedInRequest, language: str, pk: int, form: PostForm) -> HttpResponse:
    discussion = discussion_or_404(request, language, pk)
    preview = None
    if form.is_valid():
        speaks = form.speaks_for_state and bool(policies.may_speak_as(request.user, Capacity.DELEGATION))
        fingerprint = form.fingerprint if speaks else ""
        place = Place(discussion.pk, discussion.room)
        preview = preview_of(request.user, place, form.cleaned_data["body"], fingerprint=fingerprint)
    if request.htmx:
        return render(request, "forum/partials/preview.html", {"preview": preview, "form": form})
    page = discussion_page(discussion, viewer=request.user)
    return render_discussion(request, page, form, preview=preview)


post_preview.keep_text = keep_text  # type: ignore[attr-defined]


@require_GET
def post_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The permanent address: leads to where the post, or a paragraph of it, stands in its discussion."""
    posts = Post.objects.visible_to(request.user).select_related("discussion__room")
    post = get_object_or_404(posts, pk=pk)
    return redirect(address_of(post, number_in(request.GET.get("paragraph"))))


@require_http_methods(["GET", "POST"])
def post_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    posts = Post.objects.visible_to(request.user).select_related("discussion__topic", "discussion__room")
    post = get_object_or_404(posts, pk=pk)
    if request.method == "GET":
        policies.may_edit(request.user, post).enforce()
    form = _wording(request, post)
    if form.is_valid() and not form.refusals:
        names = ("body", "attachments", "discarded")
        try:
            post = edit_post(actor=request.user, post=pk, **{name: form.cleaned_data[name] for name in names})
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The new wording is shown; the earlier one is kept."))
            return redirect(address_of(post))
    status = 422 if form.errors or form.refusals else 200
    discussion = discussion_or_404(request, post.discussion.room.language, post.discussion_id)
    added = Attachment.objects.waiting().filter(uploaded_by=request.user, key__in=form["attachments"].value() or [])
    context = {"post": post, "form": form, "discussion": discussion, "files": post.attachments.all(), "added": added}
    return render(request, "forum/post_edit.html", context, status=status)


def _wording(request: SignedInRequest, post: Post) -> PostEditForm:
    """Return the form of a rewording as it was sent, with the files that came with it among those attached."""
    if request.method == "GET":
        return PostEditForm(None, initial={"body": post.body}, viewer=request.user)
    attached, refusals = attach_sent(request, request.user, post.discussion_id)
    typed = request.POST.copy()
    for attachment in attached:
        typed.appendlist("attachments", str(attachment.key))
    form = PostEditForm(typed, viewer=request.user)
    form.refusals = refusals
    return form


post_edit.keep_text = _keep_wording  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def post_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a post; the page before it says what that means and asks why."""
    posts = Post.objects.visible_to(request.user).select_related("discussion__topic", "discussion__room")
    post = get_object_or_404(posts, pk=pk)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    policies.may_withdraw(request.user, post).enforce()
    if form.is_valid():
        post = withdraw_post(actor=request.user, post=pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("The post is withdrawn; your reason stands in its place."))
        return redirect(address_of(post))
    entry = LibraryEntry.objects.visible_to(request.user).filter(post=post).first()
    context = {"post": post, "form": form, "entry": entry}
    return render(request, "forum/post_withdraw.html", context, status=422 if form.errors else 200)


@require_GET
def post_wordings(request: SignedInRequest, pk: int) -> HttpResponse:
    """The earlier wordings of a post, the latest first."""
    posts = Post.objects.visible_to(request.user).select_related("author", "discussion__topic", "discussion__room")
    post = get_object_or_404(posts, pk=pk, state="visible")
    return render(request, "forum/post_wordings.html", {"post": post, "revisions": post.revisions.all()})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was too old, and keep the text when it was a post's."""
    try:
        keep_text = getattr(resolve(request.path).func, "keep_text", None)
    except Resolver404:
        keep_text = None
    if keep_text:
        back_to, is_kept = keep_text(request)
    else:
        back_to, is_kept = request.headers.get("Referer", ""), False
        if not url_has_allowed_host_and_scheme(back_to, {request.get_host()}):
            back_to = reverse("forum:front_page")
    return render(request, "403_csrf.html", {"back_to": back_to, "text_kept": is_kept}, status=403)
