"""One executed notebook → one semantic page that needs nothing but itself.

In: a notebook as ``reports.run`` wrote it. Out: HTML with the prose, tables and figures
and no code. What notebooks and documents bring along is untrusted: only listed tags and
attributes get through, and the page forbids itself every request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from itertools import chain, count
from pathlib import Path
from typing import Any

import lxml.html
import nbformat
import nh3
from lxml import etree
from lxml.html.builder import E
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from compare.base.problems import Problem, Problems, raise_any
from compare.readings.readings import ID
from compare.reports.fonts import font_faces
from compare.reports.width import WIDE
from compare.views.show import BELOW, EVIDENCE, FIGURE

TEMPLATES = Path(__file__).parent / "templates"
TAGS = set(
    "a abbr aside b blockquote br caption cite code dd del div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s section small span "
    "strong sub sup table tbody td tfoot th thead tr u ul".split()
)
GONE_WITH_CONTENT = set(
    "applet audio canvas embed frame frameset head iframe math noembed noframes "
    "noscript object script select style svg template textarea title video xmp".split()
)
CLASSES = {"table", "num", "long", "note", "source", "scroll"}
ATTRIBUTES = {
    "*": {"class", "lang"},
    "a": {"href"},
    "ol": {"start"},
    "th": {"scope"},
    "div": {"aria-label"},
}
RESERVED = {"content", "contents"}
CONTROL = re.compile(r"[^\t\n\r\x20-\U0010ffff]|\x7f")
SHOWN = {FIGURE, "text/html", "text/markdown"}
RIGHT = re.compile(r"text-align:\s*right")
SVG = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
SVG_TAGS = set(
    "svg g defs path use clipPath rect circle ellipse line polyline polygon text "
    "tspan image linearGradient radialGradient stop pattern".split()
)
SVG_ATTRIBUTES = set(
    "id d x y x1 y1 x2 y2 cx cy r rx ry dx dy width height viewBox version points "
    "transform style fill stroke opacity offset clip-path gradientUnits patternUnits "
    "gradientTransform preserveAspectRatio".split()
)
REFERENCE = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
ID_CELL = re.compile(rf"<td>(?:{ID}(?:[;\s]|<br>)*)+</td>")
BREAK_IN_CHINESE = re.compile(f"(?<=[{WIDE}])\n(?=[{WIDE}])")
HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
BOX = re.compile(r'<aside>(\s*<h[1-6] id="([^"]*)")')


@dataclass(frozen=True)
class Drawing:
    """A figure: for print, with its text as paths, and the values behind it as CSV."""

    svg: str
    paths: str
    data: str


@dataclass(frozen=True)
class Page:
    """A report: its HTML, its figures by their anchors, and words of its language."""

    html: str
    figures: Mapping[str, Drawing]
    words: Mapping[str, str]


def render(notebook: Path) -> Page:
    """Make the page of a notebook.

    The name of the notebook tells its language. The title is the only level-1 heading;
    level-2 headings are the contents. Values and ids lead to their sentences on the
    evidence page beside it.

    Raises
    ------
    Problems
        The notebook prints, shows something without the functions of ``show``, has not
        exactly one title, or uses the name of a figure twice.
    """
    content: NotebookNode = nbformat.read(notebook, as_version=4)
    language = "zh" if notebook.stem.endswith(".zh") else "en"
    words: Mapping[str, str] = json.loads(_template("report.json"))[language]
    figures: dict[str, Drawing] = {}
    shown = "\n".join(_blocks(content, notebook.name, figures))
    headed, outline = _with_anchors(shown, RESERVED.union(figures))
    titles = [text for level, _, text in outline if level == 1]
    if len(titles) != 1:
        what = f"{len(titles)} titles (headings of level 1)."
        remedy = "begin the notebook with '# Title' and use '##' below."
        raise Problems([Problem(notebook.name, what, "exactly one.", remedy)])
    script = _template("report.js")
    digest = hashlib.sha256(script.encode()).digest()
    faces = font_faces("".join([headed, *titles, *words.values()]))
    page = {
        "title": titles[0],
        "words": words,
        "contents": [(anchor, text) for level, anchor, text in outline if level == 2],
        "body": _linked(headed),
        "css": faces + _template("report.css"),
        "script": script,
        "script_hash": base64.b64encode(digest).decode(),
    }
    layout = {"template_paths": [str(TEMPLATES)], "template_file": "report.html.j2"}
    text, _ = TemplateExporter(**layout).from_notebook_node(content, {"page": page})
    return Page(text, figures, words)


def clean_html(markup: str) -> str:
    """Keep the listed tags and attributes and all harmless text.

    Well-formed HTML, from anybody's, without ids, scripts, styles, pictures and unsafe
    links.

    Examples
    --------
    >>> clean_html('<p onclick="x()">1 < 2<script>x()</script></p>')
    '<p>1 &lt; 2</p>'
    >>> clean_html('<a href="javascript:x()">a</a> <a href="b.html">b</a>')
    '<a>a</a> <a href="b.html">b</a>'
    """
    if not markup.strip():
        return ""
    printable = BREAK_IN_CHINESE.sub("", CONTROL.sub("", markup))
    tree = lxml.html.fragment_fromstring(printable, create_parent="div")
    for cell in tree.iter("td", "th"):
        if RIGHT.search(cell.get("style", "")):
            cell.classes.add("num")
        if cell.tag == "th":
            cell.set("scope", cell.get("scope", "col"))
    for link in tree.iterfind(".//a[@href]"):
        link.set("href", re.sub(r"[\t\n\r]", "", link.get("href", "")))
    for table in list(tree.iter("table")):
        _let_scroll(table)
    inside = lxml.html.tostring(tree, encoding="unicode")
    return CLEANER.clean(inside.removeprefix("<div>").removesuffix("</div>"))


def clean_svg(drawing: str, prefix: str = "") -> str:
    """Keep one ``svg`` element with what draws: no scripts, styles or outside pictures.

    The prefix is put before every id, so that several drawings share one page.

    Examples
    --------
    >>> clean_svg('<svg xmlns="http://www.w3.org/2000/svg"><script/>'
    ...           '<path id="a" onclick="x()" d="M0 0"/></svg>', "gap-")
    '<svg xmlns="http://www.w3.org/2000/svg"><path id="gap-a" d="M0 0"/></svg>'
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(drawing.encode(), parser)
    joins = root.findtext(f".//{SVG}style") or ""
    clean = etree.fromstring(f'<svg xmlns="{SVG[1:-1]}"/>')
    _copy(root, clean, prefix)
    # matplotlib states this for every element in a style sheet, which would leak.
    for name, value in re.findall(r"(stroke-line(?:join|cap)): (\w+)", joins):
        clean.set(name, value)
    return etree.tostring(clean, encoding="unicode")


