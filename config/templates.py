"""Templates compiled once for each language, with what never changes in that language already written.

Looking up the same words, addresses and files at each request took a third of the time of a page's template; kept
for one language, they are text.
"""

from typing import Any

from django.template import Context, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, TokenType, Variable
from django.template.defaulttags import IfNode, LoadNode, URLNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils import translation


class Loader(cached.Loader):
    """Keeps templates as Django's own cached loader does, but one for each language."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        """Return what a template is kept under."""
        return f"{translation.get_language()}:{super().cache_key(template_name, skip)}"

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """Return a template for the active language."""
        is_new = self.cache_key(template_name, skip) not in self.get_template_cache
        template = super().get_template(template_name, skip)
        if is_new:
            nothing = Context()
            with nothing.bind_template(template):
                template.nodelist = _written(template.nodelist, nothing)
        return template


def _written(nodes: NodeList, nothing: Context) -> NodeList:
    """Return nodes in which whatever is the same at each request is text, and texts that meet are one."""
    written = NodeList()
    for node in nodes:
        text = _text_of(node, nothing)
        if text is None:
            _write_within(node, nothing)
            written.append(node)
        elif written and isinstance(written[-1], TextNode):
            written[-1] = TextNode(written[-1].s + text)
        else:
            written.append(TextNode(text))
    return written


def _write_within(node: Node, nothing: Context) -> None:
    if isinstance(node, IfNode):
        node.conditions_nodelists = [
            (condition, _written(children, nothing)) for condition, children in node.conditions_nodelists
        ]
        return
    for name in node.child_nodelists:
        if isinstance(children := getattr(node, name, None), NodeList):
            setattr(node, name, _written(children, nothing))


def _text_of(node: Node, nothing: Context) -> str | None:
    """Return what a node writes at each request; None where that depends on the request."""
    if isinstance(node, TextNode):
        return node.s
    if isinstance(node, LoadNode):
        return ""
    if not _is_constant(node):
        return None
    try:
        return str(node.render(nothing))
    except NoReverseMatch:  # a part that is switched off has no addresses, and is not shown
        return None


def _is_constant(node: Node) -> bool:
    match node:
        case TranslateNode():
            return node.asvar is None and _is_literal(node.filter_expression) and _is_literal(node.message_context)
        case BlockTranslateNode():
            varies = node.asvar or node.plural or node.extra_context
            words = all(token.token_type == TokenType.TEXT for token in node.singular)
            return not varies and words and _is_literal(node.message_context)
        case URLNode():
            return node.asvar is None and not node.args and not node.kwargs and _is_literal(node.view_name)
        case StaticNode():
            return node.varname is None and _is_literal(node.path)
    return False


def _is_literal(value: FilterExpression | None) -> bool:
    if value is None:
        return True
    is_known = value.var.lookups is None if isinstance(value.var, Variable) else True
    return is_known and not value.filters
