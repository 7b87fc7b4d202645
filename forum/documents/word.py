"""Records as Word documents."""

import io
from typing import TYPE_CHECKING, Any

from forum.characters import for_xml
from forum.documents.blocks import Block, Paragraph, Run
from forum.documents.record import Contribution, RecordText

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

WORD_LANGUAGES = {"en": "en-GB", "fr": "fr-CH", "es": "es-ES", "ar": "ar-SA", "ru": "ru-RU", "zh-hans": "zh-CN"}
MOST_LEVELS = 3  # of lists, that Word's own styles have


def write_docx(record: RecordText) -> bytes:
    """Return a record as a Word document, its headings and lists in Word's own styles.

    Args:
        record: What it says.
    """
    writer = _Writer(record)
    writer.masthead()
    for section in record.sections:
        writer.heading(section.heading, 1)
        writer.paragraphs(section.paragraphs, "", section.is_right_to_left)
    writer.heading(record.contributions_heading, 1)
    for exchange in record.exchanges:
        writer.heading(f"{exchange.heading} ({exchange.symbol})", 2)
        if not exchange.contributions:
            writer.line(record.nobody)
        for contribution in exchange.contributions:
            writer.contribution(contribution)
    if record.participants:
        writer.heading(record.participants_heading, 1)
        for place, people in record.participants:
            writer.line(", ".join(people), before=f"{place}: ")
    writer.heading(record.statistics_heading, 1)
    writer.figures(record.statistics)
    return writer.saved()