def _blocks(
    notebook: NotebookNode, name: str, figures: dict[str, Drawing]
) -> Iterator[str]:
    """Yield clean HTML for each prose cell and each display; collect the drawings."""
    problems = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            yield clean_html(_from_markdown(cell.source))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if output.output_type != "display_data" or not data.keys() & SHOWN:
                problems.append(_not_for_readers(f"{name} cell {number}", output))
            elif FIGURE in data:
                yield _figure(data, name, figures)
            else:
                prose = data.get("text/html") or _from_markdown(data["text/markdown"])
                yield clean_html(prose)
    raise_any(problems)


def _not_for_readers(where: str, output: NotebookNode) -> Problem:
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    what = f"an output that no reader can use ({output.output_type}): {text[:60]!r}."
    remedy = "call show_table, show_figure or show_text."
    return Problem(where, what, "a table, a figure or a sentence.", remedy)


def _from_markdown(text: str) -> str:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(text)


def _figure(data: dict[str, Any], name: str, figures: dict[str, Drawing]) -> str:
    """One drawing with its words; the drawing is inline and has its own ids."""
    words = {key: escape(value) for key, value in data[FIGURE].items()}
    anchor = _anchor(data[FIGURE]["name"])
    if anchor in RESERVED.union(figures):
        where = f"{name} figure {words['name']}"
        remedy = "give each figure its own name."
        raise Problems([Problem(where, "its name is used twice.", remedy=remedy)])
    text, paths = data[FIGURE]["svg"], data["image/svg+xml"]
    figures[anchor] = Drawing(clean_svg(text), clean_svg(paths), data[FIGURE]["data"])
    drawing = clean_svg(paths, f"d{len(figures)}-").replace(
        f'<svg xmlns="{SVG[1:-1]}"', f'<svg role="img" aria-label="{words["alt"]}"', 1
    )
    noted, from_ = BELOW[words["language"]]
    note = f'<span class="note">{noted}{words["note"]}</span> ' if words["note"] else ""
    return (
        f'<figure id="{escape(anchor)}">\n'
        f'<div class="scroll" tabindex="0" role="region" '
        f'aria-label="{words["caption"]}">{drawing}</div>\n'
        f'<figcaption><span class="caption">{words["caption"]}</span> {note}'
        f'<span class="source">{from_}{words["source"]}</span></figcaption></figure>'
    )


