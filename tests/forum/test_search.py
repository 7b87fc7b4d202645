"""Search: right words in six languages, only what the reader may see, at the paragraph (design section 7)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.markdown import render
from accounts.models import User
from forum.enums import EntryState, PostState, TranslationStatus
from forum.models import (
    Attachment,
    ImportedAuthor,
    LibraryEntry,
    Post,
    PostTranslation,
    Room,
    SearchDocument,
    Topic,
)
from forum.queries import search
from forum.queries.search_text import spans
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    LibraryEntryFactory,
    MemberStateFactory,
    PostFactory,
    StepFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

SEARCH = "/search/"
SIX = ("en", "fr", "es", "ar", "ru", "zh")
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def found(viewer: User | Client, q: str = "", **wanted: object) -> list[str]:
    """Return the extracts of what was found, as plain text."""
    return ["".join(piece.text for piece in result.extract.pieces).strip() for result in results(viewer, q, **wanted)]


def results(viewer: User | Client, q: str = "", **wanted: object) -> list[search.Result]:
    response = asked(viewer, q, **wanted)
    assert response.status_code == 200
    page = response.context["page"]
    return list(page.results) if page else []


def asked(viewer: User | Client, q: str = "", **wanted: object):
    client = viewer
    if isinstance(viewer, User):
        client = Client()
        client.force_login(viewer)
    return client.get(SEARCH, {"q": q, **wanted})


def room(language: str) -> Room:
    return Room.objects.get_or_create(language=language, defaults={"name_en": language})[0]


def post(body: str, language: str = "en", **fields: object) -> Post:
    fields.setdefault("discussion", DiscussionFactory(room=room(language)))
    return PostFactory(body=body, language=language, **fields)


def attach(
    text: str, *, to: Post | None = None, entry: LibraryEntry | None = None, name: str = "file.pdf"
) -> Attachment:
    return Attachment.objects.create(
        post=to,
        entry=entry,
        discussion=to.discussion if to else None,
        name=name,
        content_type="application/pdf",
        size=1,
        sha256="0" * 64,
        file="attachments/1",
        text=text,
    )


def translate(original: Post, body: str, language: str) -> PostTranslation:
    return PostTranslation.objects.create(
        post=original,
        language=language,
        body=body,
        html=render(body, anchor=original.anchor),
        status=TranslationStatus.PERSON,
        made_from=original.posted_at,
        translated_by=UserFactory(role=Role.MODERATOR),
    )


def entry(title: str, state: EntryState = EntryState.PUBLISHED) -> LibraryEntry:
    return LibraryEntryFactory(title=title, state=state)


@pytest.fixture
def polyglot() -> User:
    return DelegateFactory(languages_read=["en", "fr", "es", "ar", "ru", "zh-hans"])


# --- The words of six languages ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "question"),
    [
        ("en", "Trained examiners keep their skills.", "examiner training skill"),
        ("fr", "Les offices ont développé leurs capacités.", "office développer capacité"),
        ("fr", "Les offices ont développé leurs capacités.", "developpe capacites"),
        ("fr", "L’œuvre des États, le cœur du métier", "oeuvre etat coeur metier"),
        ("fr", "Une oeuvre ecrite sans accents, a l'etat brut", "œuvre écrite état"),
        ("fr", "La formation d’examinateurs", "examinateur"),
        ("es", "Formación de los examinadores en España", "examinador espana"),
        ("es", "Formaciones que perduran", "formacion"),
        ("es", "Formacion de los ninos", "formación niño"),
        ("ru", "Подготовка экспертов Российской Федерации", "эксперт российская подготовку"),
        ("ru", "Ещё одна ёлка в отчёте", "еще елка отчеты"),
        ("ru", "Еще одна елка", "ещё ёлка"),
        ("ar", "المُساعَدة التقنية والتدريب في الإدارة", "المساعدة تدريب"),
        ("ar", "المساعدة التقنية", "مساعده"),
        ("ar", "إدارة الملكية", "اداره"),
        ("ar", "مـــــلكية فكرية", "ملكية"),
        ("zh", "我们为审查员提供技术援助。", "援助"),
        ("zh", "我们为审查员提供技术援助。", "技术援助"),
        ("zh", "我们为审查员提供技术援助。", "援"),
        ("zh", "我们为审查员提供技术援助", "助"),
        ("zh", "ＷＩＰＯ 的技术援助", "wipo 技术"),
        ("en", "The word 援助 means assistance.", "援助"),
        ("en", "See TAF/2026/47 for it.", "TAF/2026/47"),
        ("en", "As an e-mail in the café of Zürich said", "e-mail cafe zurich"),
        ("en", "The cafe of Zurich", "café zürich"),
    ],
)
def test_a_word_is_found_in_all_its_forms(polyglot, language, text, question):
    written = post(text, language)

    assert [result.address.split("#")[1] for result in results(polyglot, question, what="post")] == [
        f"post-{written.number}-1"
    ]


@pytest.mark.parametrize(
    ("language", "text", "question"),
    [
        ("en", "Trained examiners", "exam"),
        ("fr", "Les capacités", "capitale"),
        ("zh", "我们为审查员提供技术援助。", "助援"),
        ("zh", "技术的援助", "技术援助"),
        ("ru", "Мой край", "Мои краи дом"),
        ("en", "Assistance 2026", "2027"),
        ("en", "Only in English", "seulement"),
    ],
)
def test_another_word_is_not_found(polyglot, language, text, question):
    post(text, language)

    assert found(polyglot, question) == []


def test_one_question_is_asked_in_each_language_that_is_read_and_in_no_other(polyglot):
    post("Information about patents", "en")
    post("Les informations", "fr")

    assert len(found(polyglot, "information")) == 2
    assert found(DelegateFactory(languages_read=["fr"], language="fr"), "information") == ["Les informations"]
    assert found(DelegateFactory(languages_read=["en"]), "information") == ["Information about patents"]


def test_a_language_or_all_can_be_chosen(polyglot):
    reader = DelegateFactory(languages_read=["en"])
    post("Information", "en")
    post("Informations", "fr")
    room("pt")
    post("Informações", "pt")

    assert found(reader, "informations", language="fr") == ["Informations"]
    assert found(reader, "informação", language="pt") == ["Informações"]
    assert len(found(reader, "information", language="all")) == 2


# --- Phrases, exclusions, alternatives --------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("technical assistance", {"A", "B", "C"}),
        ('"technical assistance"', {"A"}),
        ("“technical assistance”", {"A"}),
        ('"assistance for technical"', {"B"}),
        ("technical -assistance", {"D"}),
        ('assistance -"technical assistance"', {"B", "C"}),
        ("strategy OR nairobi", {"C", "D"}),
        ("strategy | nairobi", {"C", "D"}),
        ("assistance nairobi OR strategy", {"C", "D"}),
        ("-assistance", set()),
        ("-assistance OR strategy", {"D"}),
        ("the -assistance", set()),
        ('"technical assistance', {"A"}),
        ("the", set()),
        ("of the technical", {"A", "B", "C", "D"}),
    ],
)
def test_questions_are_words_phrases_exclusions_and_alternatives(polyglot, question, expected):
    texts = {
        "A": "Technical assistance works.",
        "B": "The assistance for technical staff works.",
        "C": "Assistance in Nairobi was technical.",
        "D": "A technical strategy.",
    }
    discussion = DiscussionFactory()
    for text in texts.values():
        post(text, discussion=discussion)

    assert set(found(polyglot, question)) == {texts[key] for key in expected}


HOSTILE = [
    '"',
    "''",
    "\\",
    "a & | !",
    "!!",
    "(((",
    ":*",
    "a:*b",
    "<->",
    "<1>",
    "'a' <-> 'b'",
    "-",
    "--",
    "- -",
    "OR",
    "OR OR a",
    "%",
    "%s",
    "%(a)s",
    "_%",
    "{}",
    "; DROP TABLE forum_post",
    "\u202e\u202d",
    "\u200b",
    "\ufeff",
    "😀",
    "a" * 300,
    "援" * 29,
    "é" * 300,
    "\u0301" * 300,
    "﷽" * 10,
    "½ ⅓",
    "İ ı ß ẞ",
    "ﬃ",
    "\ue000",
    "ａ",
    "<script>alert(1)</script>",
    "a\tb\nc\rd",
    "$$",
    "$1",
    "?",
    "??",
    "\\x00",
    "\ud800".encode("utf-8", "replace").decode(),
    "0x1",
    "1e5 -1.5 .5",
    "a" + "\u0300" * 200,
    "ا" * 100,
]


@pytest.mark.parametrize("question", HOSTILE)
def test_no_question_is_an_error(polyglot, question):
    post(f"Words. {question}")

    assert asked(polyglot, question).status_code == 200
    assert asked(polyglot, f'-"{question}" x OR {question[:20]}').status_code in {200, 422}


@pytest.mark.parametrize(("question", "reason"), [("x" * 301, "301 characters"), ("a " * 31, "at most 30 words")])
def test_a_very_long_question_is_refused_with_the_reason_and_kept(polyglot, question, reason):
    response = asked(polyglot, question)

    assert response.status_code == 422
    assert reason in response.content.decode()
    assert f'value="{question.strip()}' in response.content.decode()
    assert asked(polyglot, question[: len(question) - 2]).status_code == 200


def test_a_zero_byte_is_refused(polyglot):
    assert asked(polyglot, "a\x00b").status_code == 422


@pytest.mark.parametrize(
    "text", [*HOSTILE, "L’Œuvre ½ 技术援助，ABC12 ﷽ e\u0301te مُعَلِّم ٢٠٢٦ a\u200bb 技\u200b术 x", "TAF/2026/47,para.3"]
)
def test_places_in_the_index_are_places_in_the_text(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT forum_search_words(%s)", [text])
        words = cursor.fetchone()[0]

    assert len(spans(text)) == len(words)


# --- What is shown ----------------------------------------------------------------------------------


def test_a_result_opens_at_the_page_and_paragraph_and_keeps_its_accents(polyglot):
    discussion = DiscussionFactory(room=room("fr"))
    for _n in range(22):
        post("Rien.", "fr", discussion=discussion)
    written = post("Bonjour.\n\nDeuxième paragraphe.\n\nLe **développement** des offices.", "fr", discussion=discussion)

    [result] = results(polyglot, "developpement")

    assert result.address == f"{discussion.get_absolute_url()}?page=2#post-23-3"
    assert result.symbol == f"{discussion.topic.symbol}/fr, post 23, para 3"
    assert [piece.text for piece in result.extract.pieces if piece.is_match] == ["développement"]
    assert 'id="post-23-3"' in browser_of(polyglot).get(result.address).content.decode()
    assert (result.author, result.delegation) == (written.author.full_name, str(written.member_state))


def browser_of(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def test_the_extract_is_where_most_of_the_words_stand_together(polyglot):
    post("Assistance.\n\n" + "Other words. " * 100 + "\n\nHere technical assistance ends.")

    [result] = results(polyglot, "technical assistance")

    assert result.address.endswith("#post-1-3")


def test_chinese_is_marked_as_asked(polyglot):
    post("我们为审查员提供技术援助。", "zh")

    def marked(question):
        return [piece.text for piece in results(polyglot, question)[0].extract.pieces if piece.is_match]

    assert (marked("技术援助"), marked("援助"), marked("援")) == (["技术援助"], ["援助"], ["援"])


VECTORS = [
    "<script>alert(1)</script> zebra",
    '<img src=x onerror="alert(1)"> zebra',
    "zebra [x](javascript:alert(1))",
    "`</mark><b>` zebra",
]


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_that_was_written_is_markup_in_a_result(polyglot, vector):
    written = post(vector)
    attach(vector, to=written, name="<b>zebra</b>.pdf")
    topic = TopicFactory(title_en="<i>zebra</i>", synthesis_en=vector)
    DiscussionFactory(topic=topic, room=room("en"))

    html = asked(polyglot, "zebra").content.decode()
    listed = html[html.index('id="results"') :]

    assert listed.count("<mark>zebra</mark>") == 3
    assert re.findall(r"<(?:script|img|b|i)\b", listed) == []
    assert "javascript:" not in re.findall(r'href="([^"]*)', listed)
    assert 'value="&#34;&lt;x"' in asked(polyglot, '"<x').content.decode()


def test_syntheses_come_first_then_what_answers_best_then_the_newest(polyglot):
    topic = TopicFactory(title_en="A week", synthesis_en="First.\n\nThe *zebra* was agreed.", objective_en="None")
    discussion = DiscussionFactory(topic=topic, room=room("en"))
    now = timezone.now()
    post("A zebra among many other words.", discussion=discussion, posted_at=now - timedelta(days=2))
    post("A zebra among many other words.", discussion=discussion, posted_at=now - timedelta(days=1))
    post("Zebra, zebra, zebra, zebra.", discussion=discussion, posted_at=now - timedelta(days=9))

    shown = results(polyglot, "zebra")

    assert [result.address.split("#")[1] for result in shown] == ["synthesis-2", "post-3-1", "post-2-1", "post-1-1"]
    assert 'id="synthesis-2"' in browser_of(polyglot).get(shown[0].address).content.decode()


def test_topics_documents_translations_and_entries_are_found(polyglot):
    written = post("Nothing.")
    TopicFactory(title_en="Zebra unopened")
    DiscussionFactory(topic=TopicFactory(title_en="Zebra topic", title_fr=""), room=room("en"))
    attach("A zebra in the text.", to=written, name="report.pdf")
    translate(written, "Un zebra.", "fr")
    published = entry("Zebra practice")

    shown = {result.source: result for result in results(polyglot, "zebra")}

    assert set(shown) == {"topic", "attachment", "translation", "entry"}
    assert shown["attachment"].file == "report.pdf"
    assert shown["attachment"].address.endswith("#post-1")
    assert shown["translation"].address.endswith("#post-1-1")
    assert shown["entry"].address == published.get_absolute_url()


def test_a_document_is_found_by_its_name(polyglot):
    attach("", to=post("Nothing."), name="Strategy_2030.pdf")

    assert [result.file for result in results(polyglot, "strategy")] == ["Strategy_2030.pdf"]


def test_an_empty_result_says_what_to_try(polyglot):
    html = asked(polyglot, "zebra", what="synthesis").content.decode()

    assert "Nothing was found that you can read." in html
    assert "Look without narrowing the search." in html
    assert "a search cannot only exclude" in asked(polyglot, "-zebra").content.decode()


def test_every_page_has_a_box_to_search_from(polyglot):
    assert f'action="{SEARCH}"' in browser_of(polyglot).get("/rooms/").content.decode()
    assert f'action="{SEARCH}"' not in Client().get("/").content.decode()


# --- Filters ----------------------------------------------------------------------------------------


@pytest.fixture
def filtered(polyglot) -> dict[str, object]:
    """Two posts that differ in everything: the one that is wanted and another; and the one's filters."""
    state = MemberStateFactory()
    topic = TopicFactory(category=CategoryFactory(), step=StepFactory(), title_en="One")
    wanted = post(
        "Zebra wanted",
        discussion=DiscussionFactory(topic=topic, room=room("en")),
        author=DelegateFactory(member_state=state, full_name="Amina Wanjiku"),
        kind="tool",
        posted_at="2026-03-02T12:00Z",
    )
    post("Zebra other", "fr", kind="idea", posted_at="2026-05-02T12:00Z")
    return {
        "room": wanted.discussion.room.pk,
        "category": topic.category.pk,
        "step": topic.step.pk,
        "state": state.pk,
        "group": state.group.pk,
        "author": "wanjiku",
        "what": "kind-tool",
        "language": "en",
        "until": "2026-03-02",
    }


