"""Pages of discussions and topics."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from forum.enums import Capacity
from forum.forms.posts import PostForm
from forum.forms.reading import DiscussionLevelForm
from forum.models import Discussion, MovedPost, Topic
from forum.models.discussions import discussion_address
from forum.queries.citations import quoted_post, with_quotation
from forum.queries.columns import leads
from forum.queries.drafts import read_draft
from forum.queries.pages import DiscussionPage, discussion_page, page_of
from forum.queries.previews import Preview
from forum.queries.rows import DiscussionHead, Lead, active_language, discussion_head, sister_discussions
from forum.related import regions_of, related_to
from forum.services.follows import follow_discussion
from forum.services.reading import positions
from forum.views.addresses import number_in
from forum.views.live import live_url

NAMED = ("page", "post", "reply", "quote", "paragraph", "corrects")  # numbers that a discussion's address can carry


def place_of(discussion: DiscussionHead, number: int | None) -> str:
    """Return where a post is found that bears, or bore, a number in a discussion; else where its posts stand now."""
    moved = MovedPost.objects.filter(discussion=discussion.pk, number=number or 0).first()
    if moved is not None:
        return reverse("forum:post_detail", args=[moved.post_id])
    if discussion.merged_into is not None:  # with an end of its own, or the browser would add that of the old address
        return f"{discussion_address(discussion.language, discussion.merged_into)}#posts"
    return f"{discussion.get_absolute_url()}?page={page_of(number or 1)}#post-{number}"


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
    named = {name: number_in(request.GET.get(name)) for name in NAMED}
    discussion = discussion_or_404(request, language, pk, quote=named["quote"])
    if named["post"] or discussion.is_merged:
        return redirect(place_of(discussion, named["post"]))
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
    topics = Topic.objects.visible_to(request.user).select_related("category", "step", "proposing_state", "proposer")
    topic = get_object_or_404(topics.annotate(leads_found=leads("pk", active_language())), year=year, number=number)
    sisters = sister_discussions(request.user, topic.pk)
    proposer = topic.proposer.shown_name if topic.proposer else ""
    context = {
        "topic": topic,
        "sisters": sisters,
        "proposer": proposer,
        "leads": Lead.read(topic.leads_found),
        "related": related_to(topic, request.user),
        "regions": regions_of(topic, request.user),
    }
    return render(request, "forum/topic_detail.html", context)