class _Writer:
    """Adds to one Word document, in the direction of its language unless told otherwise."""

    def __init__(self, record: RecordText) -> None:
        from docx import Document

        self._record = record
        self._document: WordDocument = Document()
        self._prepare()

    def _prepare(self) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        record, document = self._record, self._document
        title = for_xml(record.title)
        document.core_properties.title = title
        document.core_properties.subject = record.symbol
        document.core_properties.author = record.masthead
        document.core_properties.language = WORD_LANGUAGES[record.language]
        document.core_properties.comments = ""
        normal = document.styles["Normal"]
        normal.font.size = Pt(10.5)
        normal.paragraph_format.space_after = Pt(6)
        languages = OxmlElement("w:lang")
        for kind in ("val", "eastAsia", "bidi"):
            languages.set(qn(f"w:{kind}"), WORD_LANGUAGES[record.language])
        normal.element.get_or_add_rPr().append(languages)
        section = document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.4)
        section.header.paragraphs[0].text = f"{record.symbol}  {title}"
        self._page_number(section.footer.paragraphs[0])
        if record.is_right_to_left:
            section._sectPr.append(OxmlElement("w:bidi"))
            self._turn(section.header.paragraphs[0])

    @staticmethod
    def _page_number(paragraph: "WordParagraph") -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        paragraph._p.append(field)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def masthead(self) -> None:
        record = self._record
        self.line("", before=record.masthead)
        self.line("", before=record.symbol)
        self.line(record.original)
        self.line(record.made_on)
        self._shown(self._document.add_paragraph(for_xml(record.title), style="Title"), record.title_is_right_to_left)
        for label, value in record.facts:
            self.line(value, before=f"{label}: ")
        self._runs(self._shown(self._document.add_paragraph()), [Run(record.address, href=record.address)])

    def heading(self, text: str, level: int) -> None:
        self._shown(self._document.add_heading(for_xml(text), level))

    def line(self, text: str, *, before: str = "", style: str | None = None) -> None:
        """Add a line of the document's own words, with what comes ``before`` it in bold."""
        paragraph = self._document.add_paragraph(style=style)
        if before:
            paragraph.add_run(for_xml(before)).bold = True
        paragraph.add_run(for_xml(text))
        self._shown(paragraph)

    def contribution(self, post: Contribution) -> None:
        self.heading(f"{post.number}. {post.author}", 3)
        for about in (post.about, *post.marks):
            self.line(about, style="Caption")
        if post.gone:
            self.line(post.gone)
        self.paragraphs(post.paragraphs, f"{post.number}.", post.is_right_to_left)

    def figures(self, figures: list[tuple[str, str]]) -> None:
        table = self._document.add_table(rows=0, cols=2, style="Table Grid")
        if self._record.is_right_to_left:
            self._turn_table(table)
        for label, figure in figures:
            for cell, text in zip(table.add_row().cells, (label, figure), strict=True):
                cell.paragraphs[0].add_run(text)
                self._shown(cell.paragraphs[0])

    def paragraphs(self, paragraphs: list[Paragraph], prefix: str, is_right_to_left: bool) -> None:
        for paragraph in paragraphs:
            number = "" if paragraph.number is None else f"{prefix}{paragraph.number}"
            self._block(paragraph.block, number, is_right_to_left, depth=0)

    def _block(
        self, block: Block, number: str, is_right_to_left: bool, *, depth: int, style: str | None = None
    ) -> None:
        """Add a block; the number by which it is cited stands before its first line."""
        if block.kind in {"paragraph", "heading", "code"}:
            paragraph = self._document.add_paragraph(style=style)
            if number:
                self._number(paragraph, number)
            runs = [Run(run.text, is_bold=True) for run in block.runs] if block.kind == "heading" else block.runs
            self._runs(paragraph, runs)
            self._shown(paragraph, is_right_to_left)
            return
        if number:
            paragraph = self._document.add_paragraph()
            self._number(paragraph, number)
            self._shown(paragraph, is_right_to_left)
        if block.kind == "table":
            self._table(block, is_right_to_left)
        elif block.kind == "list":
            self._list(block, is_right_to_left, depth)
        elif block.kind == "note":
            for inner in block.blocks:
                self._block(inner, str(block.start), is_right_to_left, depth=depth)
        else:
            for inner in block.blocks:
                self._block(inner, "", is_right_to_left, depth=depth, style="Quote" if block.kind == "quote" else style)

    def _list(self, block: Block, is_right_to_left: bool, depth: int) -> None:
        level = min(depth + 1, MOST_LEVELS)
        dotted = "List Bullet" if level == 1 else f"List Bullet {level}"
        continued = "List Continue" if level == 1 else f"List Continue {level}"
        for n, item in enumerate(block.blocks):
            for position, inner in enumerate(item.blocks):
                if block.start is not None and position == 0:  # Word would count on through all lists of a document
                    self._block(inner, f"{block.start + n}.", is_right_to_left, depth=depth + 1, style=continued)
                else:
                    style = dotted if position == 0 and block.start is None else continued
                    self._block(inner, "", is_right_to_left, depth=depth + 1, style=style)

    def _table(self, block: Block, is_right_to_left: bool) -> None:
        columns = max((len(row.blocks) for row in block.blocks), default=0)
        if not columns:
            return
        table = self._document.add_table(rows=0, cols=columns, style="Table Grid")
        if is_right_to_left:
            self._turn_table(table)
        for row in block.blocks:
            cells = table.add_row().cells
            for cell, content in zip(cells, row.blocks, strict=False):
                self._runs(cell.paragraphs[0], content.runs)
                self._shown(cell.paragraphs[0], is_right_to_left)
        self._document.add_paragraph()

    @staticmethod
    def _number(paragraph: "WordParagraph", number: str) -> None:
        from docx.shared import Pt, RGBColor

        run = paragraph.add_run(f"{number}\t")
        run.font.size = Pt(9)
        run.font.color.rgb = RGBColor(0x59, 0x59, 0x59)

    @staticmethod
    def _runs(paragraph: "WordParagraph", runs: list[Run]) -> None:
        for run in runs:
            added = paragraph.add_run(for_xml(run.text))
            added.bold, added.italic = run.is_bold or None, run.is_italic or None
            if run.is_code:
                added.font.name = "Courier New"
            if run.is_raised:
                added.font.superscript = True
            if run.href:
                _link(paragraph, added, run.href)

    def _shown(self, paragraph: "WordParagraph", is_right_to_left: bool | None = None) -> "WordParagraph":
        if self._record.is_right_to_left if is_right_to_left is None else is_right_to_left:
            self._turn(paragraph)
        return paragraph

    @staticmethod
    def _turn(paragraph: "WordParagraph") -> None:
        """Set a paragraph and its runs from right to left."""
        from docx.oxml import OxmlElement

        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for run in paragraph.runs:
            run.font.rtl = True

    @staticmethod
    def _turn_table(table: Any) -> None:
        from docx.oxml import OxmlElement

        table._tbl.tblPr.append(OxmlElement("w:bidiVisual"))

    def saved(self) -> bytes:
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()


def _link(paragraph: "WordParagraph", run: Any, href: str) -> None:
    """Have a run of a paragraph lead to an address."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run.font.underline = True
    run._r.addprevious(link)
    link.append(run._r)
