"""Characters that a text may hold and an XML file may not: documents, workbooks and feeds are made of XML."""

import re

_OUTSIDE_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_xml(text: str) -> str:
    """Return a text without what XML cannot hold, its lines ended by line feeds alone."""
    return _OUTSIDE_XML.sub("", text)