@pytest.mark.parametrize("name", ["room", "category", "step", "state", "group", "author", "what", "language", "until"])
def test_a_filter_leaves_the_rest_out(polyglot, filtered, name):
    assert len(found(polyglot, "zebra")) == 2
    assert found(polyglot, "zebra", **{name: filtered[name]}) == ["Zebra wanted"]
    assert "Zebra wanted" in found(polyglot, **{name: filtered[name]})
    assert "Zebra other" not in found(polyglot, **{name: filtered[name]})


def test_filters_are_met_together(polyglot, filtered):
    assert found(polyglot, "zebra", **filtered) == ["Zebra wanted"]
    assert found(polyglot, "zebra", **filtered | {"what": "kind-idea"}) == []
    assert found(polyglot, "zebra", **filtered | {"group": MemberStateFactory().group.pk}) == []


def test_a_day_is_geneva_s(polyglot):
    post("Zebra", posted_at="2026-03-01T23:30Z")

    assert found(polyglot, "zebra", since="2026-03-02", until="2026-03-02") == ["Zebra"]
    assert found(polyglot, "zebra", until="2026-03-01") == []


@pytest.mark.parametrize(
    "wanted",
    [{"room": "x"}, {"state": "0"}, {"since": "x"}, {"page": "0"}, {"since": "2026-03-02", "until": "2026-03-01"}],
)
def test_a_filter_that_is_none_is_refused(polyglot, wanted):
    room("en")

    assert asked(polyglot, "zebra", **wanted).status_code == 422


