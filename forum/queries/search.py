"""Search: what a reader may see, in the languages they read, the syntheses first. Source: design section 7, issue 4."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Case, F, Func, IntegerField, JSONField, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from modeltranslation.utils import build_localized_fieldname

from accounts.composed import ComposedRows
from accounts.languages import spoken, written
from accounts.markdown import paragraphs as markdown_paragraphs
from accounts.models import MemberState, RegionalGroup, User
from accounts.models.people import FORMER
from forum.enums import SearchSource
from forum.models import (
    Activity,
    Category,
    Discussion,
    ImportedAuthor,
    LibraryEntry,
    Room,
    SearchDocument,
    Step,
    Topic,
)
from forum.models.activities import ACTIVITY_TEXTS
from forum.models.discussions import discussion_address
from forum.models.search import LANGUAGES_WITH_AN_INDEX, SearchDocumentQuerySet
from forum.models.topics import symbol_of
from forum.queries.columns import translated
from forum.queries.pages import page_of
from forum.queries.search_text import Extract, Question, Term, extract, paragraphs, read_question

RESULTS_PER_PAGE = 20
MOST_RESULTS = 1_000  # that are ranked and can be paged through
RECENT = 20_000  # newest texts that are looked through first; what is common is found among them
MOST_AUTHORS = 200
DAYS_OF = ZoneInfo(settings.TIME_ZONE)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is empty asks nothing.

    Args:
        question: The words.
        languages: The codes of the languages to look in.
        room: The id of a room.
        states: The ids of member states; None for any.
        group: The id of a regional group, which the library names beside states.
        category: The id of a category.
        step: The id of a step.
        source: What the text belongs to.
        kind: The kind of contribution.
        author: A part of the author's name.
        since: The first day.
        until: The last day.
    """

    question: Question
    languages: Sequence[str]
    room: int | None = None
    states: Sequence[int] | None = None
    group: int | None = None
    category: int | None = None
    step: int | None = None
    source: str = ""
    kind: str = ""
    author: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Result:
    """A text that was found.

    Args:
        source: What it belongs to.
        language: Its own.
        address: Where it opens: at the paragraph that matches.
        symbol: As which it is cited.
        title: Of its topic, or its own.
        extract: The passage that matches.
        dated_at: When it was said.
        author: Who said it; empty where nobody did alone.
        delegation: The author's when it was said.
        file: The name of the document in which it was found.
    """

    source: SearchSource
    language: str
    address: str
    symbol: str
    title: str
    extract: Extract
    dated_at: datetime
    author: str = ""
    delegation: str = ""
    file: str = ""


