"""What a password must not be: known from leaks, or soon found by who knows what people choose.

Few leaked passwords have fifteen characters, and those that do are made of shorter ones. So zxcvbn estimates how
many guesses a password takes, from what it carries with it: 30,000 passwords of breaches, 60,000 words, names and
titles, walks over the keyboard, dates, repeats, and signs that stand for letters. The words of this place and of the
person count for nothing. Nothing is asked over the network. An operator who has the file of "Have I Been Pwned" names
it in ``BREACHED_PASSWORDS``, and a password is looked up there too.
"""

import hashlib
import re
import unicodedata
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn_rs_py import zxcvbn

from accounts.models import User

FEWEST_GUESSES = 10**10
"""What zxcvbn's authors call very hard to guess: three or four unrelated words take as many."""
LONGEST_READ = 72
"""Characters that are weighed: weighing takes time by their square, and what they hold is enough."""
PLACE = (
    *("wipo", "ompi", "forum", "foro", "technical", "assistance", "taf", "cdip", "geneva", "geneve", "ginebra"),
    *("delegate", "delegation", "memberstate", "secretariat", "moderator", "intellectual", "property"),
)
BEYOND_ENGLISH = (
    *("motdepasse", "contrasena", "passwort", "пароль", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    *("anticonstitutionnellement", "correcthorsebatterystaple", "youllneverwalkalone", "iwillalwaysloveyou"),
    *("thequickbrownfox", "maytheforcebewithyou", "supercalifragilisticexpialidocious", "unitedstatesofamerica"),
)
"""Keyboards, words and phrases that are in many breaches, and not in zxcvbn's lists."""


class GuessableValidator:
    """Refuse a password that is known from leaks, or that takes too few guesses. Source: ASVS 5.0, 6.2."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Check a password against what attackers try first.

        Raises:
            ValidationError: It is among that.
        """
        plain = _fold(password)
        readings = {password, plain, _without(plain, {*PLACE, *_words_about(user)})}
        if any(_guesses(reading) < FEWEST_GUESSES for reading in readings) or _is_in_file(password):
            raise ValidationError(
                _(
                    "This password is among the first that attackers try, or too close to this forum’s or your own"
                    " name. Four unrelated words are better."
                ),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """Return what is asked of a password."""
        return _("Your password can’t be one that is known from leaks or easily guessed. Take four unrelated words.")


def _fold(text: str) -> str:
    """Return a text as plain small letters and digits: signs between words make guessing no harder."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^\w]|_", "", "".join(c for c in plain if not unicodedata.combining(c)))


def _without(plain: str, words: set[str]) -> str:
    """Return what is left of a text without words that anybody would try here."""
    for word in sorted(words, key=len, reverse=True):
        plain = plain.replace(word, "")
    return plain


def _guesses(text: str) -> int:
    """Return how many guesses a text takes."""
    return zxcvbn(text[:LONGEST_READ], list(BEYOND_ENGLISH)).guesses if text else 0


def _words_about(person: User | None) -> set[str]:
    """Return the words of a person's name, state, institution and address that are long enough to matter."""
    if not isinstance(person, User):
        return set()
    texts = [person.full_name, person.institution, *re.split(r"[@.]", person.email)]
    if person.member_state is not None:
        texts += [getattr(person.member_state, f"name_{language}") or "" for language in ("en", "fr", "es")]
    words = (_fold(word) for text in texts for word in (*text.split(), text))
    return {word for word in words if len(word) > 3}


def _is_in_file(password: str) -> bool:
    """Look a password up in the operator's file: lines of SHA-1 in capitals, in order, a colon and a count."""
    if not settings.BREACHED_PASSWORDS:
        return False
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    path = Path(settings.BREACHED_PASSWORDS)
    low, high = 0, path.stat().st_size
    with path.open("rb") as file:
        while low < high:
            middle = (low + high) // 2
            file.seek(max(0, middle - 1))
            if middle:
                file.readline()
            line = file.readline()
            found = line[:40].upper()
            if found == wanted:
                return True
            if not line or found > wanted:
                high = middle
            else:
                low = file.tell()
    return False
