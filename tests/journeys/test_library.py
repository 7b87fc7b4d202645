"""A contribution becomes an entry of the library: proposed, permitted by the state, published, found, taken along."""

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.visits import EXPERT, FOCAL_POINT, KENYA, MODERATOR, letters_to, reload_until_visible, unique

OWN_POST = f"""
from forum.models import Post
print(Post.objects.filter(author__email="{KENYA}", library_entry=None, language="en").latest("posted_at").pk)
"""


def test_an_entry_is_proposed_permitted_published_found_and_exported(enter: Enter, forum: Forum, tmp_path):
    title = unique("Calling a year later")
    post = forum.manage("shell", "-v", "0", "-c", OWN_POST).strip()
    author = enter(KENYA, java_script_enabled=False)

    author.goto(f"/posts/{post}/")
    author.locator(f'a[href="/library/new/?post={post}"]').click()
    expect(author.get_by_label("Summary")).not_to_be_empty()
    author.get_by_label("Title").fill(title)
    author.get_by_role("button", name="Propose it").click()
    expect(author.get_by_role("alert")).to_contain_text("Not saved yet")
    expect(author.get_by_label("Title")).to_have_value(title)
    author.get_by_label("Practice", exact=True).check()
    author.get_by_role("group", name="legislative advice").get_by_label("Yes").check()
    author.get_by_role("group", name="strategy, policy or plan").get_by_label("No", exact=True).check()
    author.get_by_role("button", name="Propose it").click()
    expect(author.get_by_role("status")).to_contain_text("The entry is proposed.")
    entry = author.url

    moderator = enter(MODERATOR)
    moderator.goto(entry)
    expect(moderator.get_by_text("once every state that is asked has given its permission")).to_be_visible()
    expect(moderator.get_by_role("button", name="Publish", exact=True)).to_have_count(0)

    mailbox = enter()
    mailbox.goto("/demo/mail/")
    reload_until_visible(mailbox, letters_to(mailbox, FOCAL_POINT).filter(has_text="Your permission is asked").first)
    focal_point = enter(FOCAL_POINT, java_script_enabled=False)
    focal_point.goto(entry)
    focal_point.get_by_role("link", name="Answer for Kenya").click()
    expect(focal_point.get_by_text("whether it is published is the state’s decision")).to_be_visible()
    focal_point.get_by_role("button", name="Give the permission").click()
    expect(focal_point.get_by_role("status")).to_contain_text("The answer is kept")

    moderator.reload()
    moderator.get_by_role("button", name="Publish", exact=True).click()
    expect(moderator.get_by_role("status")).to_contain_text("Published as TAF/LIB/")

    reader = enter(EXPERT)
    reader.goto("/library/")
    reader.get_by_role("complementary").get_by_role("link", name="Practice").click()
    reader.get_by_text("Member state", exact=True).click()
    reader.get_by_role("complementary").get_by_role("link", name="Kenya").click()
    expect(reader.get_by_role("link", name=title)).to_be_visible()
    expect(reader.get_by_role("link", name="Member state: Kenya")).to_be_visible()
    with reader.expect_download() as download:
        reader.get_by_role("link", name="Workbook (XLSX)").click()
    download.value.save_as(tmp_path / "library.xlsx")
    rows = list(load_workbook(tmp_path / "library.xlsx").worksheets[0].values)
    assert title in {row[1] for row in rows}
    assert {row[2] for row in rows[1:]} == {"Practice"}

    focal_point.goto(f"{entry}permission/KE/")
    focal_point.get_by_label("Reason").fill("The law is being revised.")
    focal_point.get_by_role("button", name="Take the permission back").click()
    expect(focal_point.get_by_role("status")).to_contain_text("The answer is kept")
    assert reader.goto(entry).status == 404