@dataclass(frozen=True)
class SearchPage:
    """One page of results.

    Args:
        results: At most twenty.
        count: How many there are; at most one more than can be paged through.
        number: The page's number, from 1.
    """

    results: Sequence[Result] = field(default_factory=list)
    count: int = 0
    number: int = 1

    @property
    def is_cut(self) -> bool:
        """Whether there are more results than can be paged through."""
        return self.count > MOST_RESULTS

    @property
    def counted(self) -> str:
        """How many results there are, in words."""
        if self.is_cut:
            return gettext("More than %(num)s results") % {"num": number_format(MOST_RESULTS)}
        return ngettext("%(num)s result", "%(num)s results", self.count) % {"num": number_format(self.count)}

    @property
    def pages(self) -> int:
        return -(-min(self.count, MOST_RESULTS) // RESULTS_PER_PAGE)

    @property
    def is_last(self) -> bool:
        return self.number >= self.pages


# --- What can be chosen -----------------------------------------------------------------------------


class Choice(NamedTuple):
    """A row of one of the lists to choose from; ``within`` is the id of a state's group, or a room's language."""

    list: str
    pk: int
    name: str
    position: int
    within: str


def _compose_choices(rooms: QuerySet, language: str) -> QuerySet:
    def rows(name: str, source: Any, label: Any, position: Any, within: Any) -> Any:
        # As it is: modeltranslation, which would rewrite it, loses the order of the columns.
        return (
            source.order_by()
            .rewrite(False)
            .values_list(
                Value(name),
                "pk",
                Cast(label, TextField()),
                Cast(position, IntegerField()),
                Coalesce(Cast(within, TextField()), Value(""), output_field=TextField()),
            )
        )

    name = translated("name", language)
    lists: QuerySet = rows("state", MemberState.objects.all(), name, Value(0), "group").union(
        rows("group", RegionalGroup.objects.all(), name, Value(0), Value("")),
        rows("category", Category.objects.all(), name, "position", Value("")),
        rows("step", Step.objects.all(), name, "position", Value("")),
        rows("room", rooms, translated("name", language), "position", "language"),
        all=True,
    )
    return lists


_choices = ComposedRows(_compose_choices)


def choices(viewer: User) -> list[Choice]:
    """Return everything that ``viewer`` can narrow a search by, in one statement."""
    lists = _choices.fetch(Room.objects.visible_to(viewer), translation.get_language() or "en")
    return sorted((Choice(*row) for row in lists), key=lambda choice: (choice.list, choice.position, choice.name))


# --- Finding ----------------------------------------------------------------------------------------


def search_page(viewer: User, wanted: Wanted, number: int = 1) -> SearchPage:
    """Find what ``viewer`` looks for among what they may see.

    Args:
        viewer: Who looks.
        wanted: What they look for.
        number: The page wanted, from 1; the first one where there is none so far.

    Returns:
        Syntheses first, then what answers best, then what is newest. Where very much answers, the newest of it.
    """
    rows = _found(viewer, wanted, (number - 1) * RESULTS_PER_PAGE)
    if not rows and number > 1:
        return search_page(viewer, wanted)
    count = rows[0][1] if rows else 0
    return SearchPage(_results(viewer, wanted, [pk for pk, _count in rows]), count, number)


def _narrowed(viewer: User, wanted: Wanted) -> tuple[SearchDocumentQuerySet, SearchDocumentQuerySet]:
    """Return what was said in discussions and what stands above them, as far as the choices allow."""
    said, kept = SearchDocument.objects.said_to(viewer), SearchDocument.objects.kept_for(viewer)
    if wanted.room:
        discussions = Discussion.objects.filter(room=wanted.room)
        said = said.filter(discussion__in=discussions.values("pk"))
        kept = kept.filter(topic__in=discussions.values("topic"))
    if wanted.category or wanted.step:
        asked = {"category": wanted.category, "step": wanted.step}
        about = Q(**{name: pk for name, pk in asked.items() if pk})
        topics = Topic.objects.filter(about)
        said = said.filter(discussion__in=Discussion.objects.filter(topic__in=topics).values("pk"))
        of_library = Q(entry__in=LibraryEntry.objects.filter(about))
        if not wanted.step:
            of_library |= Q(activity__in=Activity.objects.filter(category=wanted.category))
        kept = kept.filter(Q(topic__in=topics) | of_library)
    if wanted.states is not None:
        concerned = Q(states__in=wanted.states)
        if wanted.group:
            concerned |= Q(groups=wanted.group)
        said = said.filter(member_state__in=wanted.states)
        kept = kept.filter(entry__in=LibraryEntry.objects.filter(concerned).values("pk"))
    if wanted.author:
        people, imported = _authors(wanted.author)
        said = said.filter(Q(author__in=people) | Q(imported_author__in=imported))
        kept = kept.filter(author__in=people)
    same = Q()
    if wanted.source:
        same &= Q(source=wanted.source)
    if wanted.kind:
        same &= Q(kind=wanted.kind) & ~Q(source__in=[SearchSource.TOPIC, SearchSource.SYNTHESIS])
    if wanted.since:
        same &= Q(dated_at__gte=_begin(wanted.since))
    if wanted.until:
        same &= Q(dated_at__lt=_begin(wanted.until + timedelta(days=1)))
    return said.filter(same), kept.filter(same)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=DAYS_OF)


