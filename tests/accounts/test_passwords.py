"""What a password may be: long, not leaked, and not soon guessed."""

import gzip
import hashlib
import time
from pathlib import Path

import pytest
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from accounts.passwords import _is_in_file
from tests.factories import DelegateFactory, MemberStateFactory
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db

CHANGE = "/accounts/password/change/"

# All of them are in published breaches: the one of RockYou, that of LinkedIn, and the collections after.
LEAKED = [
    *("passwordpassword", "iloveyouiloveyou", "qwertyuiopasdfgh", "123456789012345", "1qaz2wsx3edc4rfv"),
    *("1q2w3e4r5t6y7u8i9o0p", "zaq12wsxcde34rfv", "q1w2e3r4t5y6u7i8", "qazwsxedcrfvtgb", "asdfghjkl123456789"),
    *("manchesterunited", "spongebobsquarepants", "chelseafootballclub", "youllneverwalkalone", "harrypotter12345"),
    *("thisismypassword", "iwillalwaysloveyou", "ilovemyboyfriend", "jesuschristislord", "letmeinletmein1"),
    *("correcthorsebatterystaple", "thequickbrownfox", "michaeljackson1", "administrator123", "mynameisearl1234"),
    *("motdepassemotdepasse", "contraseña12345678", "йцукенгшщзхъфыва", "friend of gerly", "somanypickles27"),
    *("kartoffelpuffer", "mega_pizdetz666", "john!20130605at1753", "12345678900987654321"),
]
DRESSED_UP = [
    *(
        "Manchester-United-1999",
        "I Love You Forever 2019",
        "P@ssw0rd-P@ssw0rd",
        "Qwertyuiop!Asdfgh",
        "AAAAaaaaAAAAaaaa",
    ),
    *("Password_1234567", "M0t.de.passe.2026", "Spongebob.Squarepants", "zyxwvutsrqponmlkj", "Summer2026Summer2026"),
]
OF_THE_PLACE = [
    *("wipo-forum-2026-geneva", "TechnicalAssistance1", "Lake-Geneva-2026", "Atlantis-Atlantis-1"),
    *("Office-of-Inventions", "Pelagia Marinou 2026", "secretariat-of-wipo"),
]
SHORT = ["short-1", "short-12", "eight-to-14-ok"]
STRONG = [
    *("Nine-blue-harbours", "violet kettle orbit", "our cat likes fish", "Snow on the Jura 3", "  five grey owls "),
    *(
        "мой длинный кот спит",
        "Onze petits canards",
        "mi perro come manzanas",
        "长城上有三只白色的小猫在睡觉啊",
        "قطتي تحب السمك كثيرا",
    ),
    *("Pelagia feeds nine owls", hashlib.sha512().hexdigest()),
]


@pytest.fixture
def atlantean(db):
    state = MemberStateFactory(name_en="Atlantis")
    return DelegateFactory(member_state=state, institution="Office of Inventions", full_name="Pelagia Marinou")


def change_to(client, person, password):
    client.force_login(person)
    answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": password, "password2": password})
    person.refresh_from_db()
    return answer


@pytest.mark.parametrize("password", STRONG)
def test_a_strong_password_is_taken_whole(client, atlantean, password):
    change_to(client, atlantean, password)

    assert atlantean.check_password(password)
    assert not atlantean.check_password(password[:-1])


@pytest.mark.parametrize("password", [*LEAKED, *DRESSED_UP, *OF_THE_PLACE, *SHORT])
def test_a_weak_password_is_not_taken(client, atlantean, password):
    change_to(client, atlantean, password)

    assert atlantean.check_password(PASSWORD)


def test_who_chooses_a_leaked_one_is_told_what_to_choose(client, atlantean):
    answer = change_to(client, atlantean, "manchesterunited")

    assert any("Four unrelated words" in error for error in answer.context["form"].errors["password1"])


def test_the_name_of_another_state_is_no_word_of_ones_own(atlantean):
    with pytest.raises(ValidationError):
        password_validation.validate_password("Lemuria4-Atlantis", atlantean)

    password_validation.validate_password("Lemuria4-Atlantis", DelegateFactory(full_name="Ada"))


def test_the_leaked_passwords_that_django_knows_are_refused(atlantean):
    path = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(path, "rt") as file:
        long_enough = [line.strip() for line in file if len(line.strip()) >= 15]

    taken = []
    for password in long_enough:
        try:
            password_validation.validate_password(password, atlantean)
        except ValidationError:
            continue
        taken.append(password)

    assert len(long_enough) > 40
    assert taken == []


def test_the_longest_and_worst_passwords_are_weighed_without_making_the_process_wait(atlantean):
    start = time.process_time()
    for password in ("4@8({[</369&#!1/|0$5+7%2" * 200, "a" * 4_096, "\x00\u202e" * 2_000, "1@!|$5" * 700):
        with pytest.raises(ValidationError):
            password_validation.validate_password(password, atlantean)
            raise ValidationError("taken")

    assert time.process_time() - start < 5  # seconds; a quarter of one here, and minutes where it grows with the length


@pytest.mark.parametrize("found", [True, False])
def test_the_operators_file_of_leaked_passwords_counts(settings, tmp_path, found):
    leaked = ["Nine-blue-harbours"] if found else []
    others = [f"other-password-{number}" for number in range(1000)]
    hashes = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in [*leaked, *others])  # noqa: S324
    file = tmp_path / "leaked.txt"
    file.write_text("".join(f"{digest}:7\n" for digest in hashes))
    settings.BREACHED_PASSWORDS = str(file)

    assert all(_is_in_file(word) for word in others)
    assert _is_in_file("Nine-blue-harbours") is found
