"""Sharing an experience in a discussion, through a form of five parts."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.views.decorators.http import require_http_methods

from accounts.requests import KeptText, SignedInRequest
from forum import policies
from forum.enums import ContributionKind
from forum.forms.experience import ExperiencePostForm, joined
from forum.queries.mentions import Place
from forum.queries.previews import preview_of
from forum.services.posts import publish_post
from forum.views.discussions import discussion_or_404
from forum.views.posts import keep_text, published, said_of


@require_http_methods(["GET", "POST"])
def experience_create(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    """The form, its preview and its publishing: which of them, the pressed button says."""
    discussion = discussion_or_404(request, language, pk)
    form = ExperiencePostForm(request.POST if request.method == "POST" else None, viewer=request.user)
    preview = None
    if request.method == "GET":
        policies.may_post(request.user, discussion).enforce()
    elif form.is_valid():
        body = form.as_markdown(language)
        if "preview" in request.POST:
            preview = preview_of(request.user, Place(pk, discussion.room), body)
        else:
            key: uuid.UUID = form.cleaned_data["submission_key"]
            try:
                post = publish_post(
                    actor=request.user,
                    discussion=pk,
                    body=body,
                    submission_key=key,
                    kind=ContributionKind.EXPERIENCE,
                    draft=form.cleaned_data["draft"],
                )
            except PermissionDenied as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, said_of(post))
                return published(post, key)
    context = {"discussion": discussion, "form": form, "preview": preview}
    return render(request, "forum/experience_create.html", context, status=422 if form.errors else 200)


def _keep_parts(request: HttpRequest) -> KeptText:
    """Keep the parts as the one text that they were to become."""
    language = resolve(request.path).kwargs["language"]
    return keep_text(request, joined(request.POST, language).replace("\x00", ""))


experience_create.keep_text = _keep_parts  # type: ignore[attr-defined]
