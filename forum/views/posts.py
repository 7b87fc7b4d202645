"""Writing posts, and their permanent addresses."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.markdown import render as render_markdown
from accounts.models import User
from accounts.requests import KeptText, SignedInRequest
from forum import policies
from forum.forms import PostEditForm, PostForm, author_of
from forum.models import Discussion, Post
from forum.queries import discussion_page, page_of
from forum.services.posts import edit_post, keep_draft, publish_post
from forum.views.discussions import discussion_or_404, render_discussion


def address_of(post: Post) -> str:
    """Return where a post stands on its discussion's page."""
    return f"{post.discussion.get_absolute_url()}?page={page_of(post.number)}#{post.anchor}"


def _typed(request: HttpRequest) -> tuple[User | None, str]:
    """Return who a form was made for, where it proves it, and what was typed in it."""
    author = author_of(request.POST.get("author", ""))
    writer = User.objects.with_access().filter(pk=author).first() if author else None
    if writer is not None:
        writer.has_accepted_protocol = True  # a version new meanwhile is asked for before the text is shown
    return writer, request.POST.get("body", "").replace("\x00", "")


def _keep_text(request: HttpRequest) -> KeptText:
    """Keep what a person typed whose session is gone, for the discussion it was meant for."""
    match = resolve(request.path)
    language, pk = match.kwargs["language"], match.kwargs["pk"]
    writer, body = _typed(request)
    is_kept = writer is not None and body != "" and keep_draft(author=writer, discussion=pk, body=body)
    return KeptText(reverse("forum:discussion_detail", args=[language, pk]) + "#write", is_kept)


def _keep_wording(request: HttpRequest) -> KeptText:
    """Keep a new wording likewise: its author finds it as a draft in the post's discussion."""
    writer, body = _typed(request)
    posts = Post.objects.visible_to(writer).select_related("discussion__room") if writer else Post.objects.none()
    post = posts.filter(pk=resolve(request.path).kwargs["pk"], author=writer).first()
    if writer is None or post is None or not body:
        return KeptText(request.path, is_kept=False)
    is_kept = keep_draft(author=writer, discussion=post.discussion_id, body=body)
    return KeptText(f"{post.discussion.get_absolute_url()}#write", is_kept)


@require_POST
def post_create(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    form = PostForm(request.POST, viewer=request.user)
    if form.is_valid():
        try:
            post = publish_post(actor=request.user, discussion=pk, **form.post)
        except Discussion.DoesNotExist:
            raise Http404 from None
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your post is published as number %(number)s.") % {"number": post.number})
            return redirect(address_of(post))
    page = discussion_page(discussion_or_404(request, language, pk), viewer=request.user)
    return render_discussion(request, page, form, status=422)


post_create.keep_text = _keep_text  # type: ignore[attr-defined]


@require_POST
def post_preview(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    """Show a text as it will look: the region alone to htmx, the whole page without JavaScript."""
    form = PostForm(request.POST, viewer=request.user)
    preview = mark_safe(render_markdown(form.cleaned_data["body"])) if form.is_valid() else None  # noqa: S308 - sanitised
    discussion = discussion_or_404(request, language, pk)
    if request.htmx:
        return render(request, "forum/partials/preview.html", {"preview": preview, "form": form})
    page = discussion_page(discussion, viewer=request.user)
    return render_discussion(request, page, form, preview=preview)


post_preview.keep_text = _keep_text  # type: ignore[attr-defined]


@require_GET
def post_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The permanent address: leads to where the post stands in its discussion."""
    posts = Post.objects.visible_to(request.user).select_related("discussion__room")
    return redirect(address_of(get_object_or_404(posts, pk=pk)))


@require_http_methods(["GET", "POST"])
def post_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    posts = Post.objects.visible_to(request.user).select_related("discussion__topic", "discussion__room")
    post = get_object_or_404(posts, pk=pk)
    if request.method == "GET":
        policies.may_edit(request.user, post).enforce()
    typed = request.POST if request.method == "POST" else None
    form = PostEditForm(typed, initial={"body": post.body}, viewer=request.user)
    if form.is_valid():
        try:
            post = edit_post(actor=request.user, post=pk, body=form.cleaned_data["body"])
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The new wording is shown; the earlier one is kept."))
            return redirect(address_of(post))
    status = 422 if form.errors else 200
    return render(request, "forum/post_edit.html", {"post": post, "form": form}, status=status)


post_edit.keep_text = _keep_wording  # type: ignore[attr-defined]


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
