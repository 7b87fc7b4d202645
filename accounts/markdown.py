"""Markdown to HTML that is safe to show: CommonMark without raw HTML, with tables and footnotes."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

_MENTION = re.compile(r"@\[((?!\^)[^\[\]\n\\]{1,120})\](?![(\[])")


def _mention(state: StateInline, silent: bool) -> bool:
    """Read ``@[Name]``: shown as ``@Name``, and emphasised where the name is one of ``env["mentions"]``."""
    found = _MENTION.match(state.src, state.pos) if state.src[state.pos] == "@" else None
    if found is None or (state.pos > 0 and state.src[state.pos - 1].isalnum()):
        return False
    if not silent:
        name = found[1].strip()
        state.env.setdefault("mentioned", []).append(name)
        is_known = name in state.env.get("mentions", ())
        if is_known:
            state.push("strong_open", "strong", 1).attrSet("class", "mention")
        state.push("text", "", 0).content = f"@{name}"
        if is_known:
            state.push("strong_close", "strong", -1)
    state.pos = found.end()
    return True


def _with_mentions(parser: MarkdownIt) -> None:
    parser.inline.ruler.before("link", "mention", _mention)
    parser.inline.add_terminator_char("@")


_plain_parser = MarkdownIt("commonmark", {"html": False}).disable("image").use(_with_mentions)
_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_parser.use(footnote_plugin).use(_with_mentions)
_MOST_COLUMNS = 40  # of a table
_MOST_FOOTNOTES = 200  # references to them
_TAGS = set(
    "a blockquote br code div em h4 h5 h6 hr li ol p pre section strong sup table tbody td th thead tr ul".split()
)
_ATTRIBUTES = {"*": {"id", "class"}, "a": {"href", "title"}, "ol": {"start"}}
_HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6"}  # the page's own go down to h3
# Characters that reorder the text of other people around them (Unicode's embeddings and overrides).
_DIRECTION_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


def render(text: str, anchor: str = "", mentions: Collection[str] = ()) -> str:
    """Turn Markdown into sanitised HTML.

    Args:
        text: What somebody wrote.
        anchor: Where given, each top-level block is numbered and gets the address ``{anchor}-{n}``,
            so that a paragraph can be cited.
        mentions: The names that stand for somebody where they are written as ``@[Name]``.

    Returns:
        HTML that holds no script, style or event handler, whatever ``text`` was.
    """
    env: dict[str, object] = {"docId": anchor or "text", "mentions": mentions}
    html, parser = [], _parser_for(text)
    for number, block in paragraphs(text, env):
        clean = _sanitised(block, parser, env)
        if anchor and number is not None:
            address = f"{anchor}-{number}"
            clean = (
                f'<div class="para" id="{address}"><a class="para__number" href="#{address}">{number}</a>{clean}</div>'
            )
        html.append(clean)
    return "\n".join(html)


def paragraphs(text: str, env: dict[str, object] | None = None) -> Iterator[tuple[int | None, Sequence[Token]]]:
    """Parse Markdown into its top-level blocks, each with the number by which it is cited.

    Args:
        text: What somebody wrote.
        env: What the parser keeps for rendering: the notes, and what their addresses begin with.

    Yields:
        The number, from 1, or None for the notes at the end; and the block's tokens.
    """
    number = 0
    tokens = _parser_for(text).parse(_DIRECTION_OVERRIDES.sub("", text), {} if env is None else env)
    for block in _top_level_blocks(tokens):
        is_cited = not block[0].type.startswith("footnote")
        number += is_cited
        yield (number if is_cited else None), block


def mentioned(text: str) -> list[str]:
    """Return the names that a text mentions as ``@[Name]``, each once and as it is written; quotations do not count."""
    if "@[" not in text:
        return []
    env: dict[str, Any] = {}
    blocks = [block for _number, block in paragraphs(text, env) if block[0].type != "blockquote_open"]
    env["mentioned"] = []
    parser = _parser_for(text)
    for token in chain.from_iterable(blocks):
        if token.type == "inline":
            parser.inline.parse(token.content, parser, env, [])
    return list(dict.fromkeys(env["mentioned"]))


def _parser_for(text: str) -> MarkdownIt:
    return _plain_parser if _grows_beyond_measure(text) else _parser


def _grows_beyond_measure(text: str) -> bool:
    """Tell whether the tables or footnotes of a text would be a hundred times as long as the text itself."""
    columns = max((line.count("|") for line in text.splitlines()), default=0)
    return columns > _MOST_COLUMNS or text.count("[^") > _MOST_FOOTNOTES


def _top_level_blocks(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Cut the flat list of tokens where the nesting comes back to nothing."""
    depth, start = 0, 0
    for end, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0:
            yield tokens[start:end]
            start = end


def _sanitised(block: Sequence[Token], parser: MarkdownIt, env: dict[str, object]) -> str:
    """Render one block with headings below the page's own and alignment as a class, and clean it."""
    for token in block:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        alignment = token.attrs.pop("style", None)
        if isinstance(alignment, str):
            token.attrSet("class", alignment.replace("text-align:", "align-"))
    clean = nh3.clean(
        parser.renderer.render(block, parser.options, env),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    # A wide table scrolls by itself, by keyboard too.
    return clean.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
