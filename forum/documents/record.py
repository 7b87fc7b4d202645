"""What a record of a topic or a discussion says, in one language, for one reader."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import Role
from accounts.languages import language_name
from accounts.models import User
from forum.documents.blocks import Paragraph, text_blocks
from forum.enums import Capacity, ContributionKind, PostState, TranslationStatus
from forum.fragments import GENEVA, moment
from forum.models import Discussion, Post, PostTranslation, Topic
from forum.models.topics import symbol_of
from forum.queries.columns import translated

RIGHT_TO_LEFT = {"ar"}


@dataclass(frozen=True, slots=True)
class Contribution:
    """One post in a record.

    Args:
        number: In its discussion.
        author: As the document shows them.
        about: Delegation or role, capacity, kind and moment, in words.
        marks: What else must be known: what it answers or corrects, when it was reworded, who translated it.
        paragraphs: The text; empty when it is gone.
        gone: Why there is no text; else empty.
        is_right_to_left: Whether the text is.
    """

    number: int
    author: str
    about: str
    marks: list[str]
    paragraphs: list[Paragraph]
    gone: str
    is_right_to_left: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """One discussion in a record."""

    heading: str
    symbol: str
    contributions: list[Contribution]


@dataclass(frozen=True, slots=True)
class Section:
    """A part before the contributions; where it is not translated its direction is not the document's."""

    heading: str
    paragraphs: list[Paragraph]
    is_right_to_left: bool


@dataclass(frozen=True, slots=True)
class RecordText:
    """All that a record says; what its writers need beside it are only the looks.

    Args:
        language: Of the document.
        is_right_to_left: Whether that is written from right to left.
        masthead: The forum's name.
        symbol: Of the topic or of the one discussion.
        original: In which languages the contributions were made, as a masthead says it.
        made_on: When the record was written, in words.
        title: Of the topic.
        title_is_right_to_left: Whether that is written from right to left.
        facts: Labels and values below the title.
        address: Where the discussion is.
        sections: Objective, guiding questions and synthesis, as far as there are any.
        contributions_heading: Above the exchanges.
        exchanges: The discussions, in the order of the rooms.
        participants_heading: Above the list of participants.
        participants: States and roles, alphabetically in this language, each with the people who spoke.
        statistics_heading: Above the figures.
        statistics: Labels and figures.
        nobody: What stands where nobody has contributed.
    """

    language: str
    is_right_to_left: bool
    masthead: str
    symbol: str
    original: str
    made_on: str
    title: str
    title_is_right_to_left: bool
    facts: list[tuple[str, str]]
    address: str
    sections: list[Section]
    contributions_heading: str
    exchanges: list[Exchange]
    participants_heading: str
    participants: list[tuple[str, list[str]]]
    statistics_heading: str
    statistics: list[tuple[str, str]]
    nobody: str


def record_text(topic: Topic, discussion: Discussion | None, *, reader: User, language: str) -> RecordText:
    """Gather a record.

    Args:
        topic: What was discussed.
        discussion: The only discussion wanted; all that ``reader`` may see when None.
        reader: For whom: only what they may see is in it, and an evaluator reads no names (reading A24).
        language: Of the document; contributions are shown in it where an up-to-date translation is stored.

    Raises:
        Discussion.DoesNotExist: ``reader`` may see no such discussion.

    Source: FOR-26, REP-11, CDIP/22/3 para 6.
    """
    visible = Discussion.objects.visible_to(reader).filter(topic=topic).select_related("room")
    if discussion is not None:
        visible = visible.filter(pk=discussion.pk)
    shown = list(visible.order_by("room__position"))
    if not shown:
        raise Discussion.DoesNotExist
    with translation.override(language), timezone.override(GENEVA):
        return _Writer(topic, shown, reader=reader, language=language, is_whole=discussion is None).text()


