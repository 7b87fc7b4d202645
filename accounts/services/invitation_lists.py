"""Lists of people to invite: what is wrong with each row, before anything is done."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from accounts import policies
from accounts.addresses import canonical_address
from accounts.enums import InstitutionKind, Role
from accounts.models import MemberState, User
from accounts.models.people import validate_plain_name
from accounts.services.invitations import Newcomer, check_term, known_addresses
from accounts.spreadsheets import Table, read_table

COLUMNS = ("email", "name", "member_state", "institution", "institution_kind", "language", "role", "serves_until")
OF_THE_SECRETARIAT = ("role", "serves_until")  # a focal point invites delegates, who have no term
SALT = "accounts.invitation_list"
LONGEST_SEALED = 2_000_000  # characters; Django refuses forms above 2.5 MB
NEEDED = ("email", "name", "member_state")
ALWAYS_NEEDED = ("email", "name")  # a delegate also needs the state
MIDNIGHT = " 00:00:00"  # how a day reads that a spreadsheet keeps as a moment
FORMULAS = ("=", "+", "-", "@")  # with which a spreadsheet begins what it runs
Value = TypeVar("Value")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell.

    Args:
        row: As the spreadsheet counts them; the header is row 1.
        column: The column's name.
        remedy: What to do, as a sentence.
    """

    row: int
    column: str
    remedy: str


@dataclass(frozen=True)
class CheckedList:
    """A list of people, as far as it can be invited.

    Args:
        newcomers: Those whose rows are good.
        problems: What is wrong with the other rows, by row.
    """

    newcomers: Sequence[Newcomer]
    problems: Sequence[Problem]

    @property
    def bad_rows(self) -> int:
        return len({problem.row for problem in self.problems})


def columns_for(actor: User) -> tuple[str, ...]:
    """Return the columns of a list that ``actor`` sends."""
    return COLUMNS if actor.is_staff else tuple(name for name in COLUMNS if name not in OF_THE_SECRETARIAT)


def read_list(content: bytes) -> Table:
    """Return the rows of a file that holds a list of people.

    Raises:
        ValidationError: It is no table, or too long a one.
    """
    return read_table(content, max_rows=settings.INVITATION_LIST_ROWS)


def template_for(actor: User) -> bytes:
    """Return the file to fill in, as spreadsheet programs open it: the columns and a row that shows how."""
    state = "KE" if actor.is_staff or actor.member_state is None else actor.member_state.code
    example = {
        "email": "a.name@ipo.example",
        "name": "A. Name",
        "member_state": state,
        "institution": "Industrial Property Institute",
        "institution_kind": "ip_office",
        "language": actor.language,
        "role": Role.DELEGATE.value,
    }
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns_for(actor), restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerow(example)
    return text.getvalue().encode("utf-8-sig")


def seal(actor: User, checked: CheckedList) -> str:
    """Return the good rows of a list in a form that travels through the page and that only we can write.

    Args:
        actor: Who may use it.
        checked: The list.

    Raises:
        ValidationError: It is too long to travel.
    """
    rows = [[_cells_of(one)[name] for name in columns_for(actor)] for one in checked.newcomers]
    sealed = signing.dumps([actor.pk, rows], salt=SALT, compress=True)
    if len(sealed) > LONGEST_SEALED:
        raise ValidationError(_("The list is too long. Divide it and send the parts one after another."), code="long")
    return sealed


def _cells_of(one: Newcomer) -> dict[str, str]:
    return {
        "email": one.email,
        "name": one.full_name,
        "member_state": one.member_state.code if one.member_state else "",
        "institution": one.institution,
        "institution_kind": one.institution_kind,
        "language": one.language,
        "role": one.role,
        "serves_until": one.serves_until.isoformat() if one.serves_until else "",
    }


