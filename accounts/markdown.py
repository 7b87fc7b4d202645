"""Markdown to HTML that is safe to show: CommonMark without raw HTML, with tables and footnotes."""

import re
from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

_plain_parser = MarkdownIt("commonmark", {"html": False}).disable("image")
_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").use(footnote_plugin)
_MOST_COLUMNS = 40  # of a table
_MOST_FOOTNOTES = 200  # references to them
_TAGS = set(
    "a blockquote br code div em h4 h5 h6 hr li ol p pre section strong sup table tbody td th thead tr ul".split()
)
_ATTRIBUTES = {"*": {"id", "class"}, "a": {"href", "title"}, "ol": {"start"}}
_HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6"}  # the page's own go down to h3
# Characters that reorder the text of other people around them (Unicode's embeddings and overrides).
_DIRECTION_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


def render(text: str, anchor: str = "") -> str:
    """Turn Markdown into sanitised HTML.

    Args:
        text: What somebody wrote.
        anchor: Where given, each top-level block is numbered and gets the address ``{anchor}-{n}``,
            so that a paragraph can be cited.

    Returns:
        HTML that holds no script, style or event handler, whatever ``text`` was.
    """
    text = _DIRECTION_OVERRIDES.sub("", text)
    parser = _plain_parser if _grows_beyond_measure(text) else _parser
    env: dict[str, object] = {"docId": anchor or "text"}
    html, number = [], 0
    for block in _top_level_blocks(parser.parse(text, env)):
        clean = _sanitised(block, parser, env)
        if anchor and not block[0].type.startswith("footnote"):
            number += 1
            address = f"{anchor}-{number}"
            clean = (
                f'<div class="para" id="{address}"><a class="para__number" href="#{address}">{number}</a>{clean}</div>'
            )
        html.append(clean)
    return "\n".join(html)


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