def _anchor(text: str) -> str:
    """Make an id that Jupyter's own links to headings also use."""
    return "-".join(text.split())


def _with_anchors(body: str, taken: set[str]) -> tuple[str, list[tuple[int, str, str]]]:
    """Give headings ids, and boxes their heading as name; return level, id, text."""
    outline: list[tuple[int, str, str]] = []

    def numbered(match: re.Match[str]) -> str:
        level, inside = match.groups()
        text = unescape(re.sub(r"<[^>]*>", "", inside)).strip()
        wanted = _anchor(text) or "section"
        names = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
        anchor = next(name for name in names if name not in taken)
        taken.add(anchor)
        outline.append((int(level), anchor, text))
        return f'<h{level} id="{escape(anchor)}">{inside}</h{level}>'

    headed = HEADING.sub(numbered, body)
    return BOX.sub(r'<aside aria-labelledby="\2">\1', headed), outline


def _let_scroll(table: lxml.html.HtmlElement) -> None:
    """Let a wide table scroll in its own place, by keyboard too."""
    place = E.div({"class": "scroll", "tabindex": "0"})
    for caption in table.iterchildren("caption"):
        place.attrib.update({"role": "region", "aria-label": caption.text_content()})
    place.tail, table.tail = table.tail, None
    table.getparent().replace(table, place)
    place.append(table)


def _kept(tag: str, name: str, value: str) -> str | None:
    """Classes that are listed; every other attribute as it is."""
    if name != "class":
        return value
    return " ".join(sorted(CLASSES.intersection(value.split()))) or None


def _linked(markup: str) -> str:
    """Link values, and ids that fill a cell, to the evidence page beside this one."""
    beside = EVIDENCE.rpartition("/")[2]
    return ID_CELL.sub(
        lambda cell: re.sub(ID, rf'<a href="{beside}#\g<0>">\g<0></a>', cell[0]),
        markup.replace(f'href="{EVIDENCE}', f'href="{beside}'),
    )


def _copy(source: etree._Element, target: etree._Element, prefix: str) -> None:
    """Copy the attributes and children that draw."""
    for name, value in source.attrib.items():
        kept = _drawing_attribute(str(name), str(value), prefix)
        if kept:
            target.set(*kept)
    target.text, target.tail = source.text, source.tail
    for child in source:
        tag = str(child.tag)
        if tag.removeprefix(SVG) in SVG_TAGS:
            _copy(child, etree.SubElement(target, tag), prefix)


def _drawing_attribute(name: str, value: str, prefix: str) -> tuple[str, str] | None:
    """Return the attribute with prefixed ids, or nothing when it does not draw."""
    if name in {"href", XLINK_HREF}:
        if value.startswith("#"):
            return "href", f"#{prefix}{value[1:]}"
        return ("href", value) if value.startswith("data:image/png;base64,") else None
    if name == "id":
        return name, prefix + value
    inner = REFERENCE.sub(rf"url(#{prefix}\1)", value)
    outside = "url(" in REFERENCE.sub("", inner) or "@import" in inner
    return (name, inner) if name in SVG_ATTRIBUTES and not outside else None


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=GONE_WITH_CONTENT,
    attributes=ATTRIBUTES,
    tag_attribute_values={"div": {"tabindex": {"0"}, "role": {"region"}}},
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
