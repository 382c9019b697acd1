"""The page of a report → a Word document that an office can go on working with.

In: an executed notebook. Out: ``.docx`` with real headings, tables and captions; heads
of tables repeat, figures are pictures with alternative texts. It is made from the page
of ``reports.page``, so that all readers see the same, and has the same bytes on every
run.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docx
import lxml.html
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml.html import HtmlElement

from compare.base.files import archive
from compare.reports import page as html
from compare.reports.print import picture, points
from compare.reports.width import CELL_INSET, SPACE, layout, lines_of

LATIN, SONG, HEI = "Times New Roman", "SimSun", "SimHei"
INK = RGBColor(0x1F, 0x29, 0x33)
LINK = RGBColor(0x0B, 0x53, 0x94)
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
SHEETS = {"": (210, 297), "a4": (297, 210), "a3": (420, 297)}
MARGIN, TWIPS = Mm(19), 20
NOTE = "Note"
STYLES = {
    "Normal": (SONG, 10.5),
    NOTE: (SONG, 8.5),
    "Caption": (HEI, 9.5),
    "Title": (HEI, 20),
    "Heading 1": (HEI, 14),
    "Heading 2": (HEI, 12),
    "Heading 3": (HEI, 11),
}
PARAGRAPHS = {
    **dict.fromkeys(["p", "blockquote", "dt", "dd"], "Normal"),
    "h1": "Title",
    "h2": "Heading 1",
    "h3": "Heading 2",
    **dict.fromkeys(["h4", "h5", "h6"], "Heading 3"),
}
BOLD = {"strong", "b", "em", "i"}


@dataclass
class Writing:
    """A document that is being written, and how many captions it has of each kind."""

    document: Document
    figures: Mapping[str, html.Drawing]
    words: Mapping[str, str]
    captions: Counter[str] = field(default_factory=Counter)

    @property
    def width(self) -> int:
        """Width of the text on the current page."""
        section = self.document.sections[-1]
        return int(section.page_width or 0) - 2 * int(section.left_margin or 0)


def word(notebook: Path, *, date: str = "2000-01-01") -> bytes:
    """Make the Word document of an executed notebook, the same on every run.

    Parameters
    ----------
    date
        Date of the report, such as ``2026-01-31``; the only date in the file.

    Raises
    ------
    Problems
        As ``reports.page.render``.
    """
    made = html.render(notebook)
    page = lxml.html.document_fromstring(made.html)
    (main,) = page.iter("main")
    document = docx.Document()
    _dress(document)
    about = document.core_properties
    about.title, about.revision = str(page.findtext(".//title") or ""), 1
    about.author = about.last_modified_by = "compare"
    about.language, about.comments = made.words["office"], ""
    about.created = about.modified = datetime.fromisoformat(date)
    _blocks(Writing(document, made.figures, made.words), main)
    file = io.BytesIO()
    document.save(file)
    with zipfile.ZipFile(file) as written:
        return archive({name: written.read(name) for name in written.namelist()})


def _dress(document: Document) -> None:
    """Set paper, fonts and the styles that the text uses."""
    section = document.sections[0]
    section.page_width, section.page_height = map(Mm, SHEETS[""])
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    styles: Any = document.styles
    styles.add_style(NOTE, 1).base_style = styles["Normal"]
    for name, (chinese, size) in STYLES.items():
        _set_font(styles[name], chinese, size)
    for name in ("Caption", "Heading 1", "Heading 2", "Heading 3"):
        styles[name].paragraph_format.keep_with_next = True
    for name, after, lines in (("Normal", 6, 1.25), (NOTE, 2, 1.1)):
        styles[name].paragraph_format.space_after = Pt(after)
        styles[name].paragraph_format.line_spacing = lines
    for side in ("left", "right"):
        inset = styles["Normal Table"].element.find(f".//{qn(f'w:{side}')}")
        inset.set(qn("w:w"), str(int(CELL_INSET / 2 * TWIPS)))
    language = styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    language.set(qn("w:val"), LANGUAGES["en"])
    language.set(qn("w:eastAsia"), LANGUAGES["zh"])
    numbers = section.footer.paragraphs[0]
    numbers.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(numbers, "PAGE", "1")
    numbers.add_run(" / ")
    _field(numbers, "NUMPAGES", "1")


def _set_font(style: Any, chinese: str, size: float) -> None:
    style.font.name, style.font.size = LATIN, Pt(size)
    style.font.color.rgb, style.font.italic = INK, False
    fonts = style.element.rPr.rFonts
    for key in list(fonts.attrib):
        if key.endswith("Theme"):
            del fonts.attrib[key]
    fonts.set(qn("w:cs"), LATIN)
    fonts.set(qn("w:eastAsia"), chinese)


def _blocks(writing: Writing, element: HtmlElement) -> None:
    """Write everything inside an element, in its order."""
    _loose(writing, element.text)
    items = "List Number" if element.tag == "ol" else "List Bullet"
    for child in element:
        tag = str(child.tag)
        style = items if tag == "li" else PARAGRAPHS.get(tag)
        if style:
            _write(writing.document.add_paragraph(style=style), child)
        else:
            BLOCKS.get(tag, _blocks)(writing, child)
        _loose(writing, child.tail)


def _loose(writing: Writing, text: str | None) -> None:
    if text and text.strip():
        writing.document.add_paragraph(SPACE.sub(" ", text).strip())


def _preformatted(writing: Writing, element: HtmlElement) -> None:
    writing.document.add_paragraph(element.text_content(), style=NOTE)


def _figure(writing: Writing, element: HtmlElement) -> None:
    """Write a table or a picture with its caption, note and source."""
    words = element.findall("figcaption/span")
    notes = [one for one in words if one.get("class") != "caption"]
    table = element.find(".//table")
    if table is not None:
        _table(writing, table, notes)
    elif element.get("id") in writing.figures:
        _picture(writing, element)
        _caption(writing, words[0], "figure")
        _notes(writing, notes)
    else:
        _blocks(writing, element)


def _picture(writing: Writing, element: HtmlElement) -> None:
    anchor = str(element.get("id"))
    svg = writing.figures[anchor].paths
    width = min(writing.width, Pt(points(svg, "width")))
    shape = writing.document.add_picture(io.BytesIO(picture(svg)), width=Emu(width))
    (drawing,) = element.iter("svg")
    about = shape._inline.docPr
    about.set("name", anchor)
    about.set("descr", drawing.get("aria-label", ""))
    writing.document.paragraphs[-1].paragraph_format.keep_with_next = True


def _table(
    writing: Writing, table: HtmlElement, notes: Sequence[HtmlElement] = ()
) -> None:
    """Write a table; one that needs more room stands on a page turned."""
    lines, chosen = lines_of(table), layout(table)
    if not chosen.widths:
        return
    if chosen.paper:
        _turn(writing.document, chosen.paper)
    caption = table.find("caption")
    if caption is not None:
        _caption(writing, caption, "table")
    made = writing.document.add_table(len(lines), len(chosen.widths), "Table Grid")
    made.autofit = False
    for column, width in zip(made.columns, chosen.widths, strict=True):
        column.width = Emu(int(writing.width * width / sum(chosen.widths)))
        for cell in column.cells:
            cell.width = column.width
    _fill(made, lines, chosen.size, heads=table.find("thead") is not None)
    _notes(writing, notes)
    if chosen.paper:
        _turn(writing.document, "")


def _turn(document: Document, paper: str) -> None:
    """Begin a new page on other paper."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.page_width, section.page_height = map(Mm, SHEETS[paper])
    section.orientation = WD_ORIENT.LANDSCAPE if paper else WD_ORIENT.PORTRAIT


