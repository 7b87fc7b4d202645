"""Discussions as documents: what they hold, for whom, and that they open. Source: FOR-26, REP-11."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.markdown import paragraphs
from accounts.models import AuditEntry
from forum.documents.blocks import text_blocks
from forum.documents.pdf import write_pdf
from forum.documents.record import RecordText, alphabetical, reads_right_to_left, record_text
from forum.documents.word import write_docx
from forum.enums import Capacity, PostState, RecordFormat, TranslationStatus
from forum.models import Discussion, PostTranslation, Record
from forum.services.records import ask_record, discard_expired, write_waiting
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MemberStateFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

MARKDOWN = """# First

Some **strong** and *soft* words with a [link](https://example.org/a?b=1&c=2).[^1]

- one
- two

  1. deep

> quoted

| a | b |
| - | - |
| 1 | 2 |

```
x < y & "z"
```

[^1]: A note.
"""


@pytest.fixture
def discussion() -> Discussion:
    found: Discussion = DiscussionFactory(topic=TopicFactory(year=2026, number=47), room=RoomFactory(language="en"))
    return found


def text(discussion: Discussion, *, reader=None, language="en", whole=False) -> RecordText:
    only = None if whole else discussion
    return record_text(discussion.topic, only, reader=reader or DelegateFactory(), language=language)


def words(file: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(file)).paragraphs)


def test_paragraphs_have_the_numbers_they_have_on_the_page():
    numbers = [paragraph.number for paragraph in text_blocks(MARKDOWN)]

    assert numbers == [number for number, _tokens in paragraphs(MARKDOWN)]
    assert numbers == [1, 2, 3, 4, 5, 6, None]


@pytest.mark.parametrize("write", [write_docx, write_pdf])
@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh-hans"])
def test_a_document_opens_and_says_everything(write, language, discussion):
    PostFactory(discussion=discussion, body=MARKDOWN, author=DelegateFactory(full_name="Delegate of Kenya"))

    file = write(text(discussion, language=language))

    if write is write_docx:
        said = words(file)
    else:
        said = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages)
    for expected in ("TAF/2026/47/en", "Delegate of Kenya", "strong", "one", "quoted", "A note.", 'x < y & "z"', "1.4"):
        assert expected in said


def test_the_words_around_are_of_the_documents_language(discussion):
    record = text(discussion, language="fr")

    assert record.title == "Une formation qui dure"
    headings = {code: text(discussion, language=code).statistics_heading for code in ("en", "ru", "zh-hans")}
    assert headings == {"en": "Statistics", "ru": "Статистика", "zh-hans": "统计"}


def test_an_arabic_document_runs_from_right_to_left_and_its_english_contributions_do_not(discussion):
    PostFactory(discussion=discussion, body="An answer in English.")
    record = text(discussion, language="ar")
    document = Document(io.BytesIO(write_docx(record)))

    turned = {p.text: p._p.pPr is not None and p._p.pPr.find(qn("w:bidi")) is not None for p in document.paragraphs}

    assert record.is_right_to_left
    assert turned[record.contributions_heading]
    assert not turned["1.1\tAn answer in English."]
    assert document.sections[0]._sectPr.find(qn("w:bidi")) is not None


def test_a_russian_document_has_cyrillic_letters_in_its_pdf_and_a_chinese_one_chinese(discussion):
    for language, letter in (("ru", "й"), ("zh-hans", "中"), ("ar", "م")):
        PostFactory(discussion=discussion, body=f"{letter} {language}")

    said = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(write_pdf(text(discussion)))).pages)

    assert "й" in said
    assert "中" in said


def test_who_withdrew_is_named_and_what_they_said_is_not(discussion):
    PostFactory(discussion=discussion, body="Taken back words.", state=PostState.WITHDRAWN)
    PostFactory(discussion=discussion, body="Removed words.", state=PostState.REMOVED)
    PostFactory(discussion=discussion, body="Held words.", state=PostState.HELD)
    PostFactory(discussion=discussion, body="Standing words.")

    said = words(write_docx(text(discussion)))

    assert "Standing words." in said
    assert "has withdrawn this post" in said
    assert "has removed this post" in said
    for gone in ("Taken back words.", "Removed words.", "Held words."):
        assert gone not in said


def test_a_checked_translation_is_shown_and_a_stale_one_is_not(discussion):
    post = PostFactory(discussion=discussion, body="An original.")
    stored = PostTranslation.objects.create(
        post=post,
        language="fr",
        body="Une traduction.",
        status=TranslationStatus.PERSON,
        translated_by=DelegateFactory(),
        made_from=post.posted_at,
    )

    assert "Une traduction." in words(write_docx(text(discussion, language="fr")))
    assert "An original." in words(write_docx(text(discussion, language="en")))

    post.edited_at = timezone.now() + timedelta(minutes=1)
    post.save()
    assert "An original." in words(write_docx(text(discussion, language="fr")))

    post.edited_at = None
    post.save()
    stored.status = TranslationStatus.MACHINE
    stored.save()
    assert "An original." in words(write_docx(text(discussion, language="fr")))


def test_participants_are_in_the_alphabet_of_the_language(discussion):
    for english, french in (
        ("Germany", "Allemagne"),
        ("Austria", "Autriche"),
        ("Spain", "Espagne"),
        ("Egypt", "Égypte"),
    ):
        state = MemberStateFactory(name_en=english, name_fr=french)
        PostFactory(
            discussion=discussion, author=DelegateFactory(member_state=state, full_name=f"Delegate of {english}")
        )

    assert [place for place, _people in text(discussion).participants] == ["Austria", "Egypt", "Germany", "Spain"]
    french = [place for place, _people in text(discussion, language="fr").participants]
    assert french == ["Allemagne", "Autriche", "Égypte", "Espagne"]


def test_letters_that_unicode_takes_apart_keep_their_place():
    assert sorted(["Ñandú", "Nube", "Oso"], key=alphabetical("es")) == ["Nube", "Ñandú", "Oso"]
    assert sorted(["Йемен", "Ирак", "Катар"], key=alphabetical("ru")) == ["Ирак", "Йемен", "Катар"]


def test_a_text_shows_its_direction_by_its_first_letter():
    assert reads_right_to_left("1. السلام and peace")
    assert not reads_right_to_left("Peace and السلام")
    assert not reads_right_to_left("12")


def test_an_evaluator_reads_no_names(discussion):
    author = DelegateFactory(full_name="Delegate of Kenya")
    PostFactory(discussion=discussion, author=author)
    PostFactory(discussion=discussion, author=author)

    record = text(discussion, reader=UserFactory(role=Role.EVALUATOR))

    assert [post.author for post in record.exchanges[0].contributions] == ["Participant 1", "Participant 1"]
    assert record.participants == []
    assert "Delegate of Kenya" not in words(write_docx(record))
    assert author.member_state.name not in words(write_docx(record))


def test_the_whole_topic_has_every_room_and_a_facilitators_only_theirs(discussion):
    sister = DiscussionFactory(topic=discussion.topic, room=RoomFactory(language="fr"))
    PostFactory(discussion=discussion, body="In English.")
    PostFactory(discussion=sister, body="En français.")
    facilitator = UserFactory(role=Role.FACILITATOR)
    grant(facilitator, sister.room)

    assert [e.symbol for e in text(discussion, whole=True).exchanges] == ["TAF/2026/47/en", "TAF/2026/47/fr"]
    own = text(discussion, whole=True, reader=facilitator)
    assert [exchange.symbol for exchange in own.exchanges] == ["TAF/2026/47/fr"]
    with pytest.raises(Discussion.DoesNotExist):
        text(discussion, reader=facilitator)


def test_a_document_holds_all_that_was_said_and_not_only_the_first_page(discussion, settings):
    said = 2 * settings.POSTS_PER_PAGE + 1
    PostFactory.create_batch(said, discussion=discussion, author=DelegateFactory())

    assert [post.number for post in text(discussion).exchanges[0].contributions] == list(range(1, said + 1))


def test_a_statement_of_the_delegation_is_marked(discussion):
    PostFactory(discussion=discussion, capacity=Capacity.DELEGATION)

    assert "Statement of the delegation" in text(discussion).exchanges[0].contributions[0].about


def test_hostile_words_are_words_in_a_document(discussion):
    hostile = '#let x = 1; $x^2$ `\\#eval` <script>alert(1)</script> \x07 ]\n\n\\#import "/etc/passwd"'
    PostFactory(discussion=discussion, body=hostile, author=DelegateFactory(full_name='#panic("x") <w:p/>'))

    record = text(discussion)
    said = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(write_pdf(record))).pages)

    assert '#panic("x")' in said
    assert "<script>alert(1)</script>" in said
    assert '#panic("x") <w:p/>' in words(write_docx(record))
    with zipfile.ZipFile(io.BytesIO(write_docx(record))) as document:
        assert not [name for name in document.namelist() if "vba" in name.lower()]


# --- Asking for one ---------------------------------------------------------------------------------


def ask(actor, discussion, **changes) -> Record:
    wanted = {"discussion": discussion.pk, "language": "en", "file_format": RecordFormat.DOCX, **changes}
    return ask_record(actor=actor, topic=discussion.topic, **wanted)


def test_a_record_is_written_and_downloaded(client, discussion):
    PostFactory(discussion=discussion, body="Words to take away.")
    delegate = DelegateFactory()
    client.force_login(delegate)
    address = f"{discussion.topic.get_absolute_url()}record/"

    asked = client.post(address, {"discussion": discussion.pk, "language": "en", "file_format": "docx"})
    assertRedirects(asked, address)
    assertContains(client.get(address), "being written")
    assert write_waiting() == 1
    record = Record.objects.get()
    assertContains(client.get(address), f"/records/{record.pk}/")
    response = client.get(f"/records/{record.pk}/")

    assert "Words to take away." in words(b"".join(response.streaming_content))
    assert response.headers["Content-Disposition"] == 'attachment; filename="TAF-2026-47-en-en.docx"'
    assert response.headers["Cache-Control"] == "private, no-store"
    assert AuditEntry.objects.filter(action="record.asked", actor=delegate).count() == 1


def test_asking_twice_while_it_waits_is_asking_once(discussion):
    delegate = DelegateFactory()

    assert ask(delegate, discussion) == ask(delegate, discussion)
    assert ask(delegate, discussion, file_format=RecordFormat.PDF).pk != Record.objects.first()
    assert Record.objects.count() == 2


def test_nobody_downloads_the_record_of_another(client, discussion):
    record = ask(DelegateFactory(), discussion)
    write_waiting()
    client.force_login(DelegateFactory())

    assert client.get(f"/records/{record.pk}/").status_code == 404


def test_a_record_is_not_downloaded_once_its_discussion_is_hidden(client, discussion):
    facilitator = UserFactory(role=Role.FACILITATOR)
    right = grant(facilitator, discussion.room)
    record = ask(facilitator, discussion)
    write_waiting()
    client.force_login(facilitator)
    assert client.get(f"/records/{record.pk}/").status_code == 200

    right.delete()
    assert client.get(f"/records/{record.pk}/").status_code == 404


def test_what_is_hidden_meanwhile_is_not_written(discussion):
    facilitator = UserFactory(role=Role.FACILITATOR)
    right = grant(facilitator, discussion.room)
    record = ask(facilitator, discussion)
    right.delete()

    write_waiting()

    record.refresh_from_db()
    assert record.failed_at is not None
    assert not record.file


def test_an_external_stakeholder_takes_nothing_away(discussion):
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, discussion)

    with pytest.raises(PermissionDenied):
        ask(external, discussion)


def test_a_choice_that_is_none_is_refused_in_words(client, discussion):
    client.force_login(DelegateFactory())

    response = client.post(
        f"{discussion.topic.get_absolute_url()}record/", {"language": "tlh", "file_format": "docx", "discussion": ""}
    )

    assertContains(response, "Select a valid choice", status_code=422)
    assert not Record.objects.exists()


def test_a_failure_says_so_and_does_not_stop_the_others(client, discussion, monkeypatch):
    delegate = DelegateFactory()
    ask(delegate, discussion)
    other = ask(DelegateFactory(), discussion, file_format=RecordFormat.PDF)
    monkeypatch.setitem(
        __import__("forum.services.records", fromlist=["WRITERS"]).WRITERS, RecordFormat.DOCX, lambda text: 1 / 0
    )

    assert write_waiting() == 1
    other.refresh_from_db()
    assert other.ready_at is not None
    client.force_login(delegate)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assertContains(client.get(f"{discussion.topic.get_absolute_url()}record/"), "could not be written")


def test_records_are_deleted_after_some_days(discussion):
    with time_machine.travel(datetime(2026, 11, 2, 12, tzinfo=UTC), tick=False):
        record = ask(DelegateFactory(), discussion)
        write_waiting()
    record.refresh_from_db()

    with time_machine.travel(datetime(2026, 11, 9, 11, 59, tzinfo=UTC)):
        assert discard_expired() == 0
    with time_machine.travel(datetime(2026, 11, 9, 12, tzinfo=UTC)):
        assert discard_expired() == 1
    assert not Record.objects.exists()


def test_an_evaluators_page_offers_it_and_an_externals_does_not(client, discussion):
    evaluator, external = UserFactory(role=Role.EVALUATOR), UserFactory(role=Role.EXTERNAL)
    grant(external, discussion)

    client.force_login(evaluator)
    assertContains(client.get(discussion.get_absolute_url()), "Take as a document")
    client.force_login(external)
    assertNotContains(client.get(discussion.get_absolute_url()), "Take as a document")
