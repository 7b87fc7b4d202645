"""Markdown to HTML that is safe to show: CommonMark without raw HTML, with tables and footnotes."""

import re
from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").use(footnote_plugin)
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
    env: dict[str, object] = {"docId": anchor or "text"}
    html, number = [], 0
    for block in _top_level_blocks(_parser.parse(_DIRECTION_OVERRIDES.sub("", text), env)):
        clean = _sanitised(block, env)
        if anchor and not block[0].type.startswith("footnote"):
            number += 1
            address = f"{anchor}-{number}"
            clean = f'<div class="para" id="{address}"><a class="para__number" href="#{address}">{number}</a>{clean}</div>'
        html.append(clean)
    return "\n".join(html)


def _top_level_blocks(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Cut the flat list of tokens where the nesting comes back to nothing."""
    depth, start = 0, 0
    for end, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0:
            yield tokens[start:end]
            start = end


def _sanitised(block: Sequence[Token], env: dict[str, object]) -> str:
    """Render one block with headings below the page's own and alignment as a class, and clean it."""
    for token in block:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        alignment = token.attrs.pop("style", None)
        if isinstance(alignment, str):
            token.attrSet("class", alignment.replace("text-align:", "align-"))
    return nh3.clean(
        _parser.renderer.render(block, _parser.options, env),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