class _Writer:
    """Writes one record in the active language."""

    def __init__(
        self, topic: Topic, discussions: Sequence[Discussion], *, reader: User, language: str, is_whole: bool
    ) -> None:
        self._topic, self._discussions, self._language = topic, discussions, language
        self._hides_names, self._is_whole = reader.role == Role.EVALUATOR, is_whole
        self._numbers: dict[int, int] = {}  # of people, where their names are hidden
        self._speakers: dict[str, dict[int, str]] = {}  # of each delegation or role
        self._said: Counter[str] = Counter()
        self._spoken: set[str] = set()  # languages

    def text(self) -> RecordText:
        exchanges = [self._exchange(discussion) for discussion in self._discussions]
        topic, first = self._topic, self._discussions[0]
        facts = [(_("Category"), str(topic.category))]
        if topic.step:
            facts.append((_("Step of the assistance cycle"), str(topic.step)))
        facts.append((pgettext("discussion", "Opened"), self._moment(first.opened_at)))
        closed = first.closed_at or topic.closes_at
        if closed:
            facts.append((pgettext("discussion", "Closed"), self._moment(closed)))
        address = topic.get_absolute_url() if self._is_whole else first.get_absolute_url()
        symbol = topic.symbol if self._is_whole else f"{topic.symbol}/{first.room.language}"
        return RecordText(
            language=self._language,
            is_right_to_left=self._language in RIGHT_TO_LEFT,
            masthead=_("Technical Assistance Forum"),
            symbol=symbol,
            original=_("Original: %(languages)s") % {"languages": self._language_names(self._spoken)},
            made_on=_("Record of %(moment)s (Geneva)") % {"moment": self._moment(timezone.now())},
            title=topic.title,
            title_is_right_to_left=reads_right_to_left(topic.title),
            facts=facts,
            address=settings.PUBLIC_URL + address,
            sections=self._sections(),
            contributions_heading=_("Contributions"),
            exchanges=exchanges,
            participants_heading=_("Participants who contributed"),
            participants=self._participants(),
            statistics_heading=_("Statistics"),
            statistics=self._statistics(exchanges),
            nobody=_("Nobody has contributed."),
        )

    def _sections(self) -> list[Section]:
        topic = self._topic
        questions = "\n".join(f"{n}. {question}" for n, question in enumerate(topic.questions, 1))
        texts = (
            (_("Objective"), topic.objective),
            (_("Guiding questions"), questions),
            (_("Synthesis"), topic.synthesis),
        )
        return [Section(heading, text_blocks(text), reads_right_to_left(text)) for heading, text in texts if text]

    def _exchange(self, discussion: Discussion) -> Exchange:
        room = discussion.room
        return Exchange(
            heading=_("Room: %(room)s") % {"room": room.name},
            symbol=f"{symbol_of(self._topic.year, self._topic.number)}/{room.language}",
            contributions=[self._contribution(*row) for row in self._rows(discussion)],
        )

    def _rows(self, discussion: Discussion) -> Iterable[tuple[Post, str, PostTranslation | None]]:
        place = "member_state__group__name" if self._hides_names else "member_state__name"
        posts = (
            Post.objects.filter(discussion=discussion)
            .exclude(state=PostState.HELD)
            .select_related("author", "imported_author", "reply_to", "corrects")
            .annotate(delegation=translated(place, self._language))
            .order_by("number")
        )
        translations = PostTranslation.objects.filter(post__discussion=discussion, language=self._language)
        translations = translations.exclude(status=TranslationStatus.MACHINE)
        of_post = {row.post_id: row for row in translations}
        for post in posts.iterator(chunk_size=500):
            found = of_post.get(post.pk)
            is_stale = found is not None and found.made_from < (post.edited_at or post.posted_at)
            yield post, post.delegation, None if is_stale else found

    def _contribution(self, post: Post, delegation: str, stored: PostTranslation | None) -> Contribution:
        role = str(Role(post.author.role).label) if post.author and not delegation else ""
        about = [delegation or role]
        if post.capacity == Capacity.DELEGATION or not self._hides_names:
            about.append(str(Capacity(post.capacity).label))
        if post.kind != ContributionKind.COMMENT:
            about.append(str(ContributionKind(post.kind).label))
        about.append(self._moment(post.posted_at))
        author = self._author(post)
        gone = self._gone(post)
        body = stored.body if stored else post.body
        if not gone:
            self._spoken.add(post.language)
            self._said[delegation or role] += 1
            person = post.author_id or -(post.imported_author_id or 0)
            self._speakers.setdefault(delegation or role or _("Older forum"), {})[person] = author
        return Contribution(
            number=post.number,
            author=author,
            about=" – ".join(filter(None, about)),
            marks=self._marks(post, stored),
            paragraphs=[] if gone else text_blocks(body),
            gone=gone,
            is_right_to_left=reads_right_to_left(body),
        )

    def _author(self, post: Post) -> str:
        if not self._hides_names:
            return post.author_name
        person = post.author_id or -(post.imported_author_id or 0)
        return _("Participant %(number)s") % {"number": self._numbers.setdefault(person, len(self._numbers) + 1)}

    def _gone(self, post: Post) -> str:
        if post.state == PostState.WITHDRAWN:
            return _("Its author has withdrawn this post.")
        return _("The moderator has removed this post.") if post.state == PostState.REMOVED else ""

    def _marks(self, post: Post, stored: PostTranslation | None) -> list[str]:
        marks = []
        if post.corrects:
            marks.append(_("Corrigendum to post %(number)s") % {"number": post.corrects.number})
        if post.reply_to and post.reply_to.discussion_id != post.discussion_id:
            marks.append(_("In reply to a post in another discussion"))
        elif post.reply_to:
            marks.append(_("In reply to post %(number)s") % {"number": post.reply_to.number})
        if post.edited_at:
            marks.append(_("Reworded on %(moment)s") % {"moment": self._moment(post.edited_at)})
        if stored:
            original = self._language_names({post.language})
            marks.append(
                f"{TranslationStatus(stored.status).label} ({_('Original: %(languages)s') % {'languages': original}})"
            )
        return marks

    def _participants(self) -> list[tuple[str, list[str]]]:
        if self._hides_names:
            return []
        order = alphabetical(self._language)
        return [
            (place, sorted(people.values(), key=order))
            for place, people in sorted(self._speakers.items(), key=lambda item: order(item[0]))
        ]

    def _statistics(self, exchanges: Sequence[Exchange]) -> list[tuple[str, str]]:
        people = {person for speakers in self._speakers.values() for person in speakers}
        figures = [
            (_("Contributions"), sum(self._said.values())),
            (_("People who contributed"), len(people)),
            (_("Delegations and roles represented"), len(self._speakers)),
        ]
        if len(exchanges) > 1:
            for exchange in exchanges:
                said = sum(not contribution.gone for contribution in exchange.contributions)
                figures.append((f"{_('Contributions')} – {exchange.heading}", said))
        return [(label, str(figure)) for label, figure in figures]

    def _language_names(self, languages: Iterable[str]) -> str:
        names = [language_name(code, self._language) for code in sorted(languages)]
        return ", ".join(names) or "–"

    def _moment(self, value: datetime) -> str:
        return moment(value, GENEVA, self._language)


def reads_right_to_left(text: str) -> bool:
    """Tell whether the first letter of a text is of a script that is written from right to left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((direction for direction in directions if direction in {"L", "R", "AL"}), "L") != "L"


_LETTERS_OF_THEIR_OWN = {"es": "ñ", "ru": "й"}  # that Unicode takes apart


def alphabetical(language: str) -> Callable[[str], str]:
    """Return what sorts words as a reader of ``language`` expects: by letters, whatever their accents and case."""
    own = _LETTERS_OF_THEIR_OWN.get(language, "")

    def key(word: str) -> str:
        letters = []
        for letter in unicodedata.normalize("NFC", word.casefold()):
            base = unicodedata.normalize("NFKD", letter)
            plain = "".join(part for part in base if not unicodedata.combining(part))
            letters.append(f"{plain}\uffff" if letter in own else plain)
        return "".join(letters)

    return key
