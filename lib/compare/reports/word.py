"""The page of a report → a Word document that an office can go on working with.

In: an executed notebook. Out: ``.docx`` with real headings, tables and captions; heads
of tables repeat, figures are pictures with alternative texts. It is made from the page
of ``export.html``, so that all readers see the same, and has the same bytes on every
run.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docx
import lxml.html
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml.html import HtmlElement

from compare.formats.formats import archive
from compare.reports import page as html
from compare.reports.print import picture

LATIN, SONG, HEI = "Times New Roman", "SimSun", "SimHei"
INK = RGBColor(0x1F, 0x29, 0x33)
LINK = RGBColor(0x0B, 0x53, 0x94)
NOTE = "Note"
WORDS = {"en": ("Table", "Figure"), "zh": ("表", "图")}
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
EXTERNAL = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
)
A4 = (Mm(210), Mm(297))
MARGIN = Mm(22)
TOO_MUCH, PADDING, CHINESE_WORD = 190.0, 3.0, 4.0
WORD = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]+")
SMALL, TABLE_TEXT = Pt(8.5), Pt(8.5)
SIZES = {"Title": 20, "Heading 1": 14, "Heading 2": 12, "Heading 3": 11}
SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Style:
    """How a stretch of text looks."""

    bold: bool = False
    raised: bool = False
    link: str = ""


@dataclass
class Writing:
    """A document that is being written."""

    document: Document
    figures: Mapping[str, str]
    language: str
    tables: int = 0
    pictures: int = 0

    @property
    def width(self) -> int:
        """Width of the text on the current page."""
        section = self.document.sections[-1]
        sides = (section.page_width, section.left_margin, section.right_margin)
        page, left, right = (int(side or 0) for side in sides)
        return page - left - right


def word(notebook: Path, *, date: str = "2000-01-01") -> bytes:
    """Make the Word document of a notebook.

    Parameters
    ----------
    notebook
        An executed notebook; its name tells its language.
    date
        Date of the report, such as ``2026-01-31``; the only date in the file.

    Returns
    -------
    bytes
        A ``.docx`` file, the same on every run.

    Raises
    ------
    Problems
        As ``export.html.render``.
    """
    page = lxml.html.document_fromstring(html.render(notebook))
    (main,) = page.iter("main")
    drawings, language = html.figures(notebook, paths=True), html.language_of(notebook)
    writing = Writing(docx.Document(), drawings, language)
    _dress(writing)
    _state(writing, str(page.findtext(".//title") or ""), date)
    _blocks(writing, main)
    return _saved(writing.document)


def _dress(writing: Writing) -> None:
    """Set paper, fonts and the styles that the text uses."""
    document = writing.document
    section = document.sections[0]
    section.page_width, section.page_height = A4
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    document.styles.add_style(NOTE, 1).base_style = document.styles["Normal"]
    _set_font("Normal", writing, SONG, 10.5)
    _set_font(NOTE, writing, SONG, 8.5)
    _set_font("Caption", writing, HEI, 9.5)
    for name, size in SIZES.items():
        _set_font(name, writing, HEI, size)
    for name in ("Caption", "Heading 1", "Heading 2", "Heading 3"):
        document.styles[name].paragraph_format.keep_with_next = True
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    document.styles["Normal"].paragraph_format.line_spacing = 1.25
    document.styles[NOTE].paragraph_format.line_spacing = 1.1
    document.styles[NOTE].paragraph_format.space_after = Pt(2)
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    language = defaults.find(qn("w:lang"))
    language.set(qn("w:val"), LANGUAGES["en"])
    language.set(qn("w:eastAsia"), LANGUAGES["zh"])
    _page_numbers(section.footer.paragraphs[0])


def _set_font(name: str, writing: Writing, chinese: str, size: float) -> None:
    style: Any = writing.document.styles[name]
    style.font.name, style.font.size = LATIN, Pt(size)
    style.font.color.rgb, style.font.italic = INK, False
    fonts = style.element.rPr.rFonts
    for key in list(fonts.attrib):
        if key.endswith("Theme"):
            del fonts.attrib[key]
    for key, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN)):
        fonts.set(qn(f"w:{key}"), font)
    fonts.set(qn("w:eastAsia"), chinese)


def _state(writing: Writing, title: str, date: str) -> None:
    """State title, author, language and date of the file."""
    about = writing.document.core_properties
    about.title, about.author, about.last_modified_by = title, "compare", "compare"
    about.language, about.comments = LANGUAGES[writing.language], ""
    about.created = about.modified = datetime.fromisoformat(date)
    about.revision = 1


def _blocks(writing: Writing, element: HtmlElement) -> None:
    """Write everything inside an element, in its order."""
    _loose(writing, element.text)
    for child in element:
        tag = str(child.tag)
        BLOCKS.get(tag, _blocks)(writing, child)
        _loose(writing, child.tail)


def _loose(writing: Writing, text: str | None) -> None:
    if text and text.strip():
        writing.document.add_paragraph(SPACE.sub(" ", text).strip())


def _heading(writing: Writing, element: HtmlElement) -> None:
    level = min(3, int(str(element.tag)[1]) - 1)
    _write(writing.document.add_heading("", level), element)


def _paragraph(writing: Writing, element: HtmlElement) -> None:
    _write(writing.document.add_paragraph(), element)


def _list(writing: Writing, element: HtmlElement) -> None:
    style = "List Number" if element.tag == "ol" else "List Bullet"
    for item in element.iterchildren("li"):
        _write(writing.document.add_paragraph(style=style), item)


def _preformatted(writing: Writing, element: HtmlElement) -> None:
    writing.document.add_paragraph(element.text_content(), style=NOTE)


def _figure(writing: Writing, element: HtmlElement) -> None:
    """Write a table or a picture with its caption, note and source."""
    table = next(element.iter("table"), None)
    notes = [
        words
        for words in element.findall("figcaption/span")
        if words.get("class") != "caption"
    ]
    if table is not None:
        _table(writing, table, notes)
    elif element.get("id") in writing.figures:
        _picture(writing, element)
        _notes(writing, notes)
    else:
        _blocks(writing, element)


def _picture(writing: Writing, element: HtmlElement) -> None:
    anchor = str(element.get("id"))
    svg = writing.figures[anchor]
    stated = re.search(r'<svg[^>]* width="([\d.]+)', svg)
    width = min(writing.width, Pt(float(stated[1])) if stated else writing.width)
    shape = writing.document.add_picture(io.BytesIO(picture(svg)), width=Emu(width))
    (drawing,) = element.iter("svg")
    writing.pictures += 1
    about = shape._inline.docPr
    about.set("name", anchor)
    about.set("descr", drawing.get("aria-label", ""))
    paragraph = writing.document.paragraphs[-1]
    paragraph.paragraph_format.keep_with_next = True
    caption = element.find("figcaption/span")
    if caption is not None:
        _caption(writing, caption, 1, writing.pictures)


def _table(
    writing: Writing, table: HtmlElement, notes: Sequence[HtmlElement] = ()
) -> None:
    """Write a table; one that needs more room stands on a page turned."""
    lines = [list(row.iterchildren("th", "td")) for row in table.iter("tr")]
    count = max(map(len, lines), default=0)
    if not count:
        return
    wishes = [_wish(lines, column) for column in range(count)]
    turned = sum(most for _, most in wishes) > TOO_MUCH
    if turned:
        _turn(writing, WD_ORIENT.LANDSCAPE)
    caption = table.find("caption")
    if caption is not None:
        writing.tables += 1
        _caption(writing, caption, 0, writing.tables)
    made = writing.document.add_table(len(lines), count, style="Table Grid")
    _set_widths(made, wishes, writing.width)
    _fill(made, lines, heads=table.find("thead") is not None)
    _notes(writing, notes)
    if turned:
        _turn(writing, WD_ORIENT.PORTRAIT)


def _turn(writing: Writing, orientation: WD_ORIENT) -> None:
    section = writing.document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = orientation
    short, long = A4
    wide = orientation == WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (long, short) if wide else (short, long)


def _fill(made: Table, lines: Sequence[Sequence[HtmlElement]], *, heads: bool) -> None:
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
            _write(paragraph, element, Style(bold=heads and number == 0))
            for run in paragraph.runs:
                run.font.size = TABLE_TEXT


def _wish(lines: Sequence[Sequence[HtmlElement]], column: int) -> tuple[float, float]:
    """Width that a column needs to break no word, and the width that it would like."""
    texts = [line[column].text_content() for line in lines if column < len(line)]
    longest = max(map(_ems, texts))
    least = max(
        len(word) for text in ["", *texts] for word in WORD.findall(text) + [""]
    )
    needed = PADDING + max(CHINESE_WORD, float(least))
    return needed, max(needed, PADDING + min(longest, 16 + 1.6 * math.sqrt(longest)))


def _set_widths(made: Table, wishes: Sequence[tuple[float, float]], width: int) -> None:
    """Give every column what it needs, and share what is left by what they like."""
    made.autofit = False
    room = 2 * width / TABLE_TEXT - sum(least for least, _ in wishes)
    more = sum(most - least for least, most in wishes) or 1.0
    shares = [least + max(0.0, room) * (most - least) / more for least, most in wishes]
    for column, share in zip(made.columns, shares, strict=True):
        column.width = Emu(int(width * share / sum(shares)))
        for cell in column.cells:
            cell.width = column.width


def _ems(text: str) -> int:
    return len(text) + sum(unicodedata.east_asian_width(char) in "WFA" for char in text)


def _notes(writing: Writing, notes: Sequence[HtmlElement]) -> None:
    for words in notes:
        _write(writing.document.add_paragraph(style=NOTE), words)


def _caption(writing: Writing, words: HtmlElement, kind: int, number: int) -> None:
    """Write a caption that Word numbers and can list."""
    paragraph = writing.document.add_paragraph(style="Caption")
    paragraph.add_run(f"{WORDS[writing.language][kind]} ")
    _field(paragraph, f"SEQ {WORDS['en'][kind]} \\* ARABIC", str(number))
    paragraph.add_run("  ")
    _write(paragraph, words)


def _page_numbers(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(paragraph, "PAGE", "1")
    paragraph.add_run(" / ")
    _field(paragraph, "NUMPAGES", "1")


def _field(paragraph: Paragraph, code: str, shown: str) -> None:
    """Add a field that Word computes, with what it shows until then."""
    made = OxmlElement("w:fldSimple")
    made.set(qn("w:instr"), code)
    run = paragraph.add_run(shown)
    made.append(run._r)
    paragraph._p.append(made)


def _write(
    paragraph: Paragraph, element: HtmlElement, style: Style | None = None
) -> None:
    """Write the text of an element, white space as in HTML."""
    pieces = list(_pieces(element, style or Style()))
    for number, (text, look) in enumerate(pieces):
        words = SPACE.sub(" ", text) if text != "\n" else text
        words = words.lstrip() if number == 0 else words
        words = words.rstrip() if number == len(pieces) - 1 else words
        if words:
            _run(paragraph, words, look)


def _pieces(element: HtmlElement, style: Style) -> Iterator[tuple[str, Style]]:
    if element.text:
        yield element.text, style
    for child in element:
        tag = str(child.tag)
        if tag == "br":
            yield "\n", style
        yield from _pieces(child, _changed(child, style))
        if child.tail:
            yield child.tail, style


def _changed(element: HtmlElement, style: Style) -> Style:
    """Style inside an element."""
    tag = str(element.tag)
    href = element.get("href", "") if tag == "a" else ""
    return Style(
        bold=style.bold or tag in {"strong", "b", "em", "i", "dt"},
        raised=style.raised or tag == "sup",
        link=href if urlsplit(href).scheme else style.link,
    )


def _run(paragraph: Paragraph, text: str, style: Style) -> None:
    run = paragraph.add_run(text)
    if style.bold:
        run.font.bold = True
        fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), HEI)
    if style.raised:
        run.font.superscript = True
    if style.link:
        _link(paragraph, run, style.link)


def _link(paragraph: Paragraph, run: Run, target: str) -> None:
    """Make a run lead to a page outside the document."""
    run.font.color.rgb, run.font.underline = LINK, True
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(target, EXTERNAL, is_external=True))
    link.append(run._r)
    paragraph._p.append(link)


def _saved(document: Document) -> bytes:
    """Bytes of the document, zipped with fixed dates."""
    file = io.BytesIO()
    document.save(file)
    with zipfile.ZipFile(file) as written:
        return archive({name: written.read(name) for name in written.namelist()})


BLOCKS: Mapping[str, Callable[[Writing, HtmlElement], None]] = {
    **dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6"], _heading),
    **dict.fromkeys(["p", "blockquote", "dt", "dd"], _paragraph),
    **dict.fromkeys(["ul", "ol"], _list),
    **dict.fromkeys(["svg", "script", "style", "hr"], lambda writing, element: None),
    "pre": _preformatted,
    "figure": _figure,
    "table": _table,
}