def test_an_entry_is_filtered_by_the_states_and_groups_it_names(polyglot):
    state, other = MemberStateFactory(), MemberStateFactory()
    named = entry("Zebra practice")
    named.states.add(state)
    named.groups.add(other.group)

    assert len(found(polyglot, "zebra", state=state.pk)) == 1
    assert len(found(polyglot, "zebra", group=other.group.pk)) == 1
    assert found(polyglot, "zebra", state=other.pk) == []
    assert len(found(polyglot, "zebra", category=named.category.pk)) == 1


def test_an_imported_author_is_found_by_name(polyglot):
    somebody = ImportedAuthor.objects.create(source="old", key="1", name="Old Hand")
    post("Zebra", author=None, imported_author=somebody, member_state=None)
    post("Zebra again")

    assert found(polyglot, "zebra", author="old h") == ["Zebra"]
    assert results(polyglot, "zebra", author="old h")[0].author == "Old Hand"


# --- What follows every change ----------------------------------------------------------------------


def document(**of: object) -> list[str]:
    return sorted(SearchDocument.objects.filter(**of).values_list("source", flat=True))


@pytest.mark.parametrize("state", [PostState.HELD, PostState.WITHDRAWN, PostState.REMOVED])
def test_what_is_not_shown_is_not_found_nor_what_belongs_to_it(polyglot, state):
    written = post("Zebra")
    attach("Zebra", to=written)
    translate(written, "Zebra", "fr")
    assert len(found(polyglot, "zebra")) == 3

    Post.objects.filter(pk=written.pk).update(state=state)
    assert found(polyglot, "zebra") == []
    assert found(written.author, "zebra") == []

    Post.objects.filter(pk=written.pk).update(state=PostState.VISIBLE)
    assert len(found(polyglot, "zebra")) == 3


