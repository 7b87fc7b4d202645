"""What would become of an older forum here, found out before anything is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.languages import spoken
from accounts.models import User
from forum.enums import Audience
from forum.imports.records import OldForum, OldPost, OldTopic, Problem, plain_line
from forum.models import Category, Discussion, ImportedItem, Room

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LONGEST_TITLE = 120  # that a topic takes
Known = Mapping[str, int]  # the id of the discussion here, by key


@dataclass(slots=True)
class PlannedTopic:
    """A thread that has posts to take over.

    Args:
        old: As it was read.
        room: Where it goes.
        category: What it is about.
        posts: What is not here yet, by date.
        discussion: The id of the discussion here, where a part of it was imported before.
        last_number: The number of that discussion's last post.
    """

    old: OldTopic
    room: Room
    category: Category
    posts: list[OldPost]
    discussion: int | None = None
    last_number: int = 0

    @property
    def title(self) -> str:
        return plain_line(self.old.title, LONGEST_TITLE)

    @property
    def opened_at(self) -> datetime:
        """When it began: as its record says, unless its first post is older."""
        first = self.posts[0].posted_at
        return min(first, self.old.opened_at or first)


@dataclass
class Plan:
    """What would be created, and what would not.

    Args:
        source: The older forum's short name.
        topics: Threads with posts to take over, by date.
        topics_known: How many threads were imported before.
        posts_known: How many posts were imported before.
        authors: The keys of those whose posts are taken over.
        with_account: How many of these have the address of an account here.
        missing_authors: Authors whom posts name and the file does not; how many posts each.
        dates_out_of_range: Posts from before 1990 or from the future, which are left out.
        without_room: How many threads of a language that has no room here are left out.
        without_posts: Threads that hold nothing, and are left out.
        shortened: Threads whose title is too long here.
    """

    source: str
    topics: list[PlannedTopic] = field(default_factory=list)
    topics_known: int = 0
    posts_known: int = 0
    authors: set[str] = field(default_factory=set)
    with_account: int = 0
    missing_authors: Counter[str] = field(default_factory=Counter)
    dates_out_of_range: list[Problem] = field(default_factory=list)
    without_room: Counter[str] = field(default_factory=Counter)
    without_posts: list[Problem] = field(default_factory=list)
    shortened: list[Problem] = field(default_factory=list)

    @property
    def rooms(self) -> list[Room]:
        """The rooms that something goes to."""
        return list({topic.room.pk: topic.room for topic in self.topics}.values())

    @property
    def new_topics(self) -> int:
        return sum(topic.discussion is None for topic in self.topics)

    @property
    def posts(self) -> int:
        return sum(len(topic.posts) for topic in self.topics)

    @property
    def files(self) -> int:
        return sum(len(post.files) for topic in self.topics for post in topic.posts)


def make_plan(forum: OldForum, *, source: str, audience: Audience, room: str = "", category: str = "") -> Plan:
    """Find out what would become of an older forum, without writing anything.

    Args:
        forum: What was read.
        source: Its short name, under which it is known again.
        audience: Who could read it.
        room: The language of the room for what names no language, or one without a room.
        category: The slug of the category for all of it; each thread's own when not given.

    Raises:
        ValidationError: There is no such room or category, or somebody would read what they could not before.

    Source: FOR-18, reading A4, workflow 2.10.
    """
    plan = Plan(source)
    rooms = {known.language: known for known in Room.objects.all()}
    if room and room not in rooms:
        raise ValidationError(f'There is no room "{room}"; there are {", ".join(rooms)}.', code="room")
    categories = _categories(forum, category)
    known = _known_items(source)
    posts_of = _posts_by_topic(forum, plan, known)
    for old in forum.topics.values():
        target = rooms.get(spoken(old.language)) or rooms.get(room)
        posts = posts_of.get(old.key)
        discussion = _discussion_of(old, known)
        plan.topics_known += discussion is not None
        if not posts:
            if discussion is None:
                plan.without_posts.append(Problem(old.place, f'topic "{old.key}" has no posts'))
        elif target is None:
            plan.without_room[old.language] += 1
        else:
            plan.topics.append(PlannedTopic(old, target, categories[category or old.category], posts, discussion))
    _look_at_discussions(plan)
    _check_audience(audience, plan.rooms)
    plan.topics.sort(key=lambda topic: (topic.opened_at, topic.old.key))
    _look_at_authors(forum, plan)
    plan.shortened = [
        Problem(topic.old.place, f"the title has more than {LONGEST_TITLE} characters")
        for topic in plan.topics
        if topic.discussion is None and len(topic.old.title) > LONGEST_TITLE
    ]
    return plan


def _categories(forum: OldForum, category: str) -> Mapping[str, Category]:
    """Return the categories that are needed, by slug."""
    known = {found.slug: found for found in Category.objects.all()}
    needed = {category} if category else {topic.category for topic in forum.topics.values()}
    for slug in sorted(needed - set(known)):
        said = f'There is no category "{slug}"' if slug else "Some topics name no category: name one for all of them"
        raise ValidationError(f"{said}; there are {', '.join(known)}.", code="category")
    return known


def _known_items(source: str) -> Known:
    """Return what was imported from a source before."""
    items = ImportedItem.objects.filter(source=source)
    return dict(items.values_list("key", Coalesce("post__discussion", "topic__discussions")))


def topic_key(key: str) -> str:
    """Return the key under which a topic is kept; those of posts begin otherwise."""
    return f"topic:{key}"


def post_key(key: str) -> str:
    """Return the key under which a post is kept."""
    return f"post:{key}"


def _posts_by_topic(forum: OldForum, plan: Plan, known: Known) -> Mapping[str, list[OldPost]]:
    """Return the posts to take over, by topic and date; what is not taken over is noted in the plan."""
    now = timezone.now()
    found: dict[str, list[OldPost]] = {}
    for post in sorted(forum.posts.values(), key=lambda post: post.posted_at):
        if post_key(post.key) in known:
            plan.posts_known += 1
        elif not EARLIEST <= post.posted_at <= now:
            plan.dates_out_of_range.append(Problem(post.place, f"is dated {post.posted_at:%Y-%m-%d}"))
        else:
            found.setdefault(post.topic, []).append(post)
    return found


def _discussion_of(old: OldTopic, known: Known) -> int | None:
    """Return where a part of a thread was imported before, found by its own key or by those of its posts."""
    keys = [topic_key(old.key), *map(post_key, sorted(old.known_by))]
    return next((known[key] for key in keys if key in known), None)


def _look_at_discussions(plan: Plan) -> None:
    """Note where threads go on that were imported in part: also their room, wherever that is by now."""
    begun = Discussion.objects.select_related("room").in_bulk([t.discussion for t in plan.topics if t.discussion])
    for topic in plan.topics:
        if topic.discussion is not None:
            topic.room = begun[topic.discussion].room
            topic.last_number = begun[topic.discussion].last_number


def _check_audience(audience: Audience, rooms: Sequence[Room]) -> None:
    """Refuse to let somebody read what they could not read before. Source: reading A4, workflow 2.10."""
    wider = [room for room in rooms if audience_of(room).is_wider_than(audience)]
    if wider:
        said = ", ".join(f'"{room.language}" is {audience_of(room).value}' for room in wider)
        raise ValidationError(
            f"Refused: the source is {audience.value}, and more people would read it here (room {said}).",
            code="audience",
        )


def audience_of(room: Room) -> Audience:
    """Return who can read a room."""
    return Audience.SENSITIVE if room.is_sensitive else Audience.CLOSED


def _look_at_authors(forum: OldForum, plan: Plan) -> None:
    for topic in plan.topics:
        for post in topic.posts:
            plan.authors.add(post.author)
            plan.missing_authors[post.author] += post.author not in forum.authors
    plan.missing_authors = +plan.missing_authors
    addresses = {forum.authors[key].email for key in plan.authors if key in forum.authors} - {""}
    plan.with_account = User.objects.filter(email__in=addresses).count()
