"""Texts of older forums as Markdown."""

import re
from html.parser import HTMLParser

_BLOCKS = set(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr "
    "html li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_UNSEEN = {"head", "noscript", "script", "style", "template", "title"}
_MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*", "code": "`", "tt": "`"}
_LINE_BREAK = "\ue000"  # private, so no text has it once control characters are gone
_SPACES = re.compile(r"[ \t\n\f\r]+")
_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<])")
_BEGINS_A_BLOCK = re.compile(r"^(\s*)([#>+~=-])|^(\s*\d{1,9})([.)])(?=\s)", re.MULTILINE)
_SIGNATURE_LINES = 12  # after "--" without its space, which some programs lose
_FOOTER = re.compile(
    r"\n[_-]{20,}\n[^\n]*\b(?:mailing list|liste de diffusion|lista de correo)\b.*\Z", re.DOTALL | re.I
)


class _Reader(HTMLParser):
    """Reads HTML, however broken, into blocks of Markdown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._text = ""
        self._unseen = 0
        self._quotes = 0
        self._preformatted = 0
        self._lists: list[int | None] = []  # the number of the last item, None where there are no numbers
        self._item = ""
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BLOCKS:
            self.end_block()
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._preformatted += 1
        elif tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._item = self._bullet()
        elif tag == "br":
            self._text += "\n" if self._preformatted else _LINE_BREAK
        elif tag == "hr":
            self.blocks.append(self._quoted("* * *"))
        elif tag in {"td", "th"} and self._text.strip():
            self._text += " | "
        elif tag == "img":
            self._text += dict(attrs).get("alt") or ""
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "").strip())
            self._text += "["
        elif tag in _MARKS and not self._preformatted:
            self._text += f"\ue001{_MARKS[tag]}"

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in _BLOCKS:
            self.end_block()
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag == "a" and self._links:
            self._end_link(self._links.pop())
        elif tag in _MARKS and not self._preformatted:
            self._text += f"{_MARKS[tag]}\ue001"

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        self._text += data if self._preformatted else _MEANS_SOMETHING.sub(r"\\\1", _SPACES.sub(" ", data))

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "

    def _end_link(self, address: str) -> None:
        before, _bracket, label = self._text.rpartition("[")
        if not address.lower().startswith(("http://", "https://", "mailto:")) or not label.strip():
            self._text = before + label
        else:
            target = re.sub(r"[<>\s]", "", address)
            self._text = f"{before}[{label}](<{target}>)"

    def end_block(self) -> None:
        """Keep what was read since the last block, if it says anything."""
        text, self._text = self._text, ""
        if self._preformatted:
            if text.strip():
                self.blocks.append(self._quoted("\n".join(f"    {line}" for line in text.strip("\n").split("\n"))))
            return
        lines = [_SPACES.sub(" ", _tidied(line)).strip() for line in text.split(_LINE_BREAK)]
        shown = "\\\n".join(lines).strip("\\\n") if any(lines) else ""
        if shown:
            item, self._item = self._item, ""
            shown = _BEGINS_A_BLOCK.sub(r"\1\3\\\2\4", shown)
            indent = " " * len(item)
            self.blocks.append(self._quoted(item + shown.replace("\n", f"\n{indent}")))

    def _quoted(self, block: str) -> str:
        return "\n".join(f"{'> ' * self._quotes}{line}".rstrip() for line in block.split("\n"))


def _tidied(line: str) -> str:
    """Put spaces outside of what is emphasised, and leave out emphasis on nothing."""
    line = re.sub("\ue001([*`]+)\\s*([*`]+)\ue001", "", line)
    line = re.sub("\ue001([*`]+)(\\s+)", r"\2\1", line)
    line = re.sub("(\\s+)([*`]+)\ue001", r"\2\1", line)
    return line.replace("\ue001", "")


def from_html(html: str) -> str:
    """Return what HTML says as Markdown; scripts, styles and pictures are left out.

    Args:
        html: Whatever stood in the older forum.
    """
    reader = _Reader()
    reader.feed(html.translate({0xE000: None, 0xE001: None}))
    reader.close()
    reader.end_block()
    return "\n\n".join(reader.blocks)


def without_signature(text: str) -> str:
    """Return a mail's text without the signature and what the mailing list's program put below it.

    Args:
        text: Whose lines end as Python has them.
    """
    text = _FOOTER.sub("", "\n" + text.rstrip())
    lines = [line.rstrip("\n") for line in text.split("\n")]
    for number, line in enumerate(lines):
        if line == "-- " or (line == "--" and len(lines) - number <= _SIGNATURE_LINES):
            lines = lines[:number]
            break
    return "\n".join(line.rstrip() for line in lines).strip("\n")