def _fill(
    made: Table, lines: Sequence[Sequence[HtmlElement]], size: float, *, heads: bool
) -> None:
    """Fill the cells; the first row is repeated on every page, no row is broken."""
    for number, (row, line) in enumerate(zip(made.rows, lines, strict=True)):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if heads and number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, element in zip(row.cells, line, strict=False):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.line_spacing = 1.0
            if "num" in element.get("class", ""):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _write(paragraph, element, bold=heads and number == 0)
            for run in paragraph.runs:
                run.font.size = Pt(size)


def _notes(writing: Writing, notes: Sequence[HtmlElement]) -> None:
    for words in notes:
        _write(writing.document.add_paragraph(style=NOTE), words)


def _caption(writing: Writing, words: HtmlElement, kind: str) -> None:
    """Write a caption that Word numbers and can list."""
    writing.captions[kind] += 1
    paragraph = writing.document.add_paragraph(style="Caption")
    paragraph.add_run(f"{writing.words[kind]} ")
    number = str(writing.captions[kind])
    _field(paragraph, f"SEQ {kind.title()} \\* ARABIC", number)
    paragraph.add_run("  ")
    _write(paragraph, words)


def _field(paragraph: Paragraph, code: str, shown: str) -> None:
    """Add a field that Word computes, with what it shows until then."""
    made = OxmlElement("w:fldSimple")
    made.set(qn("w:instr"), code)
    run = paragraph.add_run(shown)
    made.append(run._r)
    paragraph._p.append(made)


def _write(paragraph: Paragraph, element: HtmlElement, *, bold: bool = False) -> None:
    """Write the text of an element, white space as in HTML."""
    pieces: Any = element.xpath(".//text() | .//br")
    for number, piece in enumerate(pieces):
        text = SPACE.sub(" ", piece) if isinstance(piece, str) else "\n"
        text = text.lstrip() if number == 0 else text
        text = text.rstrip() if number == len(pieces) - 1 else text
        if text:
            _run(paragraph, text, _around(piece), bold)


def _around(piece: Any) -> dict[str, HtmlElement]:
    """Elements that a piece of text stands in, by their tags."""
    home = piece.getparent()
    outer = [home, *home.iterancestors()]
    return {str(one.tag): one for one in outer[getattr(piece, "is_tail", False) :]}


def _run(
    paragraph: Paragraph, text: str, around: Mapping[str, HtmlElement], bold: bool
) -> None:
    run = paragraph.add_run(text)
    if bold or BOLD & around.keys():
        run.font.bold = True
        fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), HEI)
    if "sup" in around:
        run.font.superscript = True
    target = around["a"].get("href", "") if "a" in around else ""
    if urlsplit(target).scheme:
        _link(paragraph, run, target)


def _link(paragraph: Paragraph, run: Run, target: str) -> None:
    """Make a run lead to a page outside the document."""
    run.font.color.rgb, run.font.underline = LINK, True
    link = OxmlElement("w:hyperlink")
    address = paragraph.part.relate_to(target, RT.HYPERLINK, is_external=True)
    link.set(qn("r:id"), address)
    link.append(run._r)
    paragraph._p.append(link)


BLOCKS: Mapping[str, Callable[[Writing, HtmlElement], None]] = {
    "pre": _preformatted,
    "figure": _figure,
    "table": _table,
}
