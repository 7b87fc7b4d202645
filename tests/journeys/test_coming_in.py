"""Coming in: asking for an account, being invited, and the way from the letter to the first post."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.test_accessibility import ALL_RULES, barriers
from tests.journeys.test_phone import PHONE, assert_fits
from tests.journeys.test_second_factor import give_authenticator, sign_out
from tests.journeys.visits import (
    FOCAL_POINT,
    SECRETARIAT,
    SIGN_IN,
    letters_to,
    post_with,
    publish_button,
    reload_until_visible,
    said,
    sample_titles,
    sign_in,
    unique,
    write,
)

FOCAL_POINT_OF_SENEGAL = "focal.senegal@forum.example"
SECRET = "Nine-blue-harbours-2026"
LOCALES = {"fr": "fr-SN", "ar": "ar-EG"}
FORGET_ACCEPTANCE = (
    "from accounts.models import ProtocolAcceptance; ProtocolAcceptance.objects.filter(user__email='{email}').delete()"
)


def new_address() -> str:
    return f"{re.sub(r'[^a-z0-9]', '', unique('newcomer'))}@ipo.example"


def counted(page: Page) -> list[str]:
    """Return the list in which the pages that are opened from now on are counted."""
    views: list[str] = []
    page.on("domcontentloaded", lambda shown: views.append(shown.url))
    return views


def link_for(enter: Enter, email: str, language: str = "en") -> str:
    """Return the personal link from the letter that somebody gets."""
    mailbox = enter()
    mailbox.goto("/demo/mail/")
    letter = letters_to(mailbox, email).first
    reload_until_visible(mailbox, letter)
    letter.click()
    words = said(language, "Set your password and go to this week’s discussion")
    return mailbox.get_by_role("link", name=words).first.get_attribute("href") or ""


def take_up(page: Page, language: str = "en") -> None:
    """Fill in the one page that the personal link leads to."""
    page.get_by_label(said(language, "Password"), exact=True).fill(SECRET)
    page.get_by_label(said(language, "The same password again")).fill(SECRET)
    page.get_by_label(said(language, "I accept the protocol of use")).check()
    page.get_by_role("button", name=said(language, "Go to this week’s discussion")).click()


def title_for(language: str) -> str:
    """Return the title of this week's topic as a reader of ``language`` sees it; it has none in some."""
    titles = sample_titles()
    return titles.get(language, titles["en"])