def _authors(name: str) -> tuple[list[int], list[int]]:
    """Return the ids of the people and of the imported authors whose names hold ``name``."""
    people = User.objects.filter(full_name__icontains=name).order_by().values_list("pk", Value(0))
    imported = ImportedAuthor.objects.filter(name__icontains=name).order_by().values_list("pk", Value(1))
    found = list(people[:MOST_AUTHORS].union(imported[:MOST_AUTHORS], all=True))
    return [pk for pk, of in found if of == 0], [pk for pk, of in found if of == 1]


def _found(viewer: User, wanted: Wanted, offset: int) -> list[tuple[int, int]]:
    """Return the ids of a page of results, each with how many there are.

    What is common answers among the newest texts, which are looked through one by one. Only where they hold too
    little of it are the others asked for, by the index of each language: then they are few, however many there are.
    """
    said, kept = (_sql(rows) for rows in _narrowed(viewer, wanted))
    questions = {language: _asked(wanted.question, language) for language in wanted.languages}
    statement = f"""
        WITH kept AS ({_newest(_matching(kept, questions))}),
        recent AS MATERIALIZED ({_newest(_matching(said, questions) + f" AND id > forum_search_floor({RECENT})")}),
        earlier AS ({_newest(_earlier(said, questions))})
        SELECT id, least(count(*) OVER (), {MOST_RESULTS + 1})
        FROM (SELECT * FROM kept UNION ALL SELECT * FROM recent UNION ALL SELECT * FROM earlier) AS found
        ORDER BY is_first DESC, rank DESC, dated_at DESC, id DESC
        OFFSET {offset:d} LIMIT {RESULTS_PER_PAGE}
    """  # noqa: S608 - its parts are written below, with every value quoted by psycopg2
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[tuple[int, int]] = cursor.fetchall()
    return rows


def _quoted(sql: str, params: Sequence[Any]) -> str:
    """Return SQL with its values in it, to be put together with other SQL."""
    with connection.cursor() as cursor:
        return str(cursor.mogrify(sql, params).decode())


def _sql(rows: SearchDocumentQuerySet) -> str:
    try:
        columns = rows.order_by().values_list("id", "source", "language", "dated_at", "vector")
        return _quoted(*columns.query.sql_with_params())
    except EmptyResultSet:
        return "SELECT id, source, language, dated_at, vector FROM forum_searchdocument WHERE false"


def _asked(question: Question, language: str) -> str:
    """Return the expression of a question in one language; empty where it asks for no words."""

    def any_of(terms: Sequence[Term], operator: str) -> str:
        found = [_quoted("forum_search_query(%s, %s)", [language, term.words]) for term in terms]
        return f" {operator} ".join(found) or "''::tsquery"

    alternatives = []
    for terms in question.alternatives:
        asked = any_of([term for term in terms if not term.is_excluded], "&&")
        excluded = any_of([term for term in terms if term.is_excluded], "||")
        alternatives.append(f"forum_search_without({asked}, {excluded})")
    return " || ".join(alternatives)


def _matching(rows: str, questions: Mapping[str, str]) -> str:
    """Return rows that answer to the question in their own language."""
    languages = _quoted("language IN %s", [tuple(questions)])
    if not any(questions.values()):
        return f"SELECT *, ''::tsquery AS asked FROM ({rows}) AS texts WHERE {languages}"  # noqa: S608
    cases = " ".join(_quoted("WHEN %s", [language]) + f" THEN {asked}" for language, asked in questions.items())
    asked = f"CASE language {cases} END"
    return f"SELECT *, {asked} AS asked FROM ({rows}) AS texts WHERE {languages} AND vector @@ {asked}"  # noqa: S608


def _earlier(rows: str, questions: Mapping[str, str]) -> str:
    """Return those of the rows that are not recent, where the recent ones are not enough."""
    needed = f" AND id <= (SELECT forum_search_floor({RECENT})) AND (SELECT count(*) FROM recent) < {MOST_RESULTS}"  # noqa: S608
    if not any(questions.values()):
        return _matching(rows, questions) + needed
    each = [
        f"SELECT *, {asked} AS asked FROM ({rows}) AS texts WHERE "  # noqa: S608
        + _quoted("language = %s", [language])
        + f" AND vector @@ ({asked}){needed}"
        for language, asked in questions.items()
    ]
    return " UNION ALL ".join(each)


