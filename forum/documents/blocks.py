"""Markdown as blocks and runs, which writers of any format can walk."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from markdown_it.token import Token

from accounts.markdown import paragraphs

LONGEST_LINK = 2_000  # characters; for one of more than 8,000 typst refuses the whole document
_LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look.

    Args:
        text: What it says; a line feed is a break of line.
        is_bold: Strong emphasis.
        is_italic: Emphasis.
        is_code: Of fixed width.
        href: Where it leads, on the web or by mail; empty when nowhere.
        is_raised: A reference to a note.
    """

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_code: bool = False
    href: str = ""
    is_raised: bool = False


@dataclass(slots=True)
class Block:
    """One block of a text.

    Args:
        kind: ``paragraph``, ``heading``, ``code``; ``quote``, ``list``, ``item``, ``table``, ``row``,
            ``note``; or ``rule``.
        runs: Its text, of the first three and of a table's cells.
        blocks: What stands in it, of the others; a table has rows, a row has paragraphs.
        level: Of a heading, from 1.
        start: The first number of an ordered list, or the number of a note; None for a list of dots.
    """

    kind: str
    runs: list[Run] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)
    level: int = 0
    start: int | None = None


@dataclass(slots=True)
class Paragraph:
    """A citable paragraph: a top-level block, numbered as on the page; notes have no number."""

    number: int | None
    block: Block


def text_blocks(text: str) -> list[Paragraph]:
    """Return the paragraphs of a Markdown text, with the numbers they have on the page.

    Args:
        text: What somebody wrote, or an empty text.
    """
    return [Paragraph(number, block) for number, tokens in paragraphs(text) for block in _blocks(_Tokens(tokens))]


_KINDS = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "blockquote_open": "quote",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "table_open": "table",
    "tr_open": "row",
    "th_open": "paragraph",
    "td_open": "paragraph",
    "footnote_open": "note",
}


class _Tokens:
    """Tokens to be read one after another."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = iter(tokens)

    def __iter__(self) -> Iterator[Token]:
        return self._tokens


def _blocks(tokens: _Tokens) -> list[Block]:
    """Read blocks up to the end of the one they stand in."""
    found: list[Block] = []
    for token in tokens:
        if token.nesting < 0:
            if token.type not in _TRANSPARENT_ENDS:
                return found
        elif token.type == "inline":
            found.append(Block("paragraph", runs=list(_runs(token.children or []))))
        elif token.type in {"fence", "code_block"}:
            found.append(Block("code", runs=[Run(token.content.rstrip("\n"), is_code=True)]))
        elif token.type == "hr":
            found.append(Block("rule"))
        elif token.type in _KINDS:
            found.append(_opened(token, tokens))
    return found


_TRANSPARENT_ENDS = {"thead_close", "tbody_close", "footnote_block_close"}


def _opened(token: Token, tokens: _Tokens) -> Block:
    inner = _blocks(tokens)
    block = Block(_KINDS[token.type], blocks=inner)
    if block.kind in {"paragraph", "heading"}:
        block.runs = [run for paragraph in inner for run in paragraph.runs]
        block.blocks = []
    if block.kind == "heading":
        block.level = int(token.tag[1])
    if token.type == "th_open":
        block.runs = [replace(run, is_bold=True) for run in block.runs]
    if token.type == "ordered_list_open":
        block.start = int(token.attrGet("start") or 1)
    if block.kind == "note":
        block.start = int(token.meta["id"]) + 1
    return block


def _address(href: str) -> str:
    """Return where a link leads from a file, or nothing where a program might run or open what it names."""
    if href.startswith("/") and not href.startswith("//"):
        href = f"{settings.PUBLIC_URL}{href}"
    return href if len(href) <= LONGEST_LINK and _LINK.fullmatch(href) else ""


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    look = Run("")
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                look = replace(look, is_bold=token.nesting > 0)
            case "em_open" | "em_close":
                look = replace(look, is_italic=token.nesting > 0)
            case "link_open" | "link_close":
                look = replace(look, href=_address(str(token.attrGet("href") or "")) if token.nesting > 0 else "")
            case "code_inline":
                yield replace(look, text=token.content, is_code=True)
            case "softbreak":
                yield replace(look, text=" ")
            case "hardbreak":
                yield replace(look, text="\n")
            case "footnote_ref":
                yield Run(str(int(token.meta["id"]) + 1), is_raised=True)
            case _ if token.content:
                yield replace(look, text=token.content)
