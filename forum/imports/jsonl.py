"""Reading the JSON Lines format of ``docs/import.md``: one record on each line, the first of them about the forum."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from forum.enums import Audience
from forum.imports.records import (
    LONGEST_ADDRESS,
    LONGEST_BODY,
    LONGEST_KEY,
    LONGEST_NAME,
    OldAuthor,
    OldFile,
    OldForum,
    OldPost,
    OldTopic,
    Problem,
    clean,
    plain_line,
)
from forum.imports.texts import from_html
from forum.models.imports import plain_address

VERSION = 1
LONGEST_LINE = 4_000_000  # bytes
LONGEST_TITLE = 500


class _Field(NamedTuple):
    read: Callable[[Any], Any]
    is_required: bool = True


def _text(value: Any, longest: int = LONGEST_BODY) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    if len(value) > longest:
        raise ValueError(f"has more than {longest} characters")
    return clean(value)


def _key(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return _text(value, LONGEST_KEY)


def _line(value: Any, longest: int) -> str:
    line = plain_line(_text(value, longest), longest)
    if not line:
        raise ValueError("holds nothing that can be shown")
    return line


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value, 40).upper().replace("Z", "+00:00"))
    except ValueError:
        raise ValueError("must be a moment such as 2014-03-21T14:05:00+01:00") from None
    if moment.tzinfo is None:
        raise ValueError("must say its offset from UTC, such as +01:00 or Z")
    return moment


def _email(value: Any) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise ValueError("must be an e-mail address") from None
    return str(value).lower()


def _address(value: Any) -> str:
    address = plain_address(_text(value, LONGEST_ADDRESS))
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"has more than {LONGEST_ADDRESS} characters")
    return address


def _one_of(value: Any, *, choices: list[Any]) -> Any:
    if value not in choices or isinstance(value, bool):
        raise ValueError(f"must be one of {', '.join(map(str, choices))}")
    return value


_language = partial(_text, longest=10)

FIELDS: Mapping[str, Mapping[str, _Field]] = {
    "forum": {
        "version": _Field(partial(_one_of, choices=[VERSION])),
        "audience": _Field(partial(_one_of, choices=Audience.values)),
        "language": _Field(_language, is_required=False),
    },
    "author": {
        "key": _Field(_key),
        "name": _Field(partial(_line, longest=LONGEST_NAME)),
        "email": _Field(_email, is_required=False),
    },
    "topic": {
        "key": _Field(_key),
        "title": _Field(partial(_line, longest=LONGEST_TITLE)),
        "opened_at": _Field(_moment, is_required=False),
        "language": _Field(_language, is_required=False),
        "category": _Field(partial(_text, longest=50), is_required=False),
        "objective": _Field(_text, is_required=False),
        "address": _Field(_address, is_required=False),
    },
    "post": {
        "key": _Field(_key),
        "topic": _Field(_key),
        "author": _Field(_key),
        "posted_at": _Field(_moment),
        "body": _Field(_text),
        "markup": _Field(partial(_one_of, choices=["markdown", "html"]), is_required=False),
        "reply_to": _Field(_key, is_required=False),
        "address": _Field(_address, is_required=False),
    },
    "attachment": {
        "post": _Field(_key),
        "file": _Field(partial(_text, longest=LONGEST_ADDRESS)),
        "name": _Field(partial(_line, longest=LONGEST_NAME), is_required=False),
    },
}


def read(path: Path, folder: Path | None = None) -> OldForum:
    """Read a file of the JSON Lines format, strictly.

    Args:
        path: The file.
        folder: Where its attachments are; the file's own folder when not given.

    Returns:
        What it holds, with each line that is wrong among its problems.
    """
    return _Reading(path, (folder or path.parent).resolve()).read()


class _Reading:
    def __init__(self, path: Path, folder: Path) -> None:
        self._path, self._folder = path, folder
        self._found = OldForum()
        self._language = ""
        self._seen: set[tuple[str, str]] = set()
        self._attachments: list[tuple[str, str, OldFile]] = []  # place, key of the post, file

    def read(self) -> OldForum:
        for place, line in self._lines():
            try:
                self._take(place, *_record(line))
            except ValueError as error:
                self._found.problems.append(Problem(place, str(error)))
        if self._found.audience is None:
            self._found.problems.insert(0, Problem("line 1", 'the first record must be of type "forum"'))
        self._join()
        return self._found

    def _lines(self) -> Iterator[tuple[str, bytes]]:
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"line {number}", line

    def _take(self, place: str, kind: str, values: dict[str, Any]) -> None:
        if (kind == "forum") != (self._found.audience is None):
            raise ValueError('the first record, and only that one, is of type "forum"')
        if kind == "attachment":
            self._attach(place, values)
            return
        if kind != "forum" and self._is_known(place, kind, values["key"]):
            return
        if kind == "forum":
            self._found.audience, self._language = Audience(values["audience"]), values.get("language", "")
        elif kind == "author":
            self._found.authors[values["key"]] = OldAuthor(**values)
        elif kind == "topic":
            self._found.topics[values["key"]] = OldTopic(place, **{"language": self._language, **values})
        else:
            if values.pop("markup", "") == "html":
                values["body"] = _text(from_html(values["body"]))
            self._found.posts[values["key"]] = OldPost(place, **values)

    def _is_known(self, place: str, kind: str, key: str) -> bool:
        if (kind, key) in self._seen:
            self._found.duplicates.append(Problem(place, f'{kind} "{key}" stands above already'))
            return True
        self._seen.add((kind, key))
        return False

    def _attach(self, place: str, values: dict[str, Any]) -> None:
        path = (self._folder / values["file"]).resolve()
        if not path.is_relative_to(self._folder):
            raise ValueError('"file" must lie in the folder of the attachments')
        self._attachments.append(
            (place, values["post"], OldFile(place, values.get("name") or path.name, path.read_bytes))
        )

    def _join(self) -> None:
        """Put together what names one another, once all of it is known, whatever the order of the lines."""
        posts, problems = self._found.posts, self._found.problems
        for post in posts.values():
            if post.topic not in self._found.topics:
                problems.append(Problem(post.place, f'there is no topic "{post.topic}"'))
            elif post.reply_to and (post.reply_to not in posts or posts[post.reply_to].topic != post.topic):
                problems.append(Problem(post.place, f'there is no post "{post.reply_to}" in the same topic'))
        for place, key, file in self._attachments:
            if key in posts:
                posts[key].files.append(file)
            else:
                problems.append(Problem(place, f'there is no post "{key}"'))


def _record(line: bytes) -> tuple[str, dict[str, Any]]:
    """Return the type and the values of a record.

    Raises:
        ValueError: The line holds no record; the message says why.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError(f"has more than {LONGEST_LINE} bytes")
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"is not JSON: {getattr(error, 'msg', 'nested too deeply')}") from None
    if not isinstance(record, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - of the file, not of our code
    kind = record.pop("type", None)
    fields = FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        raise ValueError(f'"type" must be one of {", ".join(FIELDS)}')
    unknown = sorted(set(record) - set(fields))
    if unknown:
        raise ValueError(f"has unknown fields: {', '.join(unknown)}")
    missing = [name for name, field in fields.items() if field.is_required and record.get(name) is None]
    if missing:
        raise ValueError(f"lacks {', '.join(missing)}")
    return str(kind), {name: _value(name, fields[name], value) for name, value in record.items() if value is not None}


def _value(name: str, field: _Field, value: Any) -> Any:
    try:
        return field.read(value)
    except ValueError as error:
        raise ValueError(f'"{name}" {error}') from None
