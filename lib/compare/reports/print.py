"""The page of a report → PDF for print and for archives, by Typst.

In: the HTML of ``export.html``, so that both readers see the same. Out: PDF/A-2a in
PDF/UA-1 mode, with fonts, bookmarks and alternative texts. Every text goes to Typst as
a string literal and never as markup, so no text of a document can become code.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import lxml.html
import numpy as np
import typst
from lxml.html import HtmlElement
from pylopdf_fonts_zh_cn import sans_path

from compare.base.problems import Problem, Problems

PRELUDE = Path(__file__).parent / "templates" / "report.typ"
INLINE = set(
    "a abbr b br cite code del em i ins kbd mark q s small span strong sub sup "
    "u".split()
)
WRAPPERS = {
    **dict.fromkeys(["b", "strong"], "strong"),
    **dict.fromkeys(["em", "i", "cite"], "emph"),
    **dict.fromkeys(["del", "s"], "strike"),
    **dict.fromkeys(["ins", "u"], "underline"),
    "mark": "highlight",
    "small": "text.with(size: 0.85em)",
    "sub": "sub",
    "sup": "super",
}
SPACE = re.compile(r"[ \t\r\n\f]+")
UNBROKEN = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]{65,}")
WORD = re.compile(r"[^\s\u200b\u2e80-\u9fff\uf900-\uffef]+.?")
SHORTEST, SHORT_NAME = "\u3000\u3000", 3
PORTRAIT, LANDSCAPE, LARGE = 487.0, 734.0, 1082.0
PAPER = {LANDSCAPE: "a4", LARGE: "a3"}
WIDEST, TALLEST = 390.0, 600.0
LAYOUTS = [
    (PORTRAIT, 8.5, 15.0),
    (PORTRAIT, 8.0, 12.0),
    (PORTRAIT, 7.5, 9.0),
    (LANDSCAPE, 8.5, 15.0),
    (LANDSCAPE, 7.5, 12.0),
]
CELL_INSET, STEP, EMPTIER = 8.0, 0.5, 0.001
KEPT_WHOLE = 10
PIXELS, COVER_PIXELS = 220.0, 96.0
DRAW = (
    '#set text(font: "Noto Sans SC", fallback: false)\n'
    "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
    '#image(bytes(sys.inputs.svg), format: "svg")\n'
)


@dataclass(frozen=True)
class Known:
    """What a page can refer to: its drawings and its anchors."""

    figures: Mapping[str, str]
    anchors: set[str]


def render(page: str, *, date: str, figures: Mapping[str, str]) -> bytes:
    """Typeset a page.

    Parameters
    ----------
    page
        What ``export.html.render`` returned.
    date
        Date of the report, such as ``2026-01-31``; the only date in the file.
    figures
        What ``export.html.figures`` returned for the same notebook.

    Returns
    -------
    bytes
        The PDF, the same on every run.

    Raises
    ------
    Problems
        A character has no glyph, or a figure has no drawing.
    """
    source = to_typst(page, date=date, figures=figures)
    try:
        made = _compiler(source).compile(
            format="pdf",
            pdf_standards=["a-2a", "ua-1"],
            timestamp=_midnight(date),
        )
    except typst.TypstError as error:
        what = f"it cannot be typeset: {error.message}"
        remedy = " ".join(error.hints) or "repair the text or the figure it names."
        raise Problems([Problem(_title(page), what, remedy=remedy)]) from error
    assert isinstance(made, bytes)
    return made


def cover(page: str, *, date: str, figures: Mapping[str, str]) -> bytes:
    """Draw the first page of a report as PNG.

    Parameters
    ----------
    page, date, figures
        As for ``render``.
    """
    source = to_typst(page, date=date, figures=figures)
    pages = _compiler(source).compile(format="png", ppi=COVER_PIXELS)
    return pages[0] if isinstance(pages, list) else pages or b""


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
    made = _compiler(DRAW, {"svg": svg}).compile(
        format=form, ppi=PIXELS, timestamp=_midnight(date)
    )
    assert isinstance(made, bytes)
    return made


def _midnight(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=UTC)


def _compiler(source: str, inputs: Mapping[str, str] | None = None) -> typst.Compiler:
    """Typst with the fonts of the reports, and none of the machine's."""
    return typst.Compiler(
        source.encode(),
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[sans_path().parent],
        ),
        ignore_system_fonts=True,
        sys_inputs=dict(inputs or {}),
    )