def _newest(rows: str) -> str:
    """Return the newest of the rows with how well they answer; syntheses before all others."""
    first = f"source = '{SearchSource.SYNTHESIS}'"
    return f"""
        SELECT id, {first} AS is_first, ts_rank_cd(vector, asked, 1) AS rank, dated_at
        FROM (SELECT * FROM ({rows}) AS answers ORDER BY {first} DESC, dated_at DESC LIMIT {MOST_RESULTS + 1}) AS newest
    """  # noqa: S608


def entries_about(words: str) -> SearchDocumentQuerySet:
    """Return the texts of the library, entries and their documents, that answer to words in their own language."""
    return _answering(SearchDocument.objects.filter(entry__isnull=False), words)


def activities_about(words: str) -> SearchDocumentQuerySet:
    """Return the texts of the catalogue that answer to words in their own language."""
    return _answering(SearchDocument.objects.filter(activity__isnull=False), words)


def _answering(kept: SearchDocumentQuerySet, words: str) -> SearchDocumentQuerySet:
    question = read_question(words)
    if not question.alternatives:
        return kept
    questions = {language: _asked(question, language) for language in LANGUAGES_WITH_AN_INDEX}
    cases = " ".join(_quoted("WHEN %s", [language]) + f" THEN {asked}" for language, asked in questions.items())
    asked = f"CASE language {cases} ELSE {_asked(question, 'simple')} END"
    answers = RawSQL(f"vector @@ ({asked})".replace("%", "%%"), [], output_field=BooleanField())  # noqa: S611
    return kept.filter(answers)


# --- Showing ----------------------------------------------------------------------------------------


def _results(viewer: User, wanted: Wanted, ids: Sequence[int]) -> list[Result]:
    """Return what is shown of the texts with these ids, in their order."""
    if not ids:
        return []
    rows = {row["pk"]: row for row in _rows(viewer, wanted, ids)}
    topics = Topic.objects.in_bulk([row["topic"] for row in rows.values() if row["topic"]])
    letters = frozenset(word for word in wanted.question.words.split() if len(word) == 1)
    return [_result(rows[pk], topics, letters) for pk in ids if pk in rows]


ENTRY_TEXTS = tuple(  # as the trigger puts them together
    f"entry__{name}" for name in ("summary", "programme", "provider", "expected_result", "achieved_result", "lessons")
)


def _in_its_language(names: Sequence[str]) -> Case:
    """Return texts of an activity of the catalogue in the language of the row, one after another."""

    def texts(suffix: str) -> Func:
        columns = [F(f"activity__{name}_{suffix}") for name in names]
        return Func(Value("\n\n"), *columns, function="concat_ws", output_field=TextField())

    codes = settings.MODELTRANSLATION_LANGUAGES
    return Case(*(When(language=spoken(code), then=texts(code.replace("-", "_"))) for code in codes))


