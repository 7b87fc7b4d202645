"""What the forum keeps of one person, for that person's own archive."""

from accounts.models import User
from forum.models import (
    Attachment,
    AuthorClaim,
    Clearance,
    Draft,
    Experience,
    FeedToken,
    LeadParticipant,
    LibraryEntry,
    Post,
    ReadPosition,
    Signal,
    Topic,
    TopicDraft,
    Visit,
)
from forum.models.topics import symbol_of
from forum.services.library import COLUMNS as ENTRY_COLUMNS


def gather(person: User) -> dict[str, object]:
    """Return a person's posts, drafts, follows, read positions, visits, nominations and experience, as files by path.

    Discussions are named by their symbols: what others wrote in them, titles included, is not this person's.

    Args:
        person: Whose they are.
    """
    follows = person.follows.order_by("pk").select_related("room", "discussion__topic", "discussion__room")
    positions = ReadPosition.objects.filter(user=person).select_related("discussion__topic", "discussion__room")
    experiences = Experience.objects.filter(user=person).values_list("category__slug", "step__slug")
    files: dict[str, object] = {
        "follows.json": [
            ({"room": follow.room.language} if follow.room else {"discussion": _symbol(follow.discussion)})
            | {"level": follow.level}
            for follow in follows
        ],
        "read-positions.json": [
            {"discussion": _symbol(position.discussion), "number": position.number} for position in positions
        ],
        "visits.json": list(Visit.objects.filter(user=person).values("previous_at", "seen_at")),
        "feed.json": list(FeedToken.objects.filter(user=person).values("made_at")),
        "claims.json": list(
            AuthorClaim.objects.filter(user=person).values(
                "author__name", "asked_at", "is_granted", "decided_at", "reason"
            )
        ),
        "signals.json": _signals(person),
        "library.json": list(
            LibraryEntry.objects.filter(proposed_by=person).order_by("pk").values(*ENTRY_COLUMNS, "number", "state")
        ),
        "topics.json": list(
            Topic.objects.filter(opened_by=person).order_by("pk").values("year", "number", "kind", "title", "opens_at")
        ),
        "nominations.json": list(
            LeadParticipant.objects.filter(nominated_by=person)
            .order_by("pk")
            .values("topic__year", "topic__number", "group__key", "member_state__code", "nominated_at", "taken_back_at")
        ),
        "experience.json": [category or step for category, step in experiences],
    }
    return files | _posts(person) | _drafts(person) | _clearances(person) | _attachments(person)


def _symbol(discussion: object) -> str:
    topic, room = discussion.topic, discussion.room  # type: ignore[attr-defined]
    return f"{symbol_of(topic.year, topic.number)}/{room.language}"


def _signals(person: User) -> list[dict[str, object]]:
    given = Signal.objects.filter(user=person).order_by("pk")
    return [
        {
            "discussion": _symbol(signal.post.discussion),
            "post": signal.post.number,
            "kind": signal.kind,
            "given_at": signal.given_at,
        }
        for signal in given.select_related("post__discussion__topic", "post__discussion__room")
    ]


def _posts(person: User) -> dict[str, object]:
    own = Post.objects.filter(author=person).order_by("posted_at", "pk")
    files: dict[str, object] = {}
    listed = []
    for post in own.select_related("discussion__topic", "discussion__room").prefetch_related("revisions"):
        symbol = _symbol(post.discussion)
        name = f"posts/{symbol.replace('/', '-')}-{post.number}"
        wordings = sorted(post.revisions.all(), key=lambda revision: revision.replaced_at)
        files[f"{name}.md"] = post.body
        for n, wording in enumerate(wordings, 1):
            files[f"{name}-wording-{n}.md"] = wording.body
        listed.append(
            {
                "discussion": symbol,
                "number": post.number,
                "posted_at": post.posted_at,
                "edited_at": post.edited_at,
                "capacity": post.capacity,
                "kind": post.kind,
                "language": post.language,
                "state": post.state,
                "file": f"{name}.md",
                "earlier_wordings": [wording.replaced_at for wording in wordings],
            }
        )
    return {"posts.json": listed, **files}


def _drafts(person: User) -> dict[str, object]:
    drafts = Draft.objects.filter(user=person).select_related("discussion__topic", "discussion__room")
    topics = TopicDraft.objects.filter(user=person).select_related("room")
    return {
        **{f"drafts/{_symbol(draft.discussion).replace('/', '-')}.md": draft.body for draft in drafts},
        **{f"drafts/new-{draft.room.language}.json": draft.typed for draft in topics},
    }


def _clearances(person: User) -> dict[str, object]:
    """Return the texts that a person asked colleagues to clear; what a colleague answered is the colleague's."""
    asked = (
        Clearance.objects.filter(author=person).order_by("pk").select_related("discussion__topic", "discussion__room")
    )
    listed = [
        {
            "discussion": _symbol(clearance.discussion),
            "text": clearance.body,
            "note": clearance.note,
            "state": clearance.state,
            "asked_at": clearance.asked_at,
            "decided_at": clearance.decided_at,
        }
        for clearance in asked
    ]
    return {"clearances.json": listed}


def _attachments(person: User) -> dict[str, object]:
    """Return the files that a person brought, each under its key, as two may have one name."""
    own = Attachment.objects.filter(uploaded_by=person).order_by("pk")
    listed: list[dict[str, object]] = []
    files: dict[str, object] = {}
    for attachment in own.select_related("discussion__topic", "discussion__room", "post"):
        path = f"attachments/{attachment.key}/{attachment.name}"
        if attachment.file.storage.exists(str(attachment.file.name)):
            files[path] = attachment.file
        listed.append(
            {
                "file": path,
                "name": attachment.name,
                "discussion": _symbol(attachment.discussion) if attachment.discussion else None,
                "post": attachment.post.number if attachment.post else None,
                "uploaded_at": attachment.uploaded_at,
                "size": attachment.size,
            }
        )
    return {"attachments.json": listed, **files}
