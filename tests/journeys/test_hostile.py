"""Whatever hostile words were left anywhere, a browser that goes everywhere runs none of them.

It goes last, because what it plants is on the pages of everybody.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.visits import FOCAL_POINT, KENYA, MODERATOR, SECRETARIAT, SENEGAL
from tests.plant import WORDS

MOST_PAGES = 60  # of one list
ADMINISTRATION = (
    *(f"forum/{name}" for name in ("post", "postrevision", "posttranslation", "topic", "discussion", "draft")),
    *(f"forum/{name}" for name in ("topicdraft", "attachment", "libraryentry", "importedauthor", "searchdocument")),
    *("accounts/user", "accounts/accountrequest", "accounts/notice"),
)

WATCH = """
window.hit = () => report('hit')
document.addEventListener('securitypolicyviolation', event => report(`${event.violatedDirective}: ${event.blockedURI}`))
"""

TOUCH = """
() => {
  const wrong = []
  const own = new Set([location.origin])
  for (const script of document.scripts) {
    if (!script.src || !own.has(new URL(script.src).origin)) wrong.push(`script: ${script.outerHTML}`)
  }
  for (const link of document.links) {
    if (!['http:', 'https:', 'mailto:'].includes(link.protocol)) wrong.push(`link: ${link.href}`)
  }
  for (const form of document.forms) {
    for (const action of [form.action, ...[...form.elements].map(control => control.formAction ?? form.action)]) {
      if (new URL(action, location).origin !== location.origin) wrong.push(`form: ${action}`)
    }
  }
  for (const element of document.querySelectorAll('*')) {
    for (const name of element.getAttributeNames()) {
      if (/^(on|hx-on|data-hx-on|style$|srcdoc$)/.test(name)) wrong.push(`${name}: ${element.outerHTML.slice(0, 200)}`)
    }
    if (element.closest('main')) {
      for (const type of ['pointerenter', 'mouseover', 'focus', 'wheel', 'copy', 'toggle', 'animationstart', 'error']) {
        element.dispatchEvent(new Event(type, {bubbles: false}))
      }
    }
  }
  return wrong
}
"""

IN_XML = """
text => {
  const read = new DOMParser().parseFromString(text, 'application/xml')
  return [...read.querySelectorAll('feed, script, img, svg, parsererror')].map(element => element.localName)
}
"""


class Watch:
    """Notes what a browser runs, refuses or asks on pages where it should do nothing of its own.

    Args:
        context: The browser's windows.
        page: The one that visits.
    """

    def __init__(self, page: Page) -> None:
        self.seen: list[str] = []
        self._page = page
        context: BrowserContext = page.context
        context.expose_binding("report", lambda source, what: self.seen.append(f"{what} on {source['page'].url}"))
        context.add_init_script(WATCH)
        context.on("page", lambda popup: self.seen.append(f"window {popup.url}"))
        page.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Any) -> None:
        self.seen.append(f"dialog on {self._page.url}")
        dialog.dismiss()

    def visit(self, address: str) -> None:
        """Open a page and touch everything on it."""
        response = self._page.goto(address)
        assert response is not None
        assert response.status == 200, address
        self.touch()

    def touch(self) -> None:
        """Do what a reader's pointer and keyboard would do, and look at where links and forms lead."""
        self.seen += [f"{wrong} on {self._page.url}" for wrong in self._page.evaluate(TOUCH)]

    def read_through(self, address: str) -> int:
        """Open a list and each page that comes after it; return how many pages it has."""
        self.visit(address)
        for pages in range(1, MOST_PAGES):
            further = self._page.locator("a[rel=next]").first
            if not further.count():
                return pages
            self.visit(further.evaluate("link => link.href"))
        raise AssertionError(f"{address} never ends")


def linked_from(page: Page, address: str, pattern: str) -> list[str]:
    """Return where the links on a page lead, as far as it is to such addresses."""
    page.goto(address)
    found = page.get_by_role("main").get_by_role("link").evaluate_all("links => links.map(link => link.href)")
    return [href for href in dict.fromkeys(found) if re.search(pattern, href)]


@pytest.fixture(scope="module")
def planted(forum: Forum) -> dict[str, str]:
    """Where the hostile words are."""
    command = f"import json; from tests.plant import plant; print(json.dumps(plant({KENYA!r})))"
    found: dict[str, str] = json.loads(forum.manage("shell", "-v", "0", "-c", command).splitlines()[-1])
    return found


@pytest.fixture
def watched(enter: Enter) -> Callable[[str], tuple[Page, Watch]]:
    """Give a watched page to somebody who has signed in."""

    def open_page(email: str) -> tuple[Page, Watch]:
        page = enter(email)
        return page, Watch(page)

    return open_page


