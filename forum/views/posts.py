"""Writing posts, and their permanent addresses."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.markdown import render as render_markdown
from accounts.models import User
from accounts.requests import SignedInRequest
from forum import policies
from forum.forms import PostEditForm, PostForm, author_of
from forum.models import Discussion, Post
from forum.queries import discussion_page, page_of
from forum.services.posts import edit_post, keep_draft, publish_post
from forum.views.discussions import discussion_or_404, render_discussion


def address_of(post: Post) -> str:
    """Return where a post stands on its discussion's page."""
    return f"{post.discussion.get_absolute_url()}?page={page_of(post.number)}#{post.anchor}"


def _keep_text(request: HttpRequest) -> str:
    """Keep what a person typed whose session is gone, and return the discussion to come back to."""
    match = resolve(request.path)
    language, pk = match.kwargs["language"], match.kwargs["pk"]
    author = author_of(request.POST.get("author", ""))
    body = request.POST.get("body", "").replace("\x00", "")
    writer = User.objects.with_access().filter(pk=author).first() if author else None
    if writer is not None and body:
        keep_draft(author=writer, discussion=pk, body=body)
        messages.info(request, _("You were signed out. Your text is kept: sign in and you will find it in the form."))
    return reverse("forum:discussion_detail", args=[language, pk]) + "#write"


@require_POST
def post_create(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    form = PostForm(request.POST, viewer=request.user)
    if form.is_valid():
        try:
            post = publish_post(actor=request.user, discussion=pk, **form.post)
        except Discussion.DoesNotExist:
            return get_object_or_404(Post.objects.none())
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
    preview = render_markdown(form.cleaned_data["body"]) if form.is_valid() else None
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
    policies.may_edit(request.user, post).enforce()
    form = PostEditForm(request.POST or None, initial={"body": post.body})
    if request.method == "POST" and form.is_valid():
        post = edit_post(actor=request.user, post=pk, body=form.cleaned_data["body"])
        messages.success(request, _("The new wording is shown; the earlier one is kept."))
        return redirect(address_of(post))
    status = 422 if form.errors else 200
    return render(request, "forum/post_edit.html", {"post": post, "form": form}, status=status)


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
    back_to = cast(str, keep_text(request)) if keep_text else request.path
    return render(request, "403_csrf.html", {"back_to": back_to, "text_kept": bool(keep_text)}, status=403)
