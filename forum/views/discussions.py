"""Pages of discussions and topics."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from forum.forms import FollowForm, PostForm
from forum.models import Discussion, Topic
from forum.queries import DiscussionPage, discussion_page
from forum.rows import DiscussionHead, discussion_head, sister_discussions
from forum.services.reading import follow_discussion, positions
from forum.views.live import live_url


def discussion_or_404(request: SignedInRequest, language: str, pk: int) -> DiscussionHead:
    """Return a discussion that the reader may see, with what its page needs."""
    try:
        return discussion_head(request.user, language, pk)
    except Discussion.DoesNotExist:
        raise Http404 from None


def render_discussion(
    request: SignedInRequest, page: DiscussionPage, form: PostForm, status: int = 200, preview: str | None = None
) -> HttpResponse:
    """Answer with a discussion's page, around a form that may hold an error or a preview."""
    context = {"page": page, "form": form, "preview": preview, "live_url": live_url(request, page=page)}
    return render(request, "forum/discussion_detail.html", context, status=status)


@require_GET
def discussion_detail(request: SignedInRequest, language: str, pk: int) -> HttpResponse:
    discussion = discussion_or_404(request, language, pk)
    page = discussion_page(discussion, viewer=request.user, number=_number(request.GET.get("page")))
    if page.last_shown > page.read_up_to:
        positions.note(request.user.pk, discussion.pk, page.last_shown)
    form = PostForm(
        viewer=request.user, initial={"reply_to": _number(request.GET.get("reply")), "body": discussion.draft or ""}
    )
    return render_discussion(request, page, form)


def _number(value: str | None) -> int | None:
    """Read a positive number from an address; anything else counts as none given."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None


@require_POST
def discussion_follow(request: SignedInRequest, language: str, pk: int) -> HttpResponseBase:
    form = FollowForm(request.POST)
    discussion = discussion_or_404(request, language, pk)
    follow_discussion(actor=request.user, discussion=pk, wanted=form.is_valid() and form.cleaned_data["wanted"])
    return redirect(discussion)


@require_GET
def topic_detail(request: SignedInRequest, year: int, number: int) -> HttpResponse:
    """The dossier: objective, questions, synthesis and the sister discussions."""
    topics = Topic.objects.visible_to(request.user).select_related("category", "step")
    topic = get_object_or_404(topics, year=year, number=number)
    sisters = sister_discussions(request.user, topic.pk)
    return render(request, "forum/topic_detail.html", {"topic": topic, "sisters": sisters})