def test_a_new_wording_is_found_and_the_old_one_is_not(polyglot):
    written = post("Zebra")
    Post.objects.filter(pk=written.pk).update(body="Giraffe", html=render("Giraffe", anchor="post-1"))

    assert (found(polyglot, "zebra"), found(polyglot, "giraffe")) == ([], ["Giraffe"])


def test_documents_and_translations_are_followed(polyglot):
    written = post("Nothing")
    waiting = attach("Zebra", to=written)
    Attachment.objects.filter(pk=waiting.pk).update(post=None)
    assert found(polyglot, "zebra") == []
    Attachment.objects.filter(pk=waiting.pk).update(post=written, text="Giraffe")
    assert (found(polyglot, "zebra"), len(found(polyglot, "giraffe"))) == ([], 1)
    translation = translate(written, "Zebra", "fr")
    PostTranslation.objects.filter(pk=translation.pk).update(html="<p>Okapi</p>")
    assert (found(polyglot, "zebra"), len(found(polyglot, "okapi"))) == ([], 1)

    waiting.delete()
    translation.delete()

    assert document(post=written) == ["post"]


def test_topics_and_entries_are_followed(polyglot):
    topic = TopicFactory(title_en="Zebra", title_fr="", title_es="", objective_en="")
    DiscussionFactory(topic=topic, room=room("en"))
    Topic.objects.filter(pk=topic.pk).update(title_en="Giraffe", synthesis_en="Okapi", synthesis_zh_hans="斑马")
    assert [len(found(polyglot, word)) for word in ("zebra", "giraffe", "okapi", "斑马")] == [0, 2, 1, 1]
    practice = entry("Zebra", EntryState.PROPOSED)
    attach("Quagga", entry=practice)
    assert (found(polyglot, "zebra"), found(polyglot, "quagga")) == ([], [])
    LibraryEntry.objects.filter(pk=practice.pk).update(
        state=EntryState.PUBLISHED, number=1, published_at=timezone.now(), reviewed_at=timezone.now()
    )
    assert (len(found(polyglot, "zebra")), len(found(polyglot, "quagga"))) == (1, 1)
    LibraryEntry.objects.filter(pk=practice.pk).update(state=EntryState.WITHDRAWN)
    assert (found(polyglot, "zebra"), found(polyglot, "quagga")) == ([], [])


