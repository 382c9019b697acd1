"""The page of a report → PDF for print and for archives, by Typst.

In: the page of ``reports.page``, so that both readers see the same. Out: PDF/A-2a in
PDF/UA-1 mode, with fonts, bookmarks and alternative texts. The page goes as data to
``templates/report.typ``, so no text of a document can become code.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import lxml.html
import pypdfium2
import typst
from lxml import etree
from lxml.html import HtmlElement
from PIL import Image
from pylopdf_fonts_zh_cn import sans_path

from compare.base.problems import Problem, Problems
from compare.reports.page import TEMPLATES, Drawing, Page
from compare.reports.width import PORTRAIT, layout, spaced

PROSE = ".//text()[not(ancestor::pre or ancestor::code or ancestor::kbd)]"
FONTS = typst.Fonts(
    include_system_fonts=False,
    include_embedded_fonts=False,
    font_paths=[sans_path().parent],
)
WIDEST, TALLEST = 390.0, 600.0
KEPT_WHOLE = 10
PIXELS, COVER_SCALE, COLOURS = 220.0, 96 / 72, 256
DRAW = (
    '#set text(font: "Noto Sans SC", fallback: false)\n'
    "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
    '#image(bytes(sys.inputs.svg), format: "svg")\n'
)


def render(page: Page, *, date: str) -> bytes:
    """Typeset a page.

    Parameters
    ----------
    date
        Date of the report, such as ``2026-01-31``; the only date in the file.

    Returns
    -------
    bytes
        The PDF, the same on every run.

    Raises
    ------
    Problems
        A character has no glyph, or a figure has no drawing.
    """
    source = (TEMPLATES / "report.typ").read_text(encoding="utf-8")
    compiler = _compiler(source, page=page_data(page, date=date))
    try:
        made = compiler.compile(
            format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=_midnight(date)
        )
    except typst.TypstError as error:
        title = lxml.html.document_fromstring(page.html).findtext(".//title")
        what = f"it cannot be typeset: {error.message}"
        remedy = " ".join(error.hints) or "repair the text or the figure it names."
        raise Problems([Problem(str(title), what, remedy=remedy)]) from error
    assert isinstance(made, bytes)
    return made


def cover(pdf: bytes) -> bytes:
    """Draw the first page of a PDF as PNG, in few colours."""
    with pypdfium2.PdfDocument(pdf) as document:
        drawn = document[0].render(scale=COVER_SCALE).to_pil()
    file = io.BytesIO()
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def picture(
    svg: str, form: Literal["png", "pdf"] = "png", date: str = "2000-01-01"
) -> bytes:
    """Draw an SVG file on white as PNG, or as PDF whose labels stay text.

    Parameters
    ----------
    svg
        The drawing; its labels are text for a PDF, and may be paths for a PNG.
    date
        The only date in a PDF.

    Examples
    --------
    >>> picture('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')[1:4]
    b'PNG'
    """
    day = _midnight(date)
    made = _compiler(DRAW, svg=svg).compile(format=form, ppi=PIXELS, timestamp=day)
    assert isinstance(made, bytes)
    return made


def points(svg: str, side: str) -> float:
    """Size of a drawing as it states it, in points."""
    stated = re.search(rf'<svg[^>]* {side}="([\d.]+)', svg)
    return float(stated[1]) if stated else PORTRAIT


def page_data(page: Page, *, date: str) -> str:
    """Write a page as XML for ``report.typ``, with the layout of tables and figures."""
    root = lxml.html.document_fromstring(page.html)
    (main,) = root.iter("main")
    anchors = {str(element.get("id")) for element in main.iter() if element.get("id")}
    for link in main.iter("a"):
        _aim(link, anchors)
    for figure in main.iterfind(".//figure[@id]"):
        if figure.find(".//table") is None:
            _draw(figure, page.figures)
    for table in main.iter("table"):
        _lay_out(table)
    prose: Any = main.xpath(PROSE)
    for text in prose:
        setattr(text.getparent(), "tail" if text.is_tail else "text", spaced(text))
    title = str(root.findtext(".//title") or "")
    main.attrib.update({"title": title, "lang": root.get("lang", "en"), "date": date})
    return etree.tostring(main, encoding="unicode", with_tail=False)


def _aim(link: HtmlElement, anchors: set[str]) -> None:
    """Leave a link its target where print has it; pages beside this one it has not."""
    href = link.get("href", "")
    target = unquote(href.removeprefix("#"))
    if href.startswith("#") and target in anchors:
        link.set("href", f"#{target}")
    elif not urlsplit(href).scheme:
        link.attrib.pop("href", None)


def _draw(figure: HtmlElement, figures: Mapping[str, Drawing]) -> None:
    """Give a figure its drawing for print, no larger than a page holds."""
    anchor = str(figure.get("id"))
    if anchor not in figures:
        where, remedy = f"figure {anchor}", "give the figures of the same notebook."
        raise Problems([Problem(where, "it has no drawing.", remedy=remedy)])
    svg = figures[anchor].svg
    width, height = (points(svg, side) for side in ("width", "height"))
    shown = width * min(1.0, WIDEST / width, TALLEST / height)
    (drawn,) = figure.iter("svg")
    alt = drawn.get("aria-label", "")
    drawn.drop_tree()
    figure.attrib.update({"svg": svg, "width": f"{shown:.1f}", "alt": alt})


def _lay_out(table: HtmlElement) -> None:
    """Give a table columns, type size and a page that suit its text."""
    chosen = layout(table)
    whole = not chosen.paper and chosen.lines <= KEPT_WHOLE
    table.set("widths", " ".join(f"{width:.2f}" for width in chosen.widths))
    table.set("size", f"{chosen.size:.2f}")
    table.set("paper", chosen.paper)
    table.set("whole", "yes" if whole else "no")


def _midnight(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


def _compiler(source: str, **inputs: str) -> typst.Compiler:
    """Typst with the fonts of the reports, and none of the machine's."""
    return typst.Compiler(
        source.encode(),
        font_paths=FONTS,
        ignore_system_fonts=True,
        sys_inputs=inputs,
    )
