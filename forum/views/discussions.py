"""Pages of discussions and topics."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from forum.enums import Capacity
from forum.forms.posts import PostForm
from forum.forms.reading import DiscussionLevelForm
from forum.models import Discussion, Topic
from forum.queries.citations import quoted_post, with_quotation
from forum.queries.drafts import read_draft
from forum.queries.pages import DiscussionPage, discussion_page
from forum.queries.previews import Preview
from forum.queries.rows import DiscussionHead, discussion_head, sister_discussions
from forum.services.follows import follow_discussion
from forum.services.reading import positions
from forum.views.addresses import number_in
from forum.views.live import live_url


def discussion_or_404(request: SignedInRequest, language: str, pk: int, *, quote: int | None = None) -> DiscussionHead:
    """Return a discussion that the reader may see, with what its page needs, and a post to quote in it."""
    try:
        return discussion_head(request.user, language, pk, quote=quote)
    except Discussion.DoesNotExist:
        raise Http404 from None


def render_discussion(
    request: SignedInRequest, page: DiscussionPage, form: PostForm, status: int = 200, preview: Preview | None = None
) -> HttpResponse:
    """Answer with a discussion's page, around a form that may hold an error or a preview."""
    context = {"page": page, "form": form, "preview": preview, "live_url": live_url(request, page=page)}
    return render(request, "forum/discussion_detail.html", context, status=status)


@require_GET
def discussion_detail(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    named = {name: number_in(request.GET.get(name)) for name in ("page", "reply", "quote", "paragraph", "corrects")}
    discussion = discussion_or_404(request, language, pk, quote=named["quote"])
    page = discussion_page(discussion, viewer=request.user, number=named["page"])
    if page.reads_on:
        positions.note(request.user.pk, discussion.pk, page.last_shown)
    draft = read_draft(discussion.draft)
    begun = draft.fields if draft else {"body": ""}
    begun["body"] = with_quotation(begun["body"], quoted_post(discussion.quoted, named["paragraph"]))
    if named["corrects"]:
        begun |= {"corrects": named["corrects"], "capacity": Capacity.DELEGATION}
    form = PostForm(viewer=request.user, initial=begun | ({"reply_to": named["reply"]} if named["reply"] else {}))
    return render_discussion(request, page, form)


@require_POST
def discussion_follow(request: SignedInRequest, language: str, pk: int) -> HttpResponseBase:
    discussion = discussion_or_404(request, language, pk)
    form = DiscussionLevelForm(request.POST)
    if form.is_valid():
        follow_discussion(actor=request.user, discussion=pk, level=form.cleaned_data["level"])
        messages.success(request, _("How much you hear of this discussion is saved."))
    else:
        messages.error(request, _("Choose from the list how much you want to hear of this discussion."))
    return redirect(discussion)


@require_GET
def topic_detail(request: SignedInRequest, year: int, number: int) -> HttpResponse:
    """The dossier: objective, questions, synthesis and the sister discussions."""
    topics = Topic.objects.visible_to(request.user).select_related("category", "step")
    topic = get_object_or_404(topics, year=year, number=number)
    sisters = sister_discussions(request.user, topic.pk)
    return render(request, "forum/topic_detail.html", {"topic": topic, "sisters": sisters})