def test_what_comes_in_by_copy_or_goes_by_sql_is_followed():
    model = post("Zebra")
    columns = [field.column for field in Post._meta.concrete_fields if field.column != "id"]
    with connection.cursor() as cursor:
        names = ", ".join(columns)
        values = ", ".join({"number": "2", "submission_key": "gen_random_uuid()"}.get(name, name) for name in columns)
        cursor.execute(f"INSERT INTO forum_post ({names}) SELECT {values} FROM forum_post")  # noqa: S608
        assert document(language="en", post__number=2) == ["post"]
        cursor.execute("DELETE FROM forum_post WHERE number = 2")
    assert document(discussion=model.discussion) == ["post"]


def test_the_index_is_what_it_would_be_if_it_were_made_anew(polyglot):
    written = post("Zebra")
    attach("Zebra", to=written)
    translate(written, "Zebra", "fr")
    entry("Zebra")

    def rows():
        return sorted(
            SearchDocument.objects.values_list("source", "language", "post", "entry", "topic", "vector"), key=str
        )

    before = rows()
    fill = __import__("forum.migrations.0008_search_filled", fromlist=["FILL"]).FILL
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE forum_searchdocument")
        cursor.execute(fill)

    assert rows() == before


# --- Who finds what ---------------------------------------------------------------------------------


