"""An older forum is taken over: formats, planning, writing in batches, and what becomes of it here."""

import importlib
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import clear_url_caches, reverse
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import config.urls
from accounts.enums import Role
from accounts.models import AuditEntry, Notice, User
from forum.enums import Audience, TopicKind
from forum.imports import jsonl
from forum.imports.plan import make_plan
from forum.models import Attachment, Discussion, Follow, ImportedAuthor, ImportedItem, Post, Room, Topic
from forum.services import imports
from forum.services.posts import publish_post
from tests.factories import CategoryFactory, DelegateFactory, RoomFactory, TopicFactory, UserFactory

HEAD = {"type": "forum", "version": 1, "audience": "closed", "language": "en"}


def author(key="u1", **fields):
    return {"type": "author", "key": key, "name": f"Author {key}", **fields}


def topic(key="t1", **fields):
    return {"type": "topic", "key": key, "title": f"Topic {key}", **fields}


def post(key="p1", **fields):
    defaults = {"topic": "t1", "author": "u1", "posted_at": "2014-03-21T14:05:00+01:00", "body": f"Text of {key}."}
    return {"type": "post", "key": key, **defaults, **fields}


@pytest.fixture
def category(db):
    RoomFactory(language="en")
    return CategoryFactory(slug="older-forum")


@pytest.fixture
def run(tmp_path, category, capsys):
    """Import records; answer what was printed."""

    def run(*records, name="forum.jsonl", **options):
        path = tmp_path / name
        lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
        path.write_text("\n".join(lines) + "\n")
        call_command(
            "import_forum", str(path), **{"source": "old", "format": "jsonl", "category": category.slug, **options}
        )
        return capsys.readouterr().out

    return run


def test_a_topic_comes_with_its_posts_authors_dates_and_symbol(run, category):
    run(
        HEAD,
        author(),
        author("u2", name="J. Álvarez"),
        topic(),
        post(),
        post("p2", author="u2", posted_at="2014-03-22T09:00:00Z", reply_to="p1"),
    )

    discussion = Discussion.objects.get()
    first, second = Post.objects.order_by("number")
    assert (discussion.topic.symbol, discussion.topic.kind) == ("TAF/2014/1", TopicKind.OPEN)
    assert discussion.topic.category == category
    assert [str(first.author_name), second.author_name] == ["Author u1", "J. Álvarez"]
    assert (first.author, second.reply_to) == (None, first)
    assert first.posted_at == datetime(2014, 3, 21, 13, 5, tzinfo=UTC)
    assert 'id="post-2-1"' in second.html
    assert (discussion.last_number, discussion.last_activity_at) == (2, second.posted_at)
    assert discussion.closed_at == second.posted_at


def test_html_becomes_text_that_holds_no_markup_of_its_own(run):
    html = (
        "<script>alert(1)</script><p>A <b>bold </b>claim,<br>see <a href='https://ipo.example/a'>this</a> "
        "and <a href='javascript:alert(1)'>that</a>.</p><ul><li>one<li>two</ul><blockquote><p>said * he</blockquote>"
        "<p># no heading &lt;b&gt;</p>"
    )

    run(HEAD, author(), topic(), post(body=html, markup="html"))

    assert Post.objects.get().body == (
        "A **bold** claim,\\\nsee [this](<https://ipo.example/a>) and that.\n\n- one\n\n- two\n\n> said \\* he\n\n"
        "\\# no heading \\<b>"
    )


def test_symbols_go_on_after_those_of_the_year_and_each_topic_has_the_year_it_began(run):
    TopicFactory(year=2014, number=3)

    run(
        HEAD,
        author(),
        *[topic(f"t{n}", opened_at=f"201{n}-12-31T23:30:00Z") for n in (3, 4)],
        topic("t5"),
        post("p3", topic="t3", posted_at="2014-01-02T00:00:00Z"),
        post("p4", topic="t4", posted_at="2014-12-31T23:40:00Z"),
        post("p5", topic="t5", posted_at="2014-05-01T00:00:00Z"),
    )

    symbols = {t.title_en: t.symbol for t in Topic.objects.exclude(number=3)}
    assert symbols == {"Topic t3": "TAF/2014/4", "Topic t5": "TAF/2014/5", "Topic t4": "TAF/2015/1"}