Watched = Callable[[str], tuple[Page, Watch]]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("<img src=x onerror=hit()>", "hit on"),
        ("<script>hit()</script>", "hit on"),
        ("<p tabindex=1 onpointerenter=hit()>x</p>", "hit on"),
        ("<details ontoggle=hit()>x</details>", "hit on"),
        ("<svg onload=hit()>", "hit on"),
        ('<a href="javascript:hit()">x</a>', "link: javascript:hit()"),
        ('<form action="javascript:hit()"><button>x</button></form>', "form: javascript:hit()"),
        ("<script>alert(1)</script>", "dialog on"),
        ('<iframe srcdoc="<script>parent.hit()</script>"></iframe>', "hit on"),
    ],
)
def test_the_watch_sees_words_that_are_run(enter: Enter, words: str, told: str):
    """The proof that finding nothing below means something: the same words, on a page without our care."""
    page = enter()
    page.route("**/careless", lambda route: route.fulfill(body=f"<main>{words}</main>", content_type="text/html"))
    page.route("**/x", lambda route: route.fulfill(body="", content_type="image/png"))
    watch = Watch(page)

    watch.visit("/careless")
    page.wait_for_timeout(100)

    assert [what for what in watch.seen if what.startswith(told)] != []


def test_the_watch_sees_what_the_policy_refuses(new_context: Callable[..., BrowserContext]):
    page = new_context().new_page()
    watch = Watch(page)
    page.goto("/")

    page.locator("main").evaluate("main => main.insertAdjacentHTML('beforeend', '<img src=/x onerror=hit()>')")
    page.wait_for_timeout(100)

    assert [what.split(":")[0] for what in watch.seen] == ["script-src-attr"]


def test_a_delegate_reads_all_of_it(watched: Watched, planted: dict[str, str]):
    page, watch = watched(KENYA)

    assert watch.read_through(f"{planted['discussion']}?page=1") > 10
    expect(page.get_by_role("article").first).to_be_visible()
    assert watch.read_through(f"{planted['sister']}?page=1") > 10
    assert watch.read_through("/rooms/en/") > 5
    watch.read_through("/since/?all")
    watch.read_through(f"{planted['topic']}side-by-side/")
    assert watch.read_through("/people/") > 4
    assert watch.read_through("/library/") > 10
    watch.read_through("/questions/unanswered/")
    for address in ("/", "/rooms/", "/drafts/", "/rooms/en/new/?kind=question", planted["topic"], "/profile/data/"):
        watch.visit(address)
    watch.visit(f"{planted['topic']}record/")

    assert watch.seen == []


def test_pages_of_one_thing_are_read(watched: Watched, planted: dict[str, str]):
    """Not of every vector, since each stands on a list already; but all families are met on each kind of page."""
    page, watch = watched(KENYA)
    single = [
        linked_from(page, "/library/", r"/library/\d+/$"),
        linked_from(page, "/people/?name=hit", r"/people/\d+/$"),
        linked_from(page, "/rooms/en/", r"/rooms/en/\d+/$"),
        linked_from(page, f"{planted['discussion']}?page=3", r"/posts/\d+/cite/$"),
    ]
    assert min(len(found) for found in single) >= 10

    for address in {address for found in single for address in found[::4]}:
        watch.visit(address)
    for address in single[-1][::5]:
        for part in ("wordings", "translations", "signals"):
            watch.visit(address.replace("cite", part))

    assert watch.seen == []


def test_every_vector_is_searched_for(watched: Watched, planted: dict[str, str]):
    _page, watch = watched(KENYA)

    assert watch.read_through("/search/?q=hit&language=all") > 5
    for word in WORDS[::4]:  # what is asked stands on the page in five places, even if nothing is found in Arabic
        watch.visit(f"/search/?q={quote(word)}&language=ar")
    watch.visit(f"/people/?name={quote(WORDS[-5])}")
    watch.visit(f"/library/?q={quote(WORDS[-5])}")

    assert watch.seen == []


def test_previews_and_translations_are_read(watched: Watched, planted: dict[str, str]):
    page, watch = watched(SENEGAL)

    assert watch.read_through(f"{planted['discussion']}?page=1") > 10
    for first in range(0, len(WORDS), 40):
        page.get_by_label("Votre contribution").fill("\n\n".join(WORDS[first : first + 40]))
        with page.expect_response("**/preview/"):
            page.get_by_role("button", name="Aperçu").click()
        watch.touch()

    assert watch.seen == []


def test_a_feed_in_a_browser_is_a_file_of_words(watched: Watched, planted: dict[str, str]):
    page, watch = watched(KENYA)

    response = page.request.get(urlsplit(planted["feed"]).path)
    assert response.headers["content-type"].startswith("application/atom+xml")
    assert "hit()" in response.text()
    held = page.evaluate(IN_XML, response.text())

    assert held == ["feed"]
    assert watch.seen == []


@pytest.mark.parametrize(
    ("email", "addresses"),
    [
        (
            SECRETARIAT,
            ["/secretariat/", "/secretariat/requests/", "/secretariat/imported-authors/", "/secretariat/audit/"],
        ),
        (SECRETARIAT, [f"/admin/{name}/" for name in ADMINISTRATION]),
        (FOCAL_POINT, ["/requests/", "/seats/handover/", "/library/waiting/"]),
        (MODERATOR, ["/moderation/", "/questions/unanswered/", "/library/waiting/"]),
    ],
    ids=["Secretariat", "administration", "focal point", "moderator"],
)
def test_who_runs_the_forum_reads_it(watched: Watched, planted: dict[str, str], email: str, addresses: list[str]):
    _page, watch = watched(email)

    for address in addresses:
        watch.visit(address)

    assert watch.seen == []