@pytest.fixture
def world() -> dict[str, object]:
    """A canary of each kind in two rooms, in the library, and where nobody reads."""
    here = post("Canaryhere", "en")
    there = post("Canarythere", "fr")
    for written, name in ((here, "here"), (there, "there")):
        attach(f"Canary{name}file", to=written)
        translate(written, f"Canary{name}translated", "es")
        Topic.objects.filter(pk=written.discussion.topic.pk).update(
            synthesis_en=f"Canary{name}synthesis", title_en=f"Canary{name}topic"
        )
    practice = entry("Canarylibrary")
    attach("Canarylibraryfile", entry=practice)
    unseen = [entry("Canaryproposed", EntryState.PROPOSED), entry("Canarydraft", EntryState.DRAFT)]
    for one in unseen:
        attach("Canaryproposedfile", entry=one)
    TopicFactory(title_en="Canaryunopened")
    post("Canaryheld", discussion=here.discussion, state=PostState.HELD)
    post("Canaryremoved", discussion=here.discussion, state=PostState.REMOVED)
    Attachment.objects.create(
        discussion=here.discussion, uploaded_by=here.author, name="Canarywaiting", content_type="x", size=1, sha256="0",
        file="x", text="Canarywaiting",
    )  # fmt: skip
    return {"here": here, "there": there}


HERE = {"Canaryhere", "Canaryherefile", "Canaryheretranslated", "Canaryheresynthesis", "Canaryheretopic"}
THERE = {name.replace("here", "there") for name in HERE}
LIBRARY = {"Canarylibrary", "Canarylibraryfile"}
NOWHERE = {
    "Canaryproposed",
    "Canarydraft",
    "Canaryproposedfile",
    "Canaryunopened",
    "Canaryheld",
    "Canaryremoved",
    "Canarywaiting",
}
EVERYWHERE = HERE | THERE | LIBRARY


@pytest.mark.parametrize(
    ("role", "right", "expected"),
    [
        (Role.DELEGATE, None, EVERYWHERE),
        (Role.EXPERT, None, EVERYWHERE),
        (Role.MODERATOR, None, EVERYWHERE),
        (Role.SECRETARIAT, None, EVERYWHERE),
        (Role.EVALUATOR, None, EVERYWHERE),
        (Role.FACILITATOR, "room", HERE),
        (Role.FACILITATOR, None, set()),
        (Role.EXTERNAL, "discussion", HERE),
        (Role.EXTERNAL, None, set()),
    ],
)
def test_each_reader_finds_what_they_may_read_and_learns_of_nothing_else(world, role, right, expected):
    viewer = DelegateFactory() if role == Role.DELEGATE else UserFactory(role=role)
    if right:
        discussion = world["here"].discussion
        grant(viewer, discussion.room if right == "room" else discussion)
    client = browser_of(viewer)

    seen = set()
    for canary in EVERYWHERE | NOWHERE:
        page = asked(client, canary, language="all").context["page"]
        html = asked(client, canary, language="all").content.decode()
        assert page.count == len(page.results)
        assert (page.count > 0) == (canary in html.partition('id="results"')[2])
        if page.count:
            seen.add(canary)

    assert seen == expected
    assert asked(client, " OR ".join(f'"{c}"' for c in NOWHERE), language="all").context["page"].count == 0