def test_running_it_again_changes_nothing(run):
    records = [HEAD, author(), topic(), post(), post("p2", reply_to="p1")]
    run(*records)
    before = [list(model.objects.order_by("pk").values()) for model in (Topic, Discussion, Post, ImportedItem)]

    said = run(*records)

    assert "To create: 0 topics, 0 posts" in said
    assert "Here already: 1 topics, 2 posts." in said
    assert [list(model.objects.order_by("pk").values()) for model in (Topic, Discussion, Post, ImportedItem)] == before


def test_what_the_file_has_more_the_second_time_is_added_to_its_topic(run):
    run(HEAD, author(), topic(), post())

    run(HEAD, author(), topic(), post(), post("p2", reply_to="p1", posted_at="2014-05-01T00:00:00Z"))

    first, second = Post.objects.order_by("number")
    assert (second.number, second.reply_to, second.discussion) == (2, first, first.discussion)
    assert Topic.objects.count() == 1
    assert second.discussion.last_activity_at == second.posted_at
    assert second.discussion.closed_at >= second.posted_at


def test_an_import_killed_in_the_middle_leaves_whole_batches_and_goes_on(run, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    records = [HEAD, author(), topic(), *[post(f"p{n}", posted_at=f"2014-03-0{n}T00:00:00Z") for n in range(1, 6)]]
    render, calls = imports.render, []

    def killed(*args, **kwargs):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return render(*args, **kwargs)

    monkeypatch.setattr(imports, "render", killed)
    with pytest.raises(KeyboardInterrupt):
        run(*records)
    assert list(Post.objects.values_list("number", flat=True)) == [1, 2]

    run(*records)

    assert [post.body for post in Post.objects.order_by("number")] == [f"Text of p{n}." for n in range(1, 6)]
    assert list(Post.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert (Topic.objects.count(), Discussion.objects.get().last_number) == (1, 5)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ({"type": "poll"}, '"type" must be one of forum, author, topic, post, attachment'),
        (post(key=""), '"key" must be a text that is not empty'),
        ({"type": "post", "key": "p1"}, "lacks topic, author, posted_at, body"),
        (post(colour="red"), "has unknown fields: colour"),
        (post(posted_at="2014-03-21T14:05:00"), '"posted_at" must say its offset from UTC'),
        (post(posted_at="yesterday"), '"posted_at" must be a moment'),
        (post(topic="t9"), 'there is no topic "t9"'),
        (post(reply_to="p9"), 'there is no post "p9" in the same topic'),
        (post(body="x" * 200_001), '"body" has more than 200000 characters'),
        (author("u2", email="nobody"), '"email" must be an e-mail address'),
        ({"type": "attachment", "post": "p1", "file": "../../etc/passwd"}, '"file" must lie in the folder'),
        ({"type": "attachment", "post": "p9", "file": "a.pdf"}, 'there is no post "p9"'),
        (HEAD, "the first record, and only that one"),
    ],
)
def test_a_bad_line_is_named_by_number_and_reason_and_nothing_is_imported(run, capsys, line, reason):
    with pytest.raises(CommandError, match="Nothing was imported"):
        run(HEAD, author(), topic(), post("p0"), line)

    said = capsys.readouterr().out
    assert f"  line 5: {reason}" in said
    assert not Post.objects.exists()


def test_a_file_that_does_not_say_who_could_read_it_is_refused(run, capsys):
    with pytest.raises(CommandError, match="Nothing was imported"):
        run(author(), topic(), post())

    assert "line 1: the first record, and only that one, is of type" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("audience", "is_sensitive", "is_refused"),
    [
        ("public", False, False),
        ("registered", False, False),
        ("closed", False, False),
        ("closed", True, False),
        ("sensitive", True, False),
        ("sensitive", False, True),
        ("restricted", True, True),
        ("restricted", False, True),
    ],
)
def test_nothing_moves_to_where_more_people_read_it(run, audience, is_sensitive, is_refused):
    Room.objects.update(is_sensitive=is_sensitive)
    records = [HEAD | {"audience": audience}, author(), topic(), post()]

    if is_refused:
        with pytest.raises(CommandError, match="Refused: the source is"):
            run(*records)
    else:
        run(*records)

    assert Post.objects.exists() != is_refused


