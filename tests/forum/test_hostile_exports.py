"""Hostile words leave the forum as words: in records, lists of the library and letters."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from django.core import mail
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.enums import MailScope
from accounts.services import outbox
from forum.documents.blocks import LONGEST_LINK, Block, text_blocks
from forum.documents.pdf import write_pdf
from forum.documents.record import record_text
from forum.documents.word import write_docx
from forum.models import Discussion, Follow, LibraryEntry, Post, Topic
from forum.queries.feeds import feed_of
from tests.factories import CategoryFactory, DelegateFactory, PostFactory, RoomFactory, TopicFactory
from tests.forum.test_injection import harm
from tests.plant import WORDS, YEAR, plant

pytestmark = pytest.mark.django_db

SAFE = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ACTIVE = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/OpenAction", "/AA", "/SubmitForm", "/ImportData")


@pytest.fixture
def reader(settings):
    """Somebody who may take out everything there is of the hostile words."""
    settings.LIBRARY_EXPORT_ROWS = 10 * len(WORDS)
    reader = DelegateFactory(email="reader@forum.example")
    CategoryFactory()
    RoomFactory(language="en")
    RoomFactory(language="fr")
    plant(reader.email)
    return reader


@pytest.fixture
def record(reader):
    """The record of a topic with a hostile title, where every post is hostile, and so are its authors' names."""
    topic = Topic.objects.get(year=YEAR, number=1)
    Topic.objects.filter(pk=topic.pk).update(title_en="\x0c\ufffe</w:t><script>hit()</script> =1+1 #panic()")
    topic.refresh_from_db()
    return record_text(topic, None, reader=reader, language="en")