@pytest.mark.parametrize(("role", "right"), [(Role.FACILITATOR, "room"), (Role.EXTERNAL, "discussion")])
def test_a_right_that_is_over_finds_nothing(world, role, right):
    viewer = UserFactory(role=role)
    discussion = world["here"].discussion
    grant(viewer, discussion.room if right == "room" else discussion, ends_at=timezone.now() - timedelta(seconds=1))

    assert found(viewer, "Canaryhere") == []


def test_no_filter_tells_of_what_is_hidden(world):
    viewer = UserFactory(role=Role.EXTERNAL)
    grant(viewer, world["here"].discussion)
    there = world["there"]

    for wanted in (
        {"author": there.author.full_name},
        {"state": there.member_state.pk},
        {"category": there.discussion.topic.category.pk},
        {"since": "2000-01-01", "what": "entry"},
        {"language": "fr", "what": "post"},
    ):
        assert asked(viewer, **wanted).context["page"].count == 0
    assert 'name="room"' not in asked(viewer).content.decode()


@pytest.mark.parametrize("reader", ["nobody", "suspended", "not accepted"])
def test_nobody_searches_who_may_not_enter(world, reader):
    client = Client()
    if reader != "nobody":
        fields = (
            {"suspended_until": timezone.now() + timedelta(days=1)} if reader == "suspended" else {"accepts": False}
        )
        client.force_login(DelegateFactory(**fields))

    response = client.get(SEARCH, {"q": "Canaryhere"})

    assert response.status_code == 302
    assert response.url.startswith(("/accounts/login/", "/protocol/"))


# --- What it costs ----------------------------------------------------------------------------------


def statements(client: Client, **wanted: object) -> int:
    with CaptureQueriesContext(connection) as captured:
        asked(client, **wanted)
    return sum(not query["sql"].startswith(CONTROL) for query in captured)


def test_a_search_costs_the_same_however_much_is_found(polyglot):
    client = browser_of(polyglot)
    discussion = DiscussionFactory(topic=TopicFactory(synthesis_en="Zebra"), room=room("en"))
    costs = []
    for more in (1, 2):
        for _n in range(more):
            attach("Zebra", to=post("Zebra", discussion=discussion))
            entry("Zebra")
        costs.append((statements(client, q="zebra"), statements(client, q="zebra", author="Delegate")))

    assert costs[0] == costs[1]
    assert costs[0][0] <= 6
    assert costs[0][1] <= 8


def test_what_is_found_is_paged_through_and_counted_up_to_a_limit(polyglot, monkeypatch):
    monkeypatch.setattr(search, "MOST_RESULTS", 40)
    discussion = DiscussionFactory()
    for number in range(45):
        post(f"Zebra {number}", discussion=discussion)
    client = browser_of(polyglot)

    pages = [asked(client, "zebra", page=number) for number in (1, 2)]

    shown = [result.address for page in pages for result in page.context["page"].results]
    assert len(set(shown)) == 40
    assert "More than 40 results" in pages[0].content.decode()
    assert 'rel="next"' not in pages[1].content.decode()
    assert len(found(client, "zebra 7")) == 1
    assert len(found(client, "zebra 7", page=9)) == 1


@pytest.mark.parametrize("recent", [0, 2])
def test_older_texts_are_found_where_the_recent_ones_are_not_enough(polyglot, monkeypatch, recent):
    monkeypatch.setattr(search, "RECENT", recent)
    texts = [post(f"Zebra {word}").body for word in ("one", "two", "three")]

    assert set(found(polyglot, "zebra")) == set(texts)
    assert found(polyglot, '"zebra one"') == ["Zebra one"]
    assert set(found(polyglot, author="Delegate", what="post")) == set(texts)