def test_a_dry_run_says_what_would_be_done_and_does_nothing(run, tmp_path):
    DelegateFactory(email="jane@ipo.example")
    (tmp_path / "notes.exe").write_bytes(b"MZ")

    said = run(
        HEAD,
        author(email="jane@ipo.example"),
        topic(),
        topic(),
        topic("t2", language="pt"),
        topic("t3"),
        topic("t4", title="word " * 40),
        post(),
        post("p2", posted_at="2999-01-01T00:00:00Z"),
        post("p3", posted_at="1969-01-01T00:00:00Z"),
        post("p4", topic="t2"),
        post("p5", topic="t4", author="u9"),
        {"type": "attachment", "post": "p1", "file": "notes.exe"},
        {"type": "attachment", "post": "p1", "file": "gone.pdf"},
        dry_run=True,
    )

    assert said.splitlines() == [
        "To create: 2 topics, 2 posts, 2 attachments by 2 authors, 1 of whom have the address of an account here.",
        "Here already: 0 topics, 0 posts.",
        "Twice in the file, the first is taken: 1",
        '  line 4: topic "t1" stands above already',
        "Authors who are not in the file, shown by their key: 1",
        "  u9: 1 posts",
        "Posts left out, dates out of range: 2",
        "  line 10: is dated 1969-01-01",
        "  line 9: is dated 2999-01-01",
        "Topics left out, no room for their language: name one with --room: 1",
        "  pt: 1 topics",
        "Topics left out, they hold nothing: 1",
        '  line 6: topic "t3" has no posts',
        "Titles shortened: 1",
        "  line 7: the title has more than 120 characters",
        "Attachments left out: 2",
        '  line 13: attachment "notes.exe" is refused (kind)',
        '  line 14: attachment "gone.pdf" is refused (unreadable)',
        "Nothing was written.",
    ]
    assert not (Post.objects.exists() or ImportedAuthor.objects.exists() or AuditEntry.objects.exists())


def test_a_topic_in_a_language_without_a_room_goes_to_the_one_that_is_named(run):
    RoomFactory(language="es")

    run(HEAD, author(), topic(language="pt"), post(), room="es")

    assert Post.objects.get().discussion.room.language == "es"
    assert Post.objects.get().language == "pt"
    assert Topic.objects.get().title_es == "Topic t1"


def test_attachments_come_along_as_far_as_they_are_allowed(run, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "files").mkdir()
    Image.new("RGB", (20, 10)).save(tmp_path / "files" / "chart.png")
    (tmp_path / "files" / "false.pdf").write_bytes(b"no PDF at all")

    said = run(
        HEAD,
        author(),
        topic(),
        post(),
        {"type": "attachment", "post": "p1", "file": "files/chart.png", "name": "Chart 2014.png"},
        {"type": "attachment", "post": "p1", "file": "files/false.pdf"},
    )

    kept = Attachment.objects.get()
    assert (kept.name, kept.content_type, kept.post) == ("Chart 2014.png", "image/png", Post.objects.get())
    assert kept.discussion == kept.post.discussion
    assert kept.file.read().startswith(b"\x89PNG")
    assert 'line 6: attachment "false.pdf" is refused (other)' in said