def choose(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def invite(page: Page, email: str, language: str) -> None:
    """Invite somebody as a focal point does whose pages are in ``language``."""
    page.goto("/invitations/")
    page.get_by_role("main").get_by_role("link", name=said(language, "Invite a person", "navigation")).click()
    page.get_by_label(said(language, "Official e-mail address")).fill(email)
    page.get_by_label(said(language, "Name as shown")).fill("Newcomer")
    page.get_by_role("button", name=said(language, "Send the invitation")).click()
    expect(page.get_by_role("status")).to_contain_text(email)


def test_from_the_request_to_the_first_post(enter: Enter):
    email, text = new_address(), unique("My first post.")
    page = enter()
    page.goto("/")
    page.get_by_role("link", name="Ask for an account").click()
    page.get_by_label("Official e-mail address").fill(email)
    page.get_by_label("Your name, as it will be shown").fill("Wanjiku Kamau")
    choose(page, "Member state").select_option(label="Kenya")
    choose(page, "Institution").fill("Kenya Industrial Property Institute")
    choose(page, "Kind of institution").select_option(label="National IP office")
    page.get_by_role("group", name="Languages read").get_by_label("English").check()
    page.get_by_label("Why you would like to take part").fill("I run the training of examiners.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This happens next")

    focal_point = enter(FOCAL_POINT)
    focal_point.goto("/requests/")
    asked = focal_point.get_by_role("listitem").filter(has_text=email)
    asked.get_by_label("Note for the Secretariat").fill("She leads our training.")
    asked.get_by_role("button", name="Vouch for this person").click()
    expect(asked).to_contain_text("Vouched for")

    secretariat = enter(SECRETARIAT)
    secretariat.goto("/secretariat/requests/")
    asked = secretariat.get_by_role("listitem").filter(has_text=email)
    expect(asked).to_contain_text("She leads our training.")
    asked.get_by_role("checkbox").check()
    secretariat.get_by_role("button", name="Approve those chosen").click()
    expect(secretariat.get_by_role("status")).to_contain_text("1 request approved.")

    page.goto(link_for(enter, email))
    take_up(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(sample_titles()["en"])
    write(page, text)
    publish_button(page).click()
    expect(post_with(page, text)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_at_most_five_pages_from_the_invitation_to_the_first_post(enter: Enter, scripts: bool):
    email, text = new_address(), unique("Posted at once.")
    invite(enter(FOCAL_POINT), email, "en")
    link = link_for(enter, email)
    page = enter(java_script_enabled=scripts)
    views = counted(page)

    page.goto(link)
    take_up(page)
    write(page, text)
    publish_button(page).click()

    expect(post_with(page, text)).to_be_visible()
    assert len(views) <= 5


def test_a_passkey_in_place_of_a_password_from_the_invitation_to_the_first_post_and_back_in(enter: Enter, forum: Forum):
    email, text = new_address(), unique("Posted without a password.")
    invite(enter(FOCAL_POINT), email, "en")
    link = link_for(enter, email)
    page = enter()
    give_authenticator(page)
    views = counted(page)

    page.goto(link)
    page.get_by_label("I accept the protocol of use").check()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(sample_titles()["en"])
    expect(page.get_by_role("status").filter(has_text="Your passkey")).to_contain_text("Your passkey signs you in")
    write(page, text)
    publish_button(page).click()
    expect(post_with(page, text)).to_be_visible()
    assert len(views) <= 5

    sign_out(page)
    page.goto(f"{SIGN_IN}?next=/rooms/en/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{forum.url}/rooms/en/")
    page.goto("/profile/")
    page.get_by_role("link", name="Set a password").click()
    page.get_by_label("Password", exact=True).fill(SECRET)
    page.get_by_label("Password (again)").fill(SECRET)
    page.get_by_role("button", name="Set the password").click()
    page.goto("/profile/")
    expect(page.get_by_role("link", name="Change your password")).to_be_visible()


def test_no_passkey_is_made_while_something_is_missing_and_the_password_stays_a_way_in(enter: Enter):
    email = new_address()
    invite(enter(FOCAL_POINT), email, "en")
    page = enter()
    give_authenticator(page, isUserVerified=False)
    page.goto(link_for(enter, email))

    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_label("I accept the protocol of use")).to_be_focused()
    expect(page.get_by_label("Password", exact=True)).to_be_enabled()
    page.get_by_label("I accept the protocol of use").check()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work")

    take_up(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(sample_titles()["en"])


@pytest.mark.parametrize(("language", "scripts"), [("fr", False), ("ar", True), ("ar", False)])
def test_from_the_request_to_the_first_post_in_ones_own_language(enter: Enter, language: str, scripts: bool):
    email, text = new_address(), unique("مساهمتي الأولى." if language == "ar" else "Ma première contribution.")
    page = enter(locale=LOCALES[language], java_script_enabled=scripts)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    page.get_by_role("link", name=said(language, "Ask for an account")).first.click()
    page.get_by_label(said(language, "Official e-mail address")).fill(email)
    page.get_by_label(said(language, "Your name, as it will be shown")).fill("Newcomer")
    choose(page, said(language, "member state").capitalize()).select_option(index=1)
    choose(page, said(language, "institution").capitalize()).fill("Office")
    choose(page, said(language, "kind of institution").capitalize()).select_option("ip_office")
    page.locator(f'input[name="languages_read"][value="{language}"]').check()
    page.get_by_label(said(language, "Why you would like to take part")).fill(text)
    page.get_by_role("button", name=said(language, "Send the request")).click()
    expect(page).to_have_url(re.compile("/accounts/request/sent/"))
    secretariat = enter(SECRETARIAT)
    secretariat.goto("/secretariat/requests/")
    secretariat.get_by_role("listitem").filter(has_text=email).get_by_role("checkbox").check()
    secretariat.get_by_role("button", name="Approve those chosen").click()
    expect(secretariat.get_by_role("status")).to_contain_text("1 request approved.")

    page.goto(link_for(enter, email, language))
    expect(page.locator("html")).to_have_attribute("lang", language)
    if scripts:
        page.set_viewport_size(PHONE)
        assert_fits(page)
        assert barriers(page, ALL_RULES) == []
    take_up(page, language)
    expect(page.get_by_role("heading", level=1)).to_have_text(title_for(language))
    write(page, text, language)
    publish_button(page, language).click()

    expect(post_with(page, text)).to_be_visible()


@pytest.mark.parametrize(("language", "scripts"), [("fr", False), ("ar", True)])
def test_a_passkey_in_ones_own_language_or_a_password_without_scripts(enter: Enter, language: str, scripts: bool):
    email = new_address()
    invite(enter(FOCAL_POINT), email, "en")
    page = enter(java_script_enabled=scripts)
    if scripts:
        give_authenticator(page)
    page.goto(f"{link_for(enter, email)}?language={language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    passkey = page.get_by_role("button", name=said(language, "Use a passkey"))

    if scripts:
        page.get_by_label(said(language, "I accept the protocol of use")).check()
        passkey.click()
    else:
        expect(passkey).to_be_hidden()
        take_up(page, language)

    expect(page.get_by_role("heading", level=1)).to_have_text(title_for(language))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_protocol_is_accepted_in_french_before_anything_opens(enter: Enter, forum: Forum, scripts: bool):
    email = FOCAL_POINT_OF_SENEGAL
    forum.manage("shell", "-c", FORGET_ACCEPTANCE.format(email=email))
    page = enter(java_script_enabled=scripts)
    page.goto(f"{SIGN_IN}?next=/rooms/fr/")
    sign_in(page, email)

    expect(page).to_have_url(re.compile("/protocol/"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("button", name=said("fr", "I accept the protocol of use")).click()

    expect(page).to_have_url(f"{forum.url}/rooms/fr/")


def test_an_invitation_in_french_leads_to_the_french_room(enter: Enter):
    email = new_address()
    invite(enter(FOCAL_POINT_OF_SENEGAL), email, "fr")
    page = enter()

    page.goto(link_for(enter, email, "fr"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    take_up(page, "fr")

    expect(page.get_by_role("heading", level=1)).to_have_text(sample_titles()["fr"])
    expect(page).to_have_url(re.compile("/rooms/fr/"))


def test_a_link_opened_again_leads_to_the_sign_in(enter: Enter):
    email = new_address()
    invite(enter(FOCAL_POINT), email, "en")
    link = link_for(enter, email)
    page = enter()
    page.goto(link)
    take_up(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(sample_titles()["en"])
    elsewhere = enter()

    elsewhere.goto(link)

    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("This link does not work")
    elsewhere.get_by_role("main").get_by_role("link", name="Sign in").click()
    elsewhere.get_by_label("Email").fill(email)
    elsewhere.get_by_label("Password", exact=True).fill(SECRET)
    elsewhere.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(elsewhere.get_by_role("heading", level=1, name="Rooms")).to_be_visible()


def test_a_list_is_checked_and_then_invited(enter: Enter):
    email = new_address()
    page = enter(FOCAL_POINT)
    page.goto("/invitations/list/")
    rows = f"email,name,member_state\n{email},Listed Person,Kenya\nnobody,Nobody,Kenya\n"

    page.get_by_label("Spreadsheet (CSV or XLSX)").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_role("table")).to_contain_text("Write an e-mail address")
    page.get_by_role("button", name="Invite 1 person").click()

    expect(page.get_by_role("status")).to_contain_text("1 letter is on its way.")
    expect(page.get_by_role("main")).to_contain_text(email)
