"""Whatever somebody writes, wherever it is shown, it is words: never markup, script or a template."""

import re
from html.parser import HTMLParser

import pytest
from django.core import mail

from accounts.enums import MailScope, Role
from accounts.services import outbox
from forum.models import Draft, Follow, Post
from forum.services.posts import edit_post
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    MemberStateFactory,
    PostFactory,
    ProtocolFactory,
    RoomFactory,
    StepFactory,
    TopicFactory,
    UserFactory,
    WeeklyTopicFactory,
)

pytestmark = pytest.mark.django_db

HOSTILE = [
    "<script>bad()</script><img src=x onerror=bad()>",
    "\"><svg/onload=bad()>' onmouseover='bad()",
    "--></title></textarea><script>bad()</script><!--",
    "[x](javascript:bad()) javascript:bad() &lt;script&gt;bad()&lt;/script&gt;",
    "{{ 7|add:35 }}{% debug %} %(title)s %s {0} ${x}",
    "<a href='//e.example' style='top:0'>x</a><form action=//e.example>",
]


class Audit(HTMLParser):
    """Collects what a page would run or load that a page of ours would not."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"iframe", "object", "embed", "base", "style", "svg", "math", "img"}:
            self.found.append(tag)
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.found.append("script")
        if tag == "form" and not given.get("action", "/").startswith(("/", "http://localhost")):
            self.found.append("form")
        for name, value in given.items():
            if name.startswith("on") or name in {"style", "srcdoc", "hx-on"}:
                self.found.append(name)
            if name in {"href", "src", "action", "formaction"} and re.match(r"\s*(javascript|data|vbscript):", value):
                self.found.append(value)


def harm(html: str) -> list[str]:
    audit = Audit()
    audit.feed(html)
    return audit.found


def test_the_audit_finds_harm():
    assert harm('<script>x</script><p onclick="x"><a href="javascript:x">') == ["script", "onclick", "javascript:x"]
    assert harm('<script src="/static/x.js"></script><a href="/rooms/">') == []


@pytest.mark.parametrize("words", HOSTILE)
def test_words_in_every_field_are_only_shown(client, words):
    """Every field that a person fills, and every page and mail where it comes out."""
    category, step = CategoryFactory(name_en=words), StepFactory(name_en=words)
    state = MemberStateFactory(name_en=words)
    author = DelegateFactory(full_name=words, institution=words, member_state=state)
    texts = {f"{field}_en": words for field in ("title", "objective", "guiding_questions", "synthesis")}
    topic = TopicFactory(category=category, step=step, **texts)
    discussion = DiscussionFactory(topic=topic, room=RoomFactory(name_en=words))
    post = PostFactory(discussion=discussion, author=author, body=f"{words}\n\n> {words}\n\n- {words}\n\n`{words}`")
    edit_post(actor=author, post=post.pk, body=f"# {words}\n\n| {words} |\n|---|\n| {words} |")
    answer = PostFactory(discussion=discussion, author=author, reply_to=post, body=words)
    ProtocolFactory().__class__.objects.update(title_en=words, text_en=words)
    weekly = WeeklyTopicFactory(topic__title_en=words, topic__objective_en=words, topic__category=category)
    reader = UserFactory(role=Role.MODERATOR, full_name=words)
    Draft.objects.create(user=reader, discussion=discussion, body=words)
    Follow.objects.create(user=reader, room=discussion.room)
    outbox.notify({reader.pk: MailScope.TOPICS}, kind="topic.opened", about=topic)
    outbox.notify({reader.pk: MailScope.REPLIES}, kind="post.published", about=answer)
    outbox.deliver_due()
    client.force_login(reader)

    answers = [
        client.get(address)
        for address in (
            "/rooms/",
            "/rooms/en/",
            discussion.get_absolute_url(),
            f"{discussion.get_absolute_url()}?reply=1",
            f"{discussion.get_absolute_url()}?reply={words}&page={words}",
            topic.get_absolute_url(),
            f"/posts/{post.pk}/wordings/",
            "/profile/",
            f"/protocol/?next={words}",
            "/moderation/",
            weekly.get_absolute_url(),
        )
    ]
    form = {"body": words, "submission_key": words, "author": words, "kind": words}
    answers += [
        client.post(f"{discussion.get_absolute_url()}posts/", form),
        client.post(f"{discussion.get_absolute_url()}preview/", form),
        client.post("/profile/", {"full_name": words + "\x00", "time_zone": words, "language": words}),
        client.get("/nowhere/" + words.replace("/", "")),
        client.get("/accounts/login/", {"next": words}),
        client.post("/accounts/login/", {"login": words, "password": words}),
        client.post("/accounts/password/reset/", {"email": words}),
    ]  # fmt: skip
    client.force_login(author)
    answers.append(client.get(f"/posts/{answer.pk}/edit/"))

    pages = [response.content.decode() for response in answers]
    letters = [message.alternatives[0][0] for message in mail.outbox]
    assert len(letters) == 2
    assert [found for html in pages + letters if (found := harm(html))] == []
    assert "42" not in re.findall(r">\s*(42)\s*<", "".join(pages + letters))
    assert Post.objects.count() == 2


@pytest.mark.parametrize("words", HOSTILE)
def test_words_in_an_address_are_not_shown_as_markup(client, delegate, words):
    client.force_login(delegate)

    for name in ("before", "page", "reply", "next", "q"):
        assert harm(client.get("/rooms/", {name: words}).content.decode()) == []


def test_every_page_comes_with_the_policy_and_out_of_search_engines(client, delegate):
    discussion = PostFactory().discussion
    client.force_login(delegate)

    for address in ("/", "/rooms/", discussion.get_absolute_url(), "/nowhere/"):
        response = client.get(address, follow=True)
        policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
        assert "unsafe" not in response["Content-Security-Policy"]
        assert (policy["default-src"], policy["object-src"], policy["frame-ancestors"]) == (
            "'self'",
            "'none'",
            "'none'",
        )
        assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()
        assert (response["X-Content-Type-Options"], response["X-Frame-Options"]) == ("nosniff", "DENY")


def test_a_body_beyond_what_a_form_may_hold_is_refused_with_a_page(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = client.post(f"{discussion.get_absolute_url()}posts/", {"body": "x" * 3_000_000})

    assert response.status_code == 400
    assert "<h1>" in response.content.decode()