def test_a_batch_that_fails_leaves_no_file_behind(run, tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    Image.new("RGB", (20, 10)).save(tmp_path / "chart.png")
    monkeypatch.setattr(imports, "render", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        run(HEAD, author(), topic(), post(), {"type": "attachment", "post": "p1", "file": "chart.png"})

    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_nobody_is_told_and_the_trail_has_the_counts(run):
    follower = DelegateFactory()
    Follow.objects.create(user=follower, room=Room.objects.get())

    run(HEAD, author(), topic(), post())

    assert not Notice.objects.exists()
    done = AuditEntry.objects.get(action="import.done")
    assert (done.actor, done.subject) == (None, f"forum.room:{Room.objects.get().pk}")
    assert done.facts == {"source": "old", "topics": 1, "posts": 1, "files": 0}


def test_two_imports_of_one_source_do_not_run_at_once(run, category):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('forum.import'), hashtext('old'))")
        with pytest.raises(CommandError, match="is running"):
            run(HEAD, author(), topic(), post())
        other.close()

    run(HEAD, author(), topic(), post())
    assert Post.objects.count() == 1


@pytest.mark.parametrize(("option", "reason"), [("room", "no room"), ("category", "no category")])
def test_a_room_or_category_that_is_not_there_is_refused(run, option, reason):
    with pytest.raises(CommandError, match=reason):
        run(HEAD, author(), topic(), post(), **{option: "elsewhere"})


# --- Here afterwards --------------------------------------------------------------------------------


@pytest.fixture
def imported(run):
    """A post of an older forum, in a discussion that the moderator has opened again."""
    run(
        HEAD,
        author(name="J. Álvarez", email="jane@ipo.example"),
        topic(address="https://old.example/viewtopic.php?t=7"),
        post(body="What we learnt in 2014.", address="https://old.example/viewtopic.php?t=7&p=9#p9"),
    )
    Discussion.objects.update(closed_at=None)
    return Post.objects.get()


def test_an_imported_post_is_read_answered_and_cited_like_any_other(client, imported, delegate):
    client.force_login(delegate)
    place = imported.discussion

    page = client.get(place.get_absolute_url())
    assertContains(page, "J. Álvarez")
    assertContains(page, "What we learnt in 2014.")
    assertContains(page, reverse("forum:author_claim", args=[imported.imported_author_id]))
    answer = publish_post(
        actor=delegate, discussion=place.pk, body="Thank you.", submission_key=uuid.uuid4(), reply_to=imported.number
    )

    assert answer.reply_to == imported
    assert not Notice.objects.exists()
    assertContains(client.get(place.get_absolute_url()), "In reply to post 1")
    assertContains(client.get(reverse("forum:post_cite", args=[imported.pk])), "J. Álvarez")
    assertContains(client.get(reverse("forum:post_wordings", args=[imported.pk])), "Earlier wordings of post 1")


def test_an_imported_author_is_no_participant(client, imported, delegate):
    client.force_login(delegate)

    assertNotContains(client.get(reverse("forum:person_list")), "J. Álvarez")
    assert not User.objects.filter(full_name="J. Álvarez").exists()


@pytest.mark.parametrize("path", ["viewtopic.php?t=7", "viewtopic.php?t=7&p=9", "viewtopic.php?t=%37"])
def test_an_old_address_leads_to_where_it_is_now(client, imported, delegate, path):
    client.force_login(delegate)
    expected = imported if "p=9" in path else imported.discussion

    assertRedirects(client.get(f"/old/{path}"), expected.get_absolute_url(), fetch_redirect_response=False)


def test_an_old_address_leads_nowhere_for_whom_may_not_see_it(client, imported):
    assert client.get("/old/viewtopic.php?t=7").headers["Location"].startswith(reverse("account_login"))
    client.force_login(UserFactory(role=Role.EXTERNAL))

    assert client.get("/old/viewtopic.php?t=7").status_code == 404
    assert client.get("/old/viewtopic.php?t=8").status_code == 404


def test_old_addresses_of_this_host_lead_on_too(client, imported, delegate, settings):
    settings.OLD_ADDRESS_PREFIXES = ["/viewtopic.php"]
    importlib.reload(config.urls)
    clear_url_caches()
    client.force_login(delegate)

    try:
        found = client.get("/viewtopic.php?t=7")
    finally:
        settings.OLD_ADDRESS_PREFIXES = []
        importlib.reload(config.urls)
        clear_url_caches()

    assertRedirects(found, imported.discussion.get_absolute_url(), fetch_redirect_response=False)


def test_what_somebody_posts_meanwhile_keeps_its_number(run, imported, delegate, tmp_path, category):
    forum = jsonl.read(tmp_path / "forum.jsonl")
    forum.posts["p2"] = replace(forum.posts["p1"], key="p2", body="More from 2014.", reply_to="p1")
    plan = make_plan(forum, source="old", audience=Audience.CLOSED, category=category.slug)
    publish_post(actor=delegate, discussion=imported.discussion_id, body="Meanwhile.", submission_key=uuid.uuid4())

    imports.import_forum(forum, plan)

    assert [post.body for post in Post.objects.order_by("number")] == [imported.body, "Meanwhile.", "More from 2014."]
    assert 'id="post-3-1"' in Post.objects.get(number=3).html


def test_posts_of_an_author_who_was_claimed_meanwhile_are_theirs(run, imported, delegate):
    ImportedAuthor.objects.update(claimed_by=delegate)

    run(HEAD, author(), topic(), post(), post("p2"))

    assert Post.objects.get(number=2).author == delegate
