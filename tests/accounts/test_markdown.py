import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from accounts.markdown import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Two **bold** and *quiet* words", "<p>Two <strong>bold</strong> and <em>quiet</em> words</p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("3. three\n4. four", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>\n'),
        ("> as was said", "<blockquote>\n<p>as was said</p>\n</blockquote>\n"),
        ("`code` stays", "<p><code>code</code> stays</p>\n"),
        ("line one  \nline two", "<p>line one<br>\nline two</p>\n"),
        ("# Heading", "<h4>Heading</h4>\n"),
        ("### Heading", "<h6>Heading</h6>\n"),
        ("", ""),
    ],
)
def test_commonmark_becomes_html_with_headings_below_the_pages_own(text, html):
    assert render(text) == html


def test_a_table_keeps_its_alignment_as_a_class():
    html = render("| office | staff |\n|---|--:|\n| Nairobi | 12 |")

    assert '<th class="align-right">staff</th>' in html
    assert '<td class="align-right">12</td>' in html
    assert "style" not in html


def test_a_footnote_leads_there_and_back():
    html = render("A claim[^1].\n\n[^1]: Its source.", anchor="post-3")

    forward = re.search(r'href="#(fn-post-3-1)"', html)
    back = re.search(r'href="#(fnref-post-3-1)"', html)
    assert forward is not None
    assert back is not None
    assert f'id="{forward[1]}"' in html
    assert f'id="{back[1]}"' in html
    assert "Its source." in html


def test_footnotes_of_two_posts_have_addresses_of_their_own():
    text = "A claim[^1].\n\n[^1]: Its source."

    first, second = (set(re.findall(r'id="([^"]+)"', render(text, anchor=f"post-{n}"))) for n in (1, 2))

    assert first & second == set()


def test_paragraphs_of_a_post_are_numbered_and_citable():
    html = render("First.\n\n- second\n- still second\n\nThird.", anchor="post-12")

    assert re.findall(
        r'<div class="para" id="([^"]+)"><a class="para__number" href="#([^"]+)"[^>]*>(\d)</a>', html
    ) == [
        ("post-12-1", "post-12-1", "1"),
        ("post-12-2", "post-12-2", "2"),
        ("post-12-3", "post-12-3", "3"),
    ]


def test_a_link_leads_out_without_telling_where_from():
    assert render("[WIPO](https://www.wipo.int/)") == (
        '<p><a href="https://www.wipo.int/" rel="noopener noreferrer nofollow">WIPO</a></p>\n'
    )


@pytest.mark.parametrize("address", ["https://a.example/", "http://a.example/", "mailto:office@a.example"])
def test_a_link_to_a_page_or_an_address_works(address):
    assert f'href="{address}"' in render(f"[here]({address})")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "javascript&colon;alert(1)",
        "&#1;javascript:alert(1)",
        "vbscript:run",
        "data:text/html,<b>x</b>",
        "data:image/png;base64,AAAA",
        "file:///etc/hosts",
        "blob:https://a.example/1",
        "view-source:https://a.example/",
    ],
)
@pytest.mark.parametrize("form", ["[here]({})", "<{}>", "[here][1]\n\n[1]: {}", '[here](<{}> "title")'])
def test_a_link_that_would_run_something_is_dead(address, form):
    html = render(form.format(address))

    schemes = {urlsplit(unescape(href)).scheme for href in re.findall(r'href="([^"]*)"', html)}
    assert schemes <= {"", "http", "https", "mailto"}


@pytest.mark.parametrize(
    "text",
    ["![a picture](https://elsewhere.example/pixel.png)", "[![a](//elsewhere.example/p.png)](https://b.example)"],
)
def test_no_picture_is_loaded_from_elsewhere(text):
    assert "<img" not in render(text)


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>body{display:none}</style>",
    "<p style='position:fixed'>over</p>",
    "<form action=https://elsewhere.example><input name=csrfmiddlewaretoken>",
    "<base href=https://elsewhere.example/>",
    '<meta http-equiv="refresh" content="0;url=https://elsewhere.example">',
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    '[x](https://a.example/" onmouseover="alert(1))',
    '[x](https://a.example "t" onclick="alert(1)")',
    "`<script>alert(1)</script>`",
    '```"><script>alert(1)</script>\ncode\n```',
    "[^<img src=x onerror=alert(1)>]\n\n[^<img src=x onerror=alert(1)>]: note",
    "| <b onclick=alert(1)> |\n|---|\n| <script>alert(1)</script> |",
    "<https://a.example/'onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]
TAG = re.compile(r"<(/?)([a-z0-9]+)((?:\s+[a-z-]+(?:=\"[^\"]*\")?)*)\s*>")
ALLOWED_TAGS = {
    *("a", "blockquote", "br", "code", "div", "em", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
    *("section", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ALLOWED_ATTRIBUTES = {"class", "href", "id", "rel", "start", "tabindex", "title"}


@pytest.mark.parametrize("text", HOSTILE)
def test_html_that_somebody_writes_is_shown_as_text(text):
    html = render(f"before {text} after\n\n{text}", anchor="post-1")

    left = TAG.sub("", html)
    assert "<" not in left.replace("&lt;", "")
    tags = TAG.findall(html)
    assert {name for _end, name, _attributes in tags} <= ALLOWED_TAGS
    attributes = {name for _end, _name, text in tags for name in re.findall(r'([a-z-]+)="', text)}
    assert attributes <= ALLOWED_ATTRIBUTES


@pytest.mark.parametrize(
    "text",
    ["**never closed", "[a](b", "```\nnever closed", "|a|\n|--", "> > > deep\n- [ ] x", "[^1]: alone", "***", "\\"],
)
def test_broken_markdown_is_shown_as_far_as_it_goes(text):
    assert render(text, anchor="post-1").count("<div") == render(text, anchor="post-1").count("</div>")


@pytest.mark.parametrize(
    "text",
    [
        ">" * 5_000 + " deep",
        "[" * 10_000,
        "*a " * 6_000,
        "`" * 10_000 + "x",
        "- " * 8_000,
        "[^1]" * 4_000 + "\n\n[^1]: x",
        "|a" * 100 + "|\n" + "|-" * 100 + "|\n" + "x\n" * 9_000,
    ],
    ids=["quotes", "brackets", "emphasis", "backticks", "lists", "footnotes", "table cells"],
)
def test_a_text_made_to_swell_stays_within_bounds(text):
    html = render(text[: settings.POST_MAX_LENGTH], anchor="post-1")

    assert len(html) < 12 * settings.POST_MAX_LENGTH


def test_tables_and_footnotes_of_a_sensible_size_are_shown_as_such():
    wide = "|a" * 38 + "|\n" + "|-" * 38 + "|\n" + "|b" * 38 + "|"
    noted = "word[^1] " * 150 + "\n\n[^1]: x"

    assert "<table>" in render(wide)
    assert render(noted).count("<sup") == 150


@pytest.mark.parametrize("mark", ["\u202e", "\u202d", "\u2066", "\u2067", "\u2069", "\u202a"])
def test_marks_that_reorder_the_text_around_them_are_left_out(mark):
    assert render(f"safe{mark}txt.exe") == "<p>safetxt.exe</p>\n"


def test_arabic_and_hebrew_keep_their_letters_and_joiners():
    assert render("می‌خواهم عربي עברית") == "<p>می‌خواهم عربي עברית</p>\n"
