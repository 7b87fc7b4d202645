"""What a password must not be: words of this place, or what has been found in other people's hands.

No list of leaked passwords is long enough to hold those of fifteen characters and more, which are made of
short ones. So a password is taken apart instead: common words from the list that ships with Django, walks
over the keyboard, years, digits in a row. Where two such pieces make all of it, it is refused. An operator
who has the file of "Have I Been Pwned" names it in ``BREACHED_PASSWORDS``, and it is looked up there too.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

PLACE = (
    *("wipo", "ompi", "forum", "foro", "technical", "assistance", "technicalassistance", "taf", "cdip"),
    *("delegate", "delegation", "memberstate", "secretariat", "moderator", "password", "passwort", "motdepasse"),
    *("contrasena", "welcome", "letmein", "intellectual", "property"),
)
KEYBOARDS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
UNMASKED = str.maketrans("@$013457!|€", "asoieastile")
FEWEST_OWN = 8  # letters that must be left when the words of the place and of the person are gone
MOST_PIECES = 2  # guessable pieces that a password may not be made of alone
LONGEST_PIECE = 24


class ContextValidator:
    """Refuse a password that is little more than the forum's name, or the person's state and institution."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Check a password for words that anybody would try here.

        Raises:
            ValidationError: Too little is left without them.
        """
        for plain in _readings(password):
            left = plain
            for word in sorted({*PLACE, *_words_about(user)}, key=len, reverse=True):
                left = left.replace(word, "")
            if left != plain and sum(map(str.isalpha, left)) < FEWEST_OWN:
                raise ValidationError(
                    _("This password is made of words that are tried first here. Add words of your own."),
                    code="password_of_context",
                )

    def get_help_text(self) -> str:
        """Return what is asked of a password."""
        return _("Your password can’t be made of the forum’s name, your state or your institution.")


class BreachedValidator:
    """Refuse a password that is known from leaks, or made of two pieces that are."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Check a password against what attackers try first.

        Raises:
            ValidationError: It is among that.
        """
        if any(_is_guessable(plain) for plain in _readings(password)) or _is_in_file(password):
            raise ValidationError(
                _("This password is among the first that attackers try. Three or four unrelated words are better."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """Return what is asked of a password."""
        return _("Your password can’t be a commonly used one, or two of them together.")


def _fold(text: str) -> str:
    """Return a text as plain small letters and digits."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^\w]|_", "", "".join(c for c in plain if not unicodedata.combining(c)))


def _readings(password: str) -> Iterator[str]:
    """Yield a password as it is spelt, and with the digits and signs that stand for letters read as those."""
    yield _fold(password)
    yield _fold(password.casefold().translate(UNMASKED))


def _words_about(person: User | None) -> Iterable[str]:
    """Return the words of a person's state, institution and address that are long enough to matter."""
    if not isinstance(person, User):
        return []
    texts = [person.full_name, person.institution, *re.split(r"[@.]", person.email)]
    if person.member_state is not None:
        texts += [getattr(person.member_state, f"name_{language}") or "" for language in ("en", "fr", "es")]
    words = (_fold(word) for text in texts for word in (*text.split(), text))
    return {word for word in words if len(word) > 3}


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_fold(password) for password in CommonPasswordValidator().passwords) | frozenset(PLACE)


def _is_guessable(plain: str) -> bool:
    """Tell whether a text falls apart into few pieces that attackers know; a piece that comes again is free."""
    fewest: dict[int, frozenset[str]] = {0: frozenset()}
    for end in range(1, len(plain) + 1):
        for start in range(max(0, end - LONGEST_PIECE), end):
            if start not in fewest or not _is_piece(plain[start:end]):
                continue
            pieces = fewest[start] | {plain[start:end]}
            if len(pieces) <= MOST_PIECES and (end not in fewest or len(pieces) < len(fewest[end])):
                fewest[end] = pieces
    return len(plain) in fewest and bool(plain)


def _is_piece(text: str) -> bool:
    if len(set(text)) == 1 or (text.isdigit() and len(text) <= 8):
        return True
    return len(text) > 2 and (text in _common() or _is_walk(text))


def _is_walk(text: str) -> bool:
    """Tell whether a text goes along a row of the keyboard or the alphabet, forwards or backwards, round and round."""
    return any(text in row * 3 or text in row[::-1] * 3 for row in (*KEYBOARDS, ALPHABET))


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