def to_typst(page: str, *, date: str, figures: Mapping[str, str]) -> str:
    """Write a page as Typst source.

    Parameters
    ----------
    page, date, figures
        As for ``render``.

    Returns
    -------
    str
        The source; text occurs in it only inside string literals.
    """
    root = lxml.html.document_fromstring(page)
    language, _, region = root.get("lang", "en").partition("-")
    (main,) = root.iter("main")
    day = datetime.fromisoformat(date)
    anchors = {str(element.get("id")) for element in main.iter() if element.get("id")}
    body = "\n".join(_blocks(main, Known(figures, anchors)))
    return (
        f"{PRELUDE.read_text(encoding='utf-8')}\n"
        f"#report(name: {_literal(_title(page))}, lang: {_literal(language)}, "
        f"region: {_literal(region) if region else 'none'}, "
        f"date: datetime(year: {day.year}, month: {day.month}, day: {day.day}), {{\n"
        f"{body}\n}})\n"
    )


def _title(page: str) -> str:
    return str(lxml.html.document_fromstring(page).findtext(".//title") or "")


def _literal(text: str) -> str:
    r"""Write text as a Typst string literal.

    >>> print(_literal('#import "x" *bold* $x$'))
    "#import \"x\" *bold* $x$"
    >>> print(_literal("\\"))
    "\\"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _words(text: str | None) -> list[str]:
    """Write text as literals, white space as in HTML, endless words breakable."""
    if not text:
        return []
    return [_literal(UNBROKEN.sub(_breakable, SPACE.sub(" ", text)))]


def _breakable(word: re.Match[str]) -> str:
    return "\u200b".join(re.findall(".{1,16}", word[0]))


def _braced(parts: Sequence[str]) -> str:
    """Join expressions to one content, without white space at its edges or breaks."""
    kept: list[str] = []
    for part in parts:
        after_break = not kept or kept[-1] == "linebreak()"
        part = '"' + part[2:] if after_break and part.startswith('" ') else part
        kept += [part] if part != '""' else []
    if kept and kept[-1].endswith(' "'):
        kept[-1] = kept[-1][:-2] + '"'
    return "{" + "; ".join(["[]", *kept]) + "}"


def _array(items: Sequence[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _is_inline(element: HtmlElement) -> bool:
    return element.tag in INLINE


def _blocks(element: HtmlElement, known: Known) -> Iterator[str]:
    """Yield one expression for each block or loose text inside an element."""
    run = _words(element.text)
    for child in element:
        if _is_inline(child):
            run.append(_inline(child, known))
        else:
            yield from _loose(run)
            yield _block(child, known)
            run = []
        run += _words(child.tail)
    yield from _loose(run)


def _loose(run: Sequence[str]) -> Iterator[str]:
    if any(part.strip('" ') for part in run):
        yield _braced(run)


def _content(element: HtmlElement, known: Known) -> str:
    """Content of an element: a run of text, or blocks if it has any."""
    if not all(_is_inline(child) for child in element):
        return "{" + "; ".join(["[]", *_blocks(element, known)]) + "}"
    return _braced(_run(element, known))


def _run(element: HtmlElement, known: Known) -> list[str]:
    run = _words(element.text)
    for child in element:
        run += [_inline(child, known), *_words(child.tail)]
    return run


def _inline(element: HtmlElement, known: Known) -> str:
    """Return one expression for a word or phrase."""
    tag = str(element.tag)
    if tag == "br":
        return "linebreak()"
    if tag in {"code", "kbd"}:
        return f"raw({_literal(element.text_content())})"
    inside = "{" + "; ".join(["[]", *_run(element, known)]) + "}"
    if tag == "a" and element.get("href"):
        return _link(element.get("href", ""), inside, known)
    return f"{WRAPPERS[tag]}({inside})" if tag in WRAPPERS else inside


def _link(href: str, inside: str, known: Known) -> str:
    if urlsplit(href).scheme:
        return f"link({_literal(href)}, {inside})"
    if not href.startswith("#"):
        return inside  # A page beside this one, which print does not have.
    anchor = unquote(href[1:])
    return (
        f"link(label({_literal(anchor)}), {inside})"
        if anchor in known.anchors
        else inside
    )


def _block(element: HtmlElement, known: Known) -> str:
    """Return one expression for a block; unknown blocks show their content."""
    tag = str(element.tag)
    if tag in BLOCKS:
        return BLOCKS[tag](element, known)
    return BOXES.get(tag, "{}").replace("{}", _content(element, known))


def _heading(element: HtmlElement, known: Known) -> str:
    level = int(str(element.tag)[1]) - 1
    heading = f"heading(level: {level}, {_content(element, known)})"
    return f"[#{heading}#label({_literal(str(element.get('id')))})]"


def _list(element: HtmlElement, known: Known) -> str:
    items = "".join(f"{_content(item, known)}, " for item in element.iterchildren("li"))
    if element.tag == "ul":
        return f"list({items})"
    start = element.get("start", "1")
    return f"enum(start: {start if start.isdecimal() else 1}, {items})"


def _preformatted(element: HtmlElement, known: Known) -> str:
    return f"raw({_literal(element.text_content())}, block: true)"


def _figure(element: HtmlElement, known: Known) -> str:
    """Place a drawing or a table with its caption, note and source."""
    notes = [
        _content(words, known)
        for words in element.findall("figcaption/span")
        if words.get("class") != "caption"
    ]
    below = f"below({'; linebreak(); '.join(notes).join('{}')})"
    table = next(element.iter("table"), None)
    if table is not None:
        return _table(table, known, below)
    return (
        _drawing(element, known, below)
        if element.get("id")
        else _content(element, known)
    )


def _drawing(element: HtmlElement, known: Known, below: str) -> str:
    anchor = str(element.get("id"))
    if anchor not in known.figures:
        remedy = "give the figures of the same notebook."
        raise Problems(
            [Problem(f"figure {anchor}", "it has no drawing.", remedy=remedy)]
        )
    svg = known.figures[anchor]
    width, height = (_points(svg, side) for side in ("width", "height"))
    shown = width * min(1.0, WIDEST / width, TALLEST / height)
    (picture,) = element.iter("svg")
    caption = element.find("figcaption/span")
    return (
        f"[#drawing(svg: {_literal(svg)}, width: {shown:.1f}pt, "
        f"alt: {_literal(picture.get('aria-label', ''))}, "
        f"caption: {_content(caption, known)}, notes: {below})"
        f"#label({_literal(anchor)})]"
    )


def _points(svg: str, side: str) -> float:
    """Size of a drawing as it states it, in points."""
    stated = re.search(rf'<svg[^>]* {side}="([\d.]+)', svg)
    return float(stated[1]) if stated else PORTRAIT


def _table(table: HtmlElement, known: Known, below: str = "none") -> str:
    """Place a table whose columns, type size and page suit its text."""
    lines = [list(row.iterchildren("th", "td")) for row in table.iter("tr")]
    count = max(map(len, lines), default=0)
    if not count:
        return "[]"
    columns = [_texts(lines, column) for column in range(count)]
    widths, size, paper = _layout(columns)
    whole = not paper and _lines(columns, widths, size) <= KEPT_WHOLE
    header = lines.pop(0) if table.find("thead") is not None else []
    numeric = ["num" in cell.get("class", "") for cell in (lines or [header])[0]]
    sides = ["right" if right else "left" for right in numeric] + ["left"] * count
    rows = (
        f"rows(widths: {_array([f'{width:.2f}pt' for width in widths])}, "
        f"size: {size:.2f}pt, align: {_array(sides[:count])}, "
        f"header: {_array(_cells(header, known, count) if header else [])}, "
        f"{_array([cell for line in lines for cell in _cells(line, known, count)])})"
    )
    caption = table.find("caption")
    title = _content(caption, known) if caption is not None else "none"
    kept = f"whole: {str(whole).lower()}"
    listing = f"listing(caption: {title}, notes: {below}, {kept}, {rows})"
    return f'page(paper: "{paper}", flipped: true, {listing})' if paper else listing


def _texts(lines: Sequence[Sequence[HtmlElement]], column: int) -> list[str]:
    """Text of a column; a short row has none."""
    cells = [
        line[column].text_content() if column < len(line) else "" for line in lines
    ]
    return [UNBROKEN.sub(_breakable, SPACE.sub(" ", cell)).strip() for cell in cells]


def _cells(line: Sequence[HtmlElement], known: Known, count: int) -> list[str]:
    """Content of each cell; a short row is filled up."""
    return [_content(cell, known) for cell in line] + ["[]"] * (count - len(line))


def _layout(columns: Sequence[Sequence[str]]) -> tuple[list[float], float, str]:
    """Choose column widths, type size, and the paper if it is not the usual one.

    The first layout is taken in which no word is broken and long texts have a
    comfortable width; else the one in which no word is broken, on large paper and in
    smaller type if need be.

    >>> _layout([["Place", "佳木斯"], ["Beds", "1,000"]])
    ([34.52, 33.5], 8.5, '')
    """
    texts = [[_em(text) for text in column] for column in columns]
    longest = [max(column) for column in texts]
    least = [max(map(_em, _unbroken(column))) for column in columns]
    for width, size, comfort in LAYOUTS:
        room = width - len(columns) * CELL_INSET
        comfortable = [
            max(low, min(comfort, high, math.sqrt(comfort * high / 4)))
            for low, high in zip(least, longest, strict=True)
        ]
        if sum(comfortable) * size <= room:
            break
    else:
        if sum(least) * size > room:
            width, room = LARGE, room + LARGE - LANDSCAPE
        size = min(size, room / sum(least))
    ems = _widths(texts, least, room / size)
    widths = [round(em * size + CELL_INSET, 2) for em in ems]
    return widths, size, PAPER.get(width, "")


def _widths(
    texts: Sequence[Sequence[float]], least: list[float], room: float
) -> list[float]:
    """Share the room so that the rows together are as low as can be.

    A row is as high as its highest cell, and a cell as its text over its width; from
    the least widths on, each step goes to the column that lowers the table most.

    >>> _widths([[2.0, 2.0], [30.0, 10.0]], [2.0, 2.0], 12.0)
    [2.0, 10.0]
    """
    em = np.array(texts)
    widths = np.array(least)
    lines = np.maximum(em / widths[:, None], 1.0)
    while widths.sum() + STEP <= room and lines.max() > 1.0:
        wider = np.maximum(em / (widths[:, None] + STEP), 1.0)
        best = min(range(len(widths)), key=lambda at: _height(lines, wider, at))
        widths[best] += STEP
        lines[best] = wider[best]
    return [float(width) for width in widths]


def _height(lines: np.ndarray, wider: np.ndarray, at: int) -> float:
    """Height of a table when one column is made wider; of equals, the emptier."""
    tried = lines.copy()
    tried[at] = wider[at]
    return float(tried.max(axis=0).sum() + EMPTIER * tried.sum())


def _lines(columns: Sequence[Sequence[str]], widths: list[float], size: float) -> int:
    """How many lines the rows of a table take together, about.

    >>> _lines([["Place", "佳木斯"], ["Beds", "1,000"]], [40.0, 35.0], 9.0)
    2
    """
    rows = zip(*columns, strict=True)
    rooms = [(width - CELL_INSET) / size for width in widths]
    return sum(
        max(math.ceil(_em(text) / room) for text, room in zip(row, rooms, strict=True))
        for row in rows
    )


def _unbroken(texts: Sequence[str]) -> list[str]:
    """Return parts that stay on one line; punctuation clings to its neighbour.

    Words, and Chinese names of up to three characters.
    """
    words = [word for text in texts for word in WORD.findall(text)]
    return [SHORTEST, *words, *(text for text in texts if len(text) <= SHORT_NAME)]


def _em(text: str) -> float:
    """Width of a text in the tables' font, at least."""
    return sum(_char_em(char) for char in text)


def _char_em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WFA" or char in "mwMW@%":
        return 1.0
    return 0.72 if char.isupper() else 0.6


BLOCKS: Mapping[str, Callable[[HtmlElement, Known], str]] = {
    **dict.fromkeys(["h2", "h3", "h4", "h5", "h6"], _heading),
    "ul": _list,
    "ol": _list,
    "pre": _preformatted,
    "figure": _figure,
    "table": _table,
}
BOXES = {
    "p": "par({})",
    "blockquote": "quote(block: true, {})",
    "aside": "key({})",
    "dt": "par(strong({}))",
    "dd": "pad(left: 1.5em, {})",
    "hr": "line(length: 100%, stroke: 0.5pt + rule)",
    "h1": "title()",
}