def parts(file: bytes) -> dict[str, bytes]:
    """Return what an office document is made of, without what it would run; every XML in it can be read."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        found = {name: package.read(name) for name in package.namelist()}
    for name, content in found.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)  # noqa: S314 - our own
    assert not [name for name in found if re.search("vba|activex|embeddings|externalLink", name, re.IGNORECASE)]
    return found


def targets(file: bytes) -> list[str]:
    """Return every address outside that an office document leads to, which only a link may."""
    found = []
    for name, content in parts(file).items():
        if name.endswith(".rels"):
            for relation in ElementTree.fromstring(content).iter(RELATION):  # noqa: S314 - our own
                if relation.get("TargetMode") == "External":
                    assert relation.get("Type", "").endswith("/hyperlink"), relation.attrib
                    found.append(relation.get("Target", ""))
    return found


def plain(words: str) -> str:
    """Return words as a file can hold them, with all space alike."""
    return " ".join(CONTROL.sub("", words).split())


def said_in(file: bytes) -> str:
    return plain("\n".join(paragraph.text for paragraph in Document(io.BytesIO(file)).paragraphs))


def links(text: str) -> list[str]:
    """Return where the links of a text lead in a file."""

    def of(block: Block) -> list[str]:
        return [run.href for run in block.runs if run.href] + [href for inner in block.blocks for href in of(inner)]

    return [href for paragraph in text_blocks(text) for href in of(paragraph.block)]


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("mailto:office@example.org", "mailto:office@example.org"),
        ("/posts/1/", "http://localhost:8000/posts/1/"),
        ("javascript:hit()", None),
        ("data:image/png;base64,AAAA", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("//files.example/share", None),
        (r"\\\\files.example\\share", None),
        ("blob:https://example.org/1", None),
        ("view-source:https://example.org", None),
        ("feed:javascript:hit()", None),
        ("ms-word:ofe", None),
        ("search-ms:query=x", None),
        ("notes.docm", None),
        ("#here", None),
        ("https://example.org/" + "a" * LONGEST_LINK, None),
    ],
)
def test_a_file_leads_to_the_web_and_to_mail_only(address, leads_to):
    assert links(f"[words]({address})") == ([leads_to] if leads_to else [])


def test_no_hostile_text_leads_anywhere_else():
    assert [href for word in WORDS for href in links(word) if not SAFE.fullmatch(href)] == []


def test_a_record_for_word_says_them_and_does_nothing(record):
    file = write_docx(record)

    assert [target for target in targets(file) if not SAFE.fullmatch(target)] == []
    root = ElementTree.fromstring(parts(file)["word/document.xml"])  # noqa: S314 - our own
    fields = [field.get(f"{WORD}instr") for field in root.iter(f"{WORD}fldSimple")]
    assert (fields, list(root.iter(f"{WORD}instrText")), list(root.iter(f"{WORD}object"))) == ([], [], [])
    said = said_in(file)
    assert [
        word for word in ("<script>hit()</script>", "<img src=x onerror=hit()>", "{{ hit() }}") if word not in said
    ] == []
    assert [name for post in record.exchanges[0].contributions if (name := plain(post.author)) not in said] == []


def test_a_record_as_pdf_says_them_and_does_nothing(record):
    file = write_pdf(record)

    document = PdfReader(io.BytesIO(file))
    objects = [document.get_object(n) for n in document.xref[0]] + [
        document.get_object(n) for n in document.xref_objStm
    ]
    keys = {key for item in objects if isinstance(item, dict) for key in item}
    annotations = [item for item in objects if isinstance(item, dict) and "/Rect" in item]
    actions = [annotation["/A"].get_object() for annotation in annotations]
    assert keys.isdisjoint(ACTIVE)
    assert {action["/S"] for action in actions} <= {"/URI", "/GoTo"}
    addresses = [action["/URI"] for action in actions if action["/S"] == "/URI"]
    assert addresses
    assert [address for address in addresses if not SAFE.fullmatch(address)] == []
    said = "\n".join(page.extract_text() for page in document.pages)
    assert "<script>hit()</script>" in said
    assert "#panic()" in said


def test_one_long_link_does_not_keep_a_record_from_being_written(reader):
    post = PostFactory(discussion__topic=TopicFactory(), body=f"[words](https://example.org/{'a' * 9_000})")

    written = record_text(post.discussion.topic, None, reader=reader, language="en")

    assert write_pdf(written).startswith(b"%PDF")
    assert "words" in said_in(write_docx(written))


def test_the_library_as_a_workbook_holds_words_and_dates_only(client, reader):
    client.force_login(reader)
    file = b"".join(client.get("/library/export/xlsx/").streaming_content)

    assert targets(file) == []
    sheets = load_workbook(io.BytesIO(file)).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "d"}
    assert [cell for cell in cells if str(cell.value).lstrip(" ")[:1] in {*"=+-@\t\r"} and not cell.quotePrefix] == []
    assert [cell for cell in cells if cell.hyperlink] == []
    summaries = {plain(str(cell.value)) for cell in cells}
    assert [word for word in WORDS if plain(word) not in summaries] == []


def test_the_library_as_a_document_says_them_and_does_nothing(client, reader):
    client.force_login(reader)
    file = b"".join(client.get("/library/export/docx/").streaming_content)

    assert targets(file) == []
    said = said_in(file)
    assert [word for word in WORDS if plain(word) not in said] == []


def test_letters_say_them_and_do_nothing(reader):
    """Every vector comes in the letter about a post and in the one about a topic."""
    english = Discussion.objects.get(topic__number=1, topic__year=YEAR, room__language="en")
    Follow.objects.create(user=reader, room=english.room)
    for post in Post.objects.filter(discussion=english).select_related("discussion"):
        outbox.notify({reader.pk: MailScope.REPLIES}, kind="post.published", about=post)
    for topic in Topic.objects.filter(year=YEAR):
        outbox.notify({reader.pk: MailScope.TOPICS}, kind="topic.opened", about=topic)
    while outbox.deliver_due():
        pass

    letters = [message.alternatives[0][0] for message in mail.outbox]
    assert len(letters) == 2 * len(WORDS)
    assert [found for html in letters if (found := harm(html))] == []
    for message in mail.outbox:
        assert "\n" not in message.subject
    said = plain("\n".join(message.body for message in mail.outbox))
    assert [word for word in WORDS if plain(word) not in said] == []


def test_a_feed_says_them_and_does_nothing(reader, settings):
    settings.FEED_POSTS = 10 * len(WORDS)

    read = ElementTree.fromstring(feed_of(reader, is_of_rooms=True).content)  # noqa: S314 - our own

    entries = list(read.iter(f"{ATOM}entry"))
    posts = [entry.findtext(f"{ATOM}summary", "") for entry in entries]
    assert len(posts) == len(WORDS)
    assert [found for html in posts if (found := harm(html))] == []
    authors = {plain(entry.findtext(f"{ATOM}author/{ATOM}name", "")) for entry in entries}
    assert [name for word in WORDS if (name := plain(word[:120])) not in authors] == []


def test_everything_is_planted(reader):
    assert LibraryEntry.objects.filter(title__contains="hit()").count() > 200
    assert Post.objects.filter(body__contains="hit()", discussion__room__language="en").count() > 200
    assert len(WORDS) > 230
