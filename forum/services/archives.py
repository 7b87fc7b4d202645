"""What the forum keeps of one person, for that person's own archive."""

from accounts.models import User
from forum.models import Draft, Experience, Post, ReadPosition
from forum.models.topics import symbol_of


def gather(person: User) -> dict[str, object]:
    """Return a person's posts, drafts, follows, read positions and areas of experience, as files by path.

    Discussions are named by their symbols: what others wrote in them, titles included, is not this person's.

    Args:
        person: Whose they are.
    """
    follows = person.follows.order_by("pk").select_related("room", "discussion__topic", "discussion__room")
    positions = ReadPosition.objects.filter(user=person).select_related("discussion__topic", "discussion__room")
    experiences = Experience.objects.filter(user=person).values_list("category__slug", "step__slug")
    files: dict[str, object] = {
        "follows.json": [
            {"room": follow.room.language} if follow.room else {"discussion": _symbol(follow.discussion)}
            for follow in follows
        ],
        "read-positions.json": [
            {"discussion": _symbol(position.discussion), "number": position.number} for position in positions
        ],
        "experience.json": [category or step for category, step in experiences],
    }
    return files | _posts(person) | _drafts(person)


def _symbol(discussion: object) -> str:
    topic, room = discussion.topic, discussion.room  # type: ignore[attr-defined]
    return f"{symbol_of(topic.year, topic.number)}/{room.language}"


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
    return {f"drafts/{_symbol(draft.discussion).replace('/', '-')}.md": draft.body for draft in drafts}
