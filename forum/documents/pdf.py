"""Records as PDF, set by typst: the template takes the record as data, so nothing in it is ever run."""

import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

from forum.documents.record import RecordText

TEMPLATE = Path(__file__).parent / "record.typ"
FONTS = ("fontpkg_amiri", "noto_cjk_sans_otc")  # packages that carry Arabic and Chinese; typst has the rest


def write_pdf(record: RecordText) -> bytes:
    """Return a record as PDF for print and screen readers.

    Args:
        record: What it says.
    """
    import typst

    pdf: bytes = typst.compile(  # type: ignore[misc]  # its stubs leave the kind of input open
        TEMPLATE.read_bytes(),
        font_paths=[str(files(package)) for package in FONTS],
        ignore_system_fonts=True,
        sys_inputs={"record": json.dumps(asdict(record), ensure_ascii=False)},
    )
    return pdf