def _rows(viewer: User, wanted: Wanted, ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    language = translation.get_language() or "en"
    places = Func(
        F("vector"),
        F("language"),
        Value(wanted.question.words),
        function="forum_search_places",
        output_field=JSONField(),
    )
    rows: Iterable[dict[str, Any]] = (
        SearchDocument.objects.visible_to(viewer)
        .filter(pk__in=ids)
        .values(
            "pk",
            "source",
            "language",
            "dated_at",
            "topic",
            "discussion",
            "post__number",
            "discussion__room__language",
            "discussion__topic__year",
            "discussion__topic__number",
            "entry",
            "entry__number",
            "entry__title",
            "activity",
            "attachment__name",
            *ENTRY_TEXTS,
            activity_title=_in_its_language(["title"]),
            activity_text=_in_its_language(ACTIVITY_TEXTS),
            places=places,
            topic_title=translated("discussion__topic__title", language),
            html=Coalesce(F("translation__html"), F("post__html"), output_field=TextField()),
            text=F("attachment__text"),
            name=Coalesce(F("author__full_name"), F("imported_author__name"), output_field=TextField()),
            delegation=translated("member_state__name", language),
        )
    )
    return rows


def _result(row: Mapping[str, Any], topics: Mapping[int, Topic], letters: frozenset[str]) -> Result:
    source, topic = SearchSource(row["source"]), topics.get(row["topic"])
    title, heading, parts = _words_of(row, topic)
    found = extract(parts, row["places"], heading=heading, letters=letters)
    if topic is not None:
        symbol, address = topic.symbol, topic.get_absolute_url()
        if source == SearchSource.SYNTHESIS:
            address += f"#synthesis-{found.paragraph}" if found.paragraph else "#synthesis-heading"
    elif row["discussion"]:
        symbol, address = _cited(row, found.paragraph)
    elif row["activity"]:
        symbol, address = "", Activity(pk=row["activity"]).get_absolute_url()
    else:
        entry = LibraryEntry(pk=row["entry"], number=row["entry__number"])
        symbol, address = entry.symbol, entry.get_absolute_url()
    name = row["name"] or ""
    return Result(
        source=source,
        language=row["language"],
        address=address,
        symbol=symbol,
        title=title,
        extract=found,
        dated_at=row["dated_at"],
        author=gettext(FORMER) if name == FORMER else name,
        delegation=row["delegation"],
        file=row["attachment__name"] or "",
    )


def _cited(row: Mapping[str, Any], paragraph: int) -> tuple[str, str]:
    """Return as which a post is cited, and where it opens."""
    room, number = row["discussion__room__language"], row["post__number"]
    symbol = f"{symbol_of(row['discussion__topic__year'], row['discussion__topic__number'])}/{room}"
    address = f"{discussion_address(room, row['discussion'])}?page={page_of(number)}#post-{number}"
    if paragraph:
        place = gettext("%(symbol)s, post %(number)s, para %(paragraph)s")
        values = {"symbol": symbol, "number": number, "paragraph": paragraph}
        return place % values, f"{address}-{paragraph}"
    return gettext("%(symbol)s, post %(number)s") % {"symbol": symbol, "number": number}, address


def _words_of(row: Mapping[str, Any], topic: Topic | None) -> tuple[str, str, list[tuple[int, str]]]:
    """Return a title, and as the index has counted their words: a heading, and the text in its parts."""
    if topic is not None:
        heading, objective, questions, synthesis = _topic_in(topic, row["language"])
        is_synthesis = row["source"] == SearchSource.SYNTHESIS
        parts = _synthesis_parts(synthesis) if is_synthesis else [(0, f"{objective}\n\n{questions}")]
        return heading or topic.title, heading, parts
    if row["activity"]:
        return row["activity_title"], row["activity_title"], [(0, row["activity_text"])]
    title = row["topic_title"] or row["entry__title"] or ""
    if row["attachment__name"]:
        return title, row["attachment__name"], [(0, row["text"])]
    if row["entry"]:
        return title, title, [(0, "\n\n".join(row[name] for name in ENTRY_TEXTS))]
    return title, "", paragraphs(row["html"])


def _topic_in(topic: Topic, language: str) -> list[str]:
    fields = ("title", "objective", "guiding_questions", "synthesis")
    return [getattr(topic, build_localized_fieldname(name, written(language))) or "" for name in fields]


def _synthesis_parts(synthesis: str) -> list[tuple[int, str]]:
    """Cut a synthesis into its numbered paragraphs, with the signs of Markdown as spaces."""
    lines = re.sub(r"[*_`#>\[\]]", " ", synthesis).replace("\r\n", "\n").split("\n")
    starts = [(0, 0)]
    for number, block in markdown_paragraphs(synthesis):
        if number and block[0].map:
            starts.append((number, block[0].map[0]))
    ends = [*(start for _number, start in starts[1:]), len(lines)]
    return [(number, "\n".join(lines[start:end])) for (number, start), end in zip(starts, ends, strict=True)]
