"""The examples of the CommonMark specification, rendered as it says and then sanitised as everything is.

Left out are those with raw HTML, which is shown as text here, and those with pictures, which come as attachments.
"""

import json
import re
from pathlib import Path

import nh3
import pytest

from accounts import markdown

EXAMPLES = json.loads((Path(__file__).parent.parent / "data" / "commonmark-0.31.2.json").read_text())
HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6", "h6": "h6"}


def has_raw_html(example: dict[str, str]) -> bool:
    """Tell whether the specification passes anything of the Markdown on as HTML."""
    if example["section"] in {"HTML blocks", "Raw HTML"}:
        return True
    as_text = markdown._plain_parser.render(example["markdown"])
    raw = markdown.MarkdownIt("commonmark", {"html": True}).disable("image").render(example["markdown"])
    return as_text != raw


def expected(html: str) -> str:
    """Return the specification's HTML with the forum's headings, sanitised."""
    html = re.sub(r"(</?)(h[1-6])\b", lambda tag: tag[1] + HEADINGS[tag[2]], html)
    return nh3.clean(
        html,
        tags=markdown._TAGS,
        attributes=markdown._ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def compact(html: str) -> str:
    """Return HTML without the line ends between tags, which nobody sees."""
    return re.sub(r"(?<=>)\n+(?=<)", "", html).strip()


CASES = [example for example in EXAMPLES if not has_raw_html(example) and "<img" not in example["html"]]


def test_most_of_the_specification_is_tried():
    assert len(EXAMPLES) == 652
    assert len(CASES) > 520


@pytest.mark.parametrize("example", CASES, ids=[f"{case['number']}" for case in CASES])
def test_an_example_is_rendered_as_specified(example):
    assert compact(markdown.render(example["markdown"])) == compact(expected(example["html"]))
