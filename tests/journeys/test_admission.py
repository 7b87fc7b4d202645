"""Somebody from outside comes into one discussion: from the draft to the first post, and to the end."""

import time
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.test_coming_in import new_address, take_up
from tests.journeys.visits import (
    FOCAL_POINT,
    KENYA,
    MODERATOR,
    PAUSE,
    SECRETARIAT,
    go_to_discussion,
    letters_to,
    publish,
    reload_until_visible,
    sample_titles,
    unique,
)

CUT = 30  # seconds: the security promise for a stream whose reader may read no longer
ELSEWHERE = """
from forum.models import Attachment, Discussion, LibraryEntry, Post, Topic
other = Discussion.objects.exclude(pk={pk})
topics = Topic.objects.exclude(number=None).exclude(discussions={pk})  # drafts of the plan have no address yet
places = [*other, *topics, *Post.objects.exclude(discussion={pk})[:60]]
places += [*Attachment.objects.exclude(post__discussion={pk})[:10], *LibraryEntry.objects.all()[:10]]
print(*(place.get_absolute_url() for place in places))
print(*(f"/live/discussions/{{one.pk}}/" for one in other))
print("/live/rooms/", "/live/rooms/en/", "/rooms/en/", "/rooms/fr/", "/rooms/es/")
"""


def personal_link(enter: Enter, email: str) -> str:
    mailbox = enter()
    mailbox.goto("/demo/mail/")
    letter = letters_to(mailbox, email).filter(has_text="Your invitation")
    reload_until_visible(mailbox, letter.first)
    letter.first.click()
    return mailbox.get_by_role("link", name="Set your password").first.get_attribute("href") or ""


def step(page: Page, button: str, said: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()


def test_from_the_draft_to_the_outsiders_first_post_and_to_the_end(enter: Enter, forum: Forum):
    name, email, said = unique("Wanjiku Kamau"), new_address(), unique("From outside")
    drafter = enter(KENYA, java_script_enabled=False)
    go_to_discussion(drafter)
    discussion = urlsplit(drafter.url).path
    drafter.get_by_role("link", name="Ask to admit an outsider").click()
    drafter.get_by_label("Name", exact=True).fill(name)
    drafter.get_by_label("E-mail address").fill("nobody@nowhere")
    drafter.get_by_label("Organization", exact=True).fill("University of Nairobi")
    drafter.get_by_label("Kind of stakeholder").select_option("academic")
    drafter.get_by_label("Why the person should take part").fill("She has evaluated such trainings.")
    drafter.get_by_label("Interests").fill("None.")
    drafter.get_by_role("button", name="Ask for the admission").click()
    expect(drafter.get_by_role("alert")).to_contain_text("Not saved yet")
    expect(drafter.get_by_label("Interests")).to_have_value("None.")
    drafter.get_by_label("E-mail address").fill(email)
    step(drafter, "Ask for the admission", "on its way")
    admission = drafter.url

    for person, button, words in (
        (FOCAL_POINT, "Confirm the request", "The request is confirmed."),
        (MODERATOR, "Give the assessment to the Secretariat", "Your assessment is with the Secretariat."),
        (SECRETARIAT, "Approve the admission", "The admission is approved"),
    ):
        page = enter(person, java_script_enabled=False)
        page.goto("/admissions/")
        page.get_by_role("link", name=name).click()
        if person == MODERATOR:
            page.get_by_label("The person’s knowledge or experience serves this discussion.").check()
            page.get_by_label("Admit the person", exact=True).check()
            page.get_by_label("Assessment", exact=True).fill("It serves the discussion.")
        if person == SECRETARIAT:
            page.locator("form", has=page.get_by_role("button", name=button)).get_by_label("Reason").fill("Agreed.")
        step(page, button, words)
    drafter.goto(discussion)
    expect(drafter.locator(".readers")).to_contain_text(name)

    outsider = enter()
    outsider.goto(personal_link(enter, email))
    take_up(outsider)
    expect(outsider.get_by_role("heading", level=1)).to_have_text(sample_titles()["en"])
    publish(outsider, said)
    over: list[Request] = []
    outsider.on("requestfinished", lambda request: over.append(request))
    outsider.on("requestfailed", lambda request: over.append(request))
    with outsider.expect_request("**/live/discussions/**") as opened:
        outsider.reload()
    stream = opened.value

    pk = discussion.rstrip("/").rpartition("/")[2]
    addresses = forum.manage("shell", "-v", "0", "-c", ELSEWHERE.format(pk=pk)).split()
    assert len(addresses) > 20
    found = {address: outsider.request.get(address, max_redirects=0).status for address in addresses}
    assert {address: status for address, status in found.items() if status != 404} == {}
    assert stream not in over

    moderator = enter(MODERATOR, java_script_enabled=False)
    moderator.goto(admission)
    moderator.get_by_text("End the admission now").first.click()
    ending = moderator.locator("form", has=moderator.get_by_role("button", name="End the admission now"))
    ending.get_by_label("Reason").fill("Its purpose is served.")
    step(moderator, "End the admission now", "The admission has ended.")
    until = time.monotonic() + CUT
    while stream not in over and time.monotonic() < until:
        outsider.wait_for_timeout(PAUSE)
    assert stream in over
    assert outsider.goto(discussion).status == 404
    drafter.goto(discussion)
    expect(drafter.get_by_role("article").filter(has_text=said)).to_be_visible()
    expect(drafter.locator(".readers")).not_to_contain_text(name)