def unseal(actor: User, sealed: str) -> CheckedList:
    """Return a list that ``seal`` wrote, judged again: accounts may have been made since.

    Args:
        actor: Who sends it; the one for whom it was sealed.
        sealed: What the page holds.

    Raises:
        signing.BadSignature: It is not of ours, not this person's, or too old.
    """
    owner, rows = signing.loads(sealed, salt=SALT, max_age=timedelta(hours=1))
    if owner != actor.pk:
        raise signing.BadSignature
    return check_list(actor=actor, table=[columns_for(actor), *rows])


def check_list(*, actor: User, table: Sequence[Sequence[str]]) -> CheckedList:
    """Judge each row of a list of people.

    Args:
        actor: Who would invite them.
        table: The header, then a row for each person; the columns in any order.

    Returns:
        Whom to invite, and what is wrong with the others.

    Raises:
        PermissionDenied: ``actor`` invites nobody.
        ValidationError: The columns are not those of a list of people; the message names them.
    """
    policies.may_bring_in(actor).enforce()
    columns = _read_header(table[0], columns_for(actor))
    checker = _Checker(actor)
    rows = [
        (number, {name: row[at] if at < len(row) else "" for name, at in columns.items()})
        for number, row in enumerate(table[1:], start=2)
        if any(row)
    ]
    read = [(number, checker.read(number, cells)) for number, cells in rows]
    addresses = [newcomer.email for _number, newcomer in read if newcomer]
    known = known_addresses(actor=actor, addresses=addresses)
    newcomers, first = [], dict[str, int]()
    for number, newcomer in read:
        if newcomer is None:
            continue
        if newcomer.email in first:
            remedy = _("The same address stands in row %(row)d: leave one of them out.") % {
                "row": first[newcomer.email]
            }
            checker.problems.append(Problem(number, "email", remedy))
        elif newcomer.email in known:
            checker.problems.append(Problem(number, "email", _("This person has an account or an invitation already.")))
        else:
            newcomers.append(newcomer)
        first.setdefault(newcomer.email, number)
    return CheckedList(newcomers, sorted(checker.problems, key=lambda problem: problem.row))


def _read_header(header: Sequence[str], columns: Sequence[str]) -> dict[str, int]:
    names = [_folded(name).replace(" ", "_") for name in header]
    missing = [name for name in NEEDED if name not in names]
    unknown = [name for name in names if name and name not in columns]
    repeated = {name for name in names if name and names.count(name) > 1}
    if missing:
        raise ValidationError(
            _("These columns are missing: %(missing)s. The first row names the columns: %(columns)s.")
            % {"missing": ", ".join(missing), "columns": ", ".join(columns)},
            code="columns_missing",
        )
    if unknown or repeated:
        raise ValidationError(
            _("These columns are not known or stand there twice: %(unknown)s. The columns are: %(columns)s.")
            % {"unknown": ", ".join([*unknown, *sorted(repeated)])[:200], "columns": ", ".join(columns)},
            code="columns_unknown",
        )
    return {name: at for at, name in enumerate(names) if name}


