"""Reading the archive of a mailing list (RFC 4155): threads, character sets and texts as mail programs left them."""

import hashlib
import mailbox
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from functools import partial
from pathlib import Path

from forum.imports.records import (
    LONGEST_ADDRESS,
    LONGEST_BODY,
    LONGEST_NAME,
    OldAuthor,
    OldFile,
    OldForum,
    OldPost,
    OldTopic,
    Problem,
    clean,
    plain_line,
    short_key,
)
from forum.imports.texts import from_html, without_signature
from forum.models.imports import plain_address

# "Re", "Fwd" and their like in the six languages and a few neighbours, the list's name in brackets, and counts of them.
_REPLY_MARK = re.compile(
    r"^\s*(?:(?P<list>\[[^\]]{1,60}\])|(?P<mark>re|aw|sv|antw|rif|ref|r|rv|tr|fw|fwd|wg|enc|отв|ответ|رد|إعادة|回复|答复|转发)"
    r"(?:\[\d+\]|\s*\(\d+\))?\s*[:：])\s*",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
_ESCAPED_FROM = re.compile(r"^>(>*From )", re.MULTILINE)
_HIDDEN_ADDRESS = re.compile(r"^\s*(\S+) (?:at|AT|chez|en) (\S+\.\S+) \((.*)\)\s*$")  # as public archives write it


def read(path: Path) -> OldForum:
    """Read a mailing list's archive; each thread becomes a topic.

    Args:
        path: The file, in mbox format.

    Returns:
        What it holds; messages that cannot be read are among its problems.
    """
    found = OldForum()
    threads = _Threads()
    box = mailbox.mbox(path, create=False)
    for index in range(len(box)):
        place = f"message {index + 1}"
        try:
            message = box.get_message(index)  # type: ignore[arg-type]  # an mbox counts its messages
            post = _post(box, index, place, message, found)
        except ValueError as error:
            found.problems.append(Problem(place, str(error)))
            continue
        if post.key in found.posts:
            found.duplicates.append(Problem(place, "stands above already, with the same Message-ID"))
            continue
        found.posts[post.key] = post
        threads.add(post.key, _references(message), _header(message, "Subject"))
    _form_topics(found, threads)
    return found


# --- Messages ---------------------------------------------------------------------------------------


def _post(box: mailbox.mbox, index: int, place: str, message: mailbox.mboxMessage, found: OldForum) -> OldPost:
    """Return a message as a post, with its author noted.

    Raises:
        ValueError: It has no date or no text that can be read; the message says which.
    """
    posted_at = _date(message)
    parts = list(_parts(message))
    body = _body(parts)
    author = _author(message)
    found.authors.setdefault(author.key, author)
    references = _references(message)
    archived_at = _header(message, "Archived-At").strip("<> ")
    address = plain_address(archived_at) if archived_at else ""
    return OldPost(
        place=place,
        key=_key(message),
        topic="",
        author=author.key,
        posted_at=posted_at,
        body=body,
        reply_to=references[-1] if references else "",
        address=address if len(address) <= LONGEST_ADDRESS else "",
        files=[
            OldFile(place, plain_line(name, LONGEST_NAME) or "attachment", partial(_content, box, index, number))
            for number, part in enumerate(parts)
            if (name := _file_name(part))
        ],
    )


def _key(message: Message) -> str:
    ids = _MESSAGE_ID.findall(str(message.get("Message-ID", "")))
    return short_key(ids[0] if ids else hashlib.sha256(message.as_bytes()).hexdigest())


def _references(message: Message) -> list[str]:
    """Return the keys of the messages above this one, the nearest last."""
    named = f"{message.get('References', '')} {message.get('In-Reply-To', '')}"
    return list(dict.fromkeys(short_key(key) for key in _MESSAGE_ID.findall(named)))


def _date(message: mailbox.mboxMessage) -> datetime:
    sent = str(message.get("Date") or "")
    envelope = message.get_from().partition(" ")[2]
    for read_date, text in ((parsedate_to_datetime, sent), (_envelope_date, envelope)):
        try:
            moment = read_date(text)
        except (TypeError, ValueError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise ValueError("has no date that can be read")


def _envelope_date(text: str) -> datetime:
    return datetime.strptime(" ".join(text.split()), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)


def _author(message: Message) -> OldAuthor:
    """Return who wrote a message: the name as it was shown, and the address, which is never shown."""
    sender = _header(message, "From")
    hidden = _HIDDEN_ADDRESS.match(sender)
    name, email = (hidden[3], f"{hidden[1]}@{hidden[2]}") if hidden else parseaddr(sender)
    email = email.lower() if "@" in email and len(email) <= 254 else ""
    name = plain_line(name.strip("\"' "), LONGEST_NAME)
    if not name or "@" in name:
        name = (email or sender).partition("@")[0].replace(".", " ").strip() or "?"
    return OldAuthor(key=short_key(email or name.lower()), name=plain_line(name, LONGEST_NAME) or "?", email=email)


def _header(message: Message, name: str) -> str:
    """Return a header in one line, decoded as far as that is possible."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        pieces = decode_header(value)
    except Exception:  # noqa: BLE001 - whatever the header makes the decoder raise, its letters are there
        pieces = [(str(value), None)]
    text = "".join(_decoded(piece, charset) if isinstance(piece, bytes) else piece for piece, charset in pieces)
    # Letters sent as they are, without saying in which character set.
    raw = text.encode("utf-8", "surrogateescape")
    return clean(" ".join(_decoded(raw, None).split()))


def _decoded(content: bytes, charset: str | None) -> str:
    """Return bytes as a text, in the character set they name, else in one they fit."""
    for name in filter(None, (charset, "utf-8")):
        try:
            return content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    try:
        return content.decode(charset or "cp1252", "replace")
    except LookupError:
        return content.decode("cp1252", "replace")


def _parts(message: Message) -> Iterator[Message]:
    """Return the parts of a message that are no containers, without those of a message it passes on."""
    if message.get_content_maintype() == "multipart" and isinstance(message.get_payload(), list):
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _parts(part)
    else:
        yield message


def _file_name(part: Message) -> str:
    """Return what a part is called when it is an attachment; empty when it is the text itself."""
    is_text = part.get_content_type() in {"text/plain", "text/html"}
    is_attached = part.get_content_disposition() == "attachment"
    name = part.get_filename()
    if name is not None:
        name = _header_text(name)
    if (is_text and not is_attached and not name) or part.get_content_type() == "application/pgp-signature":
        return ""
    return name or part.get_content_type().replace("/", ".")


def _header_text(value: str) -> str:
    holder = Message()
    holder["Subject"] = value
    return _header(holder, "Subject")


def _body(parts: Iterable[Message]) -> str:
    """Return the text of a message: what is plain, or else what its HTML says, without the signature.

    Raises:
        ValueError: There is none, or it is too long.
    """
    inline = [part for part in parts if not _file_name(part)]
    plain = [_ESCAPED_FROM.sub(r"\1", _text(part)) for part in inline if part.get_content_type() == "text/plain"]
    text = "\n\n".join(filter(None, (without_signature(clean(text)) for text in plain)))
    if not text:
        html = [_text(part) for part in inline if part.get_content_type() == "text/html"]
        text = "\n\n".join(filter(None, (from_html(clean(text)) for text in html)))
    if not text.strip():
        raise ValueError("has no text that can be read")
    if len(text) > LONGEST_BODY:
        raise ValueError(f"has more than {LONGEST_BODY} characters")
    return text


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return _decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""


def _content(box: mailbox.mbox, index: int, number: int) -> bytes:
    """Read an attachment again; none is kept in memory meanwhile."""
    part = list(_parts(box.get_message(index)))[number]  # type: ignore[arg-type]
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise OSError("holds no file")
    return content


# --- Threads ----------------------------------------------------------------------------------------


def base_subject(subject: str) -> tuple[str, bool]:
    """Return a subject without marks of replies and lists, and whether it had a mark of a reply.

    Args:
        subject: In one line.
    """
    is_reply = False
    while match := _REPLY_MARK.match(subject):
        is_reply = is_reply or match["mark"] is not None
        subject = subject[match.end() :]
    return subject.strip(), is_reply


class _Threads:
    """Puts messages together that name one another, also through messages that are not there."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}
        self._messages: dict[str, tuple[list[str], str]] = {}

    def add(self, key: str, references: list[str], subject: str) -> None:
        """Take a message with the keys of those above it."""
        self._messages[key] = references, subject
        for above in references:
            self._join(key, above)

    def _root(self, key: str) -> str:
        while (above := self._above.get(key, key)) != key:
            self._above[key] = self._above.get(above, above)
            key = above
        return key

    def _join(self, one: str, other: str) -> None:
        self._above[self._root(one)] = self._root(other)

    def gather(self, in_order: Iterable[str]) -> dict[str, set[str]]:
        """Return the keys of each thread's messages, also of those that are not in the file.

        Args:
            in_order: The keys of all messages, by date: a reply that names none joins the last of its subject.
        """
        last: dict[str, str] = {}
        threads: dict[str, set[str]] = {}
        for key in in_order:
            references, subject = self._messages[key]
            base, is_reply = base_subject(subject)
            base = base.casefold()
            if is_reply and not references and base and base in last:
                self._join(key, last[base])
            last[base] = key
        for key in (*self._messages, *self._above):
            root = self._root(key)
            threads.setdefault(root, {root}).add(key)
        return threads

    def subject_of(self, key: str) -> str:
        """Return the subject of a message without its marks."""
        return base_subject(self._messages[key][1])[0]


def _form_topics(found: OldForum, threads: _Threads) -> None:
    """Make a topic of each thread, named as its earliest message and known by all of its messages."""
    in_order = sorted(found.posts, key=lambda key: found.posts[key].posted_at)
    for members in threads.gather(in_order).values():
        present = [found.posts[key] for key in members if key in found.posts]
        first = min(present, key=lambda post: (post.posted_at, post.key))
        title = plain_line(threads.subject_of(first.key), LONGEST_ADDRESS) or plain_line(first.body, 60)
        found.topics[first.key] = OldTopic(first.place, first.key, title, known_by=members)
        for post in present:
            post.topic = first.key
