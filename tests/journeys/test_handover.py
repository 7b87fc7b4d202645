"""A seat changes hands: the focal point passes a colleague's seat on, who leaves with it."""

from playwright.sync_api import Page, expect

from demo.people import PASSWORD
from tests.journeys.conftest import Enter, Forum
from tests.journeys.visits import letters_to, reload_until_visible, unique

FOCAL_POINT = "focal.uruguay@forum.example"
LEAVER, TAKER = "leaver.uruguay@forum.example", "taker.uruguay@forum.example"
PEOPLE = f"""
from accounts.enums import AccountStatus, Office
from accounts.days import today
from accounts.models import Mandate, MemberState, User
from accounts.services.people import accept_protocol
from forum.models import Discussion
from forum.services.drafts import keep_draft
from forum.services.posts import publish_post
import uuid
state = MemberState.objects.get(code="UY")
for email, name in (("{FOCAL_POINT}", "Focal point"), ("{LEAVER}", "Leaver"), ("{TAKER}", "Taker")):
    user = User.objects.create_user(
        email, "{PASSWORD}", full_name=name + " of Uruguay", member_state=state, status=AccountStatus.ACTIVE,
        languages_read=["en"],
    )
    accept_protocol(actor=user)
    if email == "{FOCAL_POINT}":
        Mandate.objects.create(user=user, office=Office.FOCAL_POINT, member_state=state, starts_on=today())
leaver = User.objects.get(email="{LEAVER}")
discussion = Discussion.objects.filter(room__language="en", closed_at=None).order_by("-opened_at").first()
said = publish_post(actor=leaver, discussion=discussion.pk, body="%(post)s", submission_key=uuid.uuid4())
keep_draft(author=leaver, discussion=discussion.pk, body="%(draft)s")
print(discussion.get_absolute_url(), said.get_absolute_url())
"""


def give_password_again(page: Page) -> None:
    """Answer the page that asks once more who one is, where signing in was a while ago."""
    password = page.get_by_label("Password", exact=True)
    expect(password.or_(page.get_by_role("status"))).to_be_visible()
    if password.is_visible():
        password.fill(PASSWORD)
        page.get_by_role("main").get_by_role("button").first.click()


def test_a_focal_point_passes_a_seat_on(enter: Enter, forum: Forum):
    post, draft = unique("What the leaver said."), unique("What the office meant to say.")
    discussion, address = forum.manage("shell", "-v", "0", "-c", PEOPLE % {"post": post, "draft": draft}).split()
    page = enter(FOCAL_POINT, java_script_enabled=False)

    page.goto("/profile/")
    page.get_by_role("link", name="Hand over a seat").click()
    page.get_by_label("Whose seat").select_option(label="Leaver of Uruguay")
    page.get_by_label("Who takes it over").select_option(label="Taker of Uruguay")
    page.get_by_label("The first one leaves the forum with it").check()
    page.get_by_role("button", name="Hand over").click()
    give_password_again(page)

    expect(page.get_by_role("status")).to_contain_text("The seat is handed over.")
    expect(page.get_by_role("main")).to_contain_text("from Former participant to Taker of Uruguay")
    page.goto("/people/?q=Uruguay")
    expect(page.get_by_role("link", name="Taker of Uruguay")).to_be_visible()
    expect(page.get_by_role("link", name="Leaver of Uruguay")).to_have_count(0)

    taker = enter(TAKER)
    taker.goto(discussion)
    expect(taker.get_by_label("Your contribution")).to_have_value(draft)
    expect(taker.get_by_text("What you hear of it: Every post")).to_be_visible()
    taker.goto(address)
    said = taker.get_by_role("article").filter(has_text=post)
    expect(said).to_contain_text("Former participant")
    expect(said).to_contain_text("Uruguay")
    taker.goto("/demo/mail/")
    for email in (LEAVER, TAKER):
        reload_until_visible(taker, letters_to(taker, email).first)