class _Checker:
    """Reads one row after another and gathers what is wrong with them."""

    def __init__(self, actor: User) -> None:
        self.problems: list[Problem] = []
        self._states = _states_by_word()
        self._own = None if actor.is_staff else actor.member_state_id
        self._roles = _by_word({role.value: [role.value, str(role.label)] for role in Role})
        self._kinds = _by_word({kind.value: [kind.value, str(kind.label)] for kind in InstitutionKind})
        self._languages = _by_word(
            {
                code: [code, get_language_info(code)["name"], get_language_info(code)["name_local"]]
                for code, _name in settings.LANGUAGES
            }
        )

    def read(self, number: int, cells: Mapping[str, str]) -> Newcomer | None:
        """Return whom a row is about; None when something is wrong with it, which is then a problem."""
        before = len(self.problems)
        role = self._cell(number, "role", cells, self._role)
        newcomer = Newcomer(
            role=role or "",
            email=self._cell(number, "email", cells, canonical_address) or "",
            full_name=self._cell(number, "name", cells, lambda text: _plain(text, 120)) or "",
            member_state=self._cell(number, "member_state", cells, lambda text: self._state(text, role)),
            institution=self._cell(number, "institution", cells, lambda text: _plain(text, 160)) or "",
            institution_kind=self._cell(number, "institution_kind", cells, self._kind) or "",
            language=self._cell(number, "language", cells, self._language) or "",
            serves_until=self._cell(number, "serves_until", cells, lambda text: _term(text, role)),
        )
        return newcomer if len(self.problems) == before else None

    def _cell(self, number: int, column: str, cells: Mapping[str, str], read: Callable[[str], Value]) -> Value | None:
        """Return what one cell means; None when something is wrong with it, which is then a problem."""
        text = cells.get(column, "")
        try:
            if text.startswith(FORMULAS):
                raise ValidationError(_("Write plain text: a cell does not begin with = + - or @."), code="formula")
            if column in ALWAYS_NEEDED and not text:
                raise _empty()
            return read(text)
        except ValidationError as error:
            self.problems.append(Problem(number, column, " ".join(error.messages)))
            return None

    def _role(self, text: str) -> str:
        role = self._roles.get(_folded(text)) if text else Role.DELEGATE.value
        if role is None:
            raise ValidationError(
                _("Write one of: %(kinds)s.") % {"kinds": ", ".join(Role.values)}, code="unknown_role"
            )
        return role

    def _state(self, text: str, role: str | None) -> MemberState | None:
        if text and role not in {None, Role.DELEGATE}:
            raise ValidationError(_("Only delegates have a member state: leave it empty."), code="no_state")
        if not text and role == Role.DELEGATE:
            raise _empty()
        if not text:
            return None
        state = self._states.get(_folded(text))
        if state is None:
            raise ValidationError(
                _("“%(name)s” is no member state: write its ISO code, such as KE, or its name as the forum has it.")
                % {"name": text[:60]},
                code="unknown_state",
            )
        if self._own is not None and state.pk != self._own:
            raise ValidationError(
                _("You invite people of your own state; for others, ask the Secretariat."), code="other_state"
            )
        return state

    def _kind(self, text: str) -> str:
        kind = self._kinds.get(_folded(text)) if text else InstitutionKind.OTHER.value
        if kind is None:
            raise ValidationError(
                _("Write one of: %(kinds)s.") % {"kinds": ", ".join(InstitutionKind.values)}, code="unknown_kind"
            )
        return kind

    def _language(self, text: str) -> str:
        language = self._languages.get(_folded(text)) if text else settings.LANGUAGE_CODE
        if language is None:
            codes = ", ".join(code for code, _name in settings.LANGUAGES)
            raise ValidationError(_("Write one of: %(codes)s.") % {"codes": codes}, code="unknown_language")
        return language


def _empty() -> ValidationError:
    return ValidationError(_("Fill in this cell."), code="required")


def _term(text: str, role: str | None) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text.removesuffix(MIDNIGHT))
    except ValueError:
        raise ValidationError(_("Write the day as in 2027-06-30."), code="day") from None
    if role is not None:
        check_term(role, day)
    return day


def _plain(text: str, longest: int) -> str:
    validate_plain_name(text)
    if len(text) > longest:
        raise ValidationError(_("Write at most %(count)d characters.") % {"count": longest}, code="too_long")
    return text


def _states_by_word() -> dict[str, MemberState]:
    """Return the member states by code and by name in each language, as people may write them."""
    codes = [language.replace("-", "_") for language in settings.MODELTRANSLATION_LANGUAGES]
    words = {}
    for state in MemberState.objects.all():
        for word in (state.code, *(getattr(state, f"name_{code}") for code in codes)):
            if word:
                words[_folded(word)] = state
    return words


def _by_word(words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {_folded(word): value for value, spellings in words.items() for word in spellings}


def _folded(text: str) -> str:
    """Return a word without what people leave out or write otherwise: capitals, accents, kinds of apostrophe."""
    parts = unicodedata.normalize("NFKD", text.strip().replace("’", "'").casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
