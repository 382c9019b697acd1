"""One executed notebook → one semantic page that needs nothing but itself.

In: a notebook as ``export.notebooks`` wrote it. Out: HTML with the prose, tables and
figures and no code. What notebooks and documents bring along is untrusted: only listed
tags and attributes get through, and the page forbids itself every request.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any

import lxml.html
import nbformat
from lxml import etree
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from compare.base.problems import Problem, Problems, raise_any
from compare.readings.readings import ID
from compare.reports.fonts import font_faces
from compare.views.show import BELOW, EVIDENCE, FIGURE

TAGGED = {"en": "en", "zh": "zh-CN"}
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
CLASSES = {"table", "num", "long", "note", "source"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}
SCHEME = re.compile(r"\s*([^/?#:]*):")
SAFE_SCHEMES = {"http", "https", "mailto"}
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
WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
ID_CELL = re.compile(rf"<td>(?:{ID}(?:[;\s]|<br>)*)+</td>")
BREAK_IN_CHINESE = re.compile(f"(?<=[{WIDE}])\n(?=[{WIDE}])")
WORDS = {
    "en": {
        "skip": "Skip to the content",
        "contents": "Contents",
        "home": "All reports",
        "filter": "Filter rows",
        "count": "{n} of {all} rows",
    },
    "zh": {
        "skip": "跳到正文",
        "contents": "目录",
        "home": "全部报告",
        "filter": "筛选行",
        "count": "共 {all} 行，显示 {n} 行",
    },
}
HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
BOX = re.compile(r'<aside>(\s*<h[1-6] id="([^"]*)")')


def render(notebook: Path, *, home: str = "") -> str:
    """Make the page of a notebook.

    The title is the only level-1 heading; level-2 headings are the contents.

    Parameters
    ----------
    notebook
        An executed notebook; its name tells its language.
    home
        Link to the page that lists all reports; none when empty.

    Raises
    ------
    Problems
        The notebook prints, shows something without the functions of ``display``, has
        not exactly one title, or uses the name of a figure twice.
    """
    content = _read(notebook)
    language = language_of(notebook)
    words = WORDS[language]
    taken: set[str] = {"content", "contents"}
    shown = "\n".join(_blocks(content, notebook.name, taken))
    headed, outline = _with_anchors(shown, taken)
    titles = [text for level, _, text in outline if level == 1]
    if len(titles) != 1:
        what = f"{len(titles)} titles (headings of level 1)."
        remedy = "begin the notebook with '# Title' and use '##' below."
        raise Problems([Problem(notebook.name, what, "exactly one.", remedy)])
    script = _template("report.js")
    page = {
        "title": titles[0],
        "language": TAGGED[language],
        "words": words,
        "home": home,
        "contents": [(anchor, text) for level, anchor, text in outline if level == 2],
        "body": headed,
        "css": font_faces("".join([headed, *titles, *words.values()]))
        + _template("report.css"),
        "script": script,
        "script_hash": base64.b64encode(
            hashlib.sha256(script.encode()).digest()
        ).decode(),
    }
    exporter = TemplateExporter(
        template_paths=[str(TEMPLATES)], template_file="report.html.j2"
    )
    text, _ = exporter.from_notebook_node(content, {"page": page})
    return text


def figures(notebook: Path, *, paths: bool = False) -> dict[str, str]:
    """Give the figures of a notebook as SVG.

    Parameters
    ----------
    notebook
        An executed notebook.
    paths
        Draw text as paths, for readers without the font; else text stays text, for
        ``export.pdf``.

    Returns
    -------
    dict
        Anchor of each figure → its drawing.
    """
    found = {}
    for _, data in _displays(_read(notebook), notebook.name):
        if FIGURE in data:
            drawing = data["image/svg+xml"] if paths else data[FIGURE]["svg"]
            found[_anchor(data[FIGURE]["name"])] = clean_svg(drawing)
    return found


def figure_data(notebook: Path) -> dict[str, str]:
    """Give the values behind the figures of a notebook: anchor of each → CSV."""
    return {
        _anchor(data[FIGURE]["name"]): data[FIGURE]["data"]
        for _, data in _displays(_read(notebook), notebook.name)
        if FIGURE in data
    }


def language_of(notebook: Path) -> str:
    """Language of a notebook, by its name.

    Examples
    --------
    >>> language_of(Path("briefing.zh.ipynb")), language_of(Path("01_beds.ipynb"))
    ('zh', 'en')
    """
    return "zh" if notebook.stem.endswith(".zh") else "en"


def link_evidence(page: str) -> str:
    """Make the links of a page lead to the evidence page beside it.

    Links of values point to where notebooks find that page; ids that fill a table cell
    are linked to their sentences.

    Parameters
    ----------
    page
        A page made by ``render``.

    Examples
    --------
    >>> link_evidence("<td>jiamusi:814</td>")
    '<td><a href="evidence.html#jiamusi:814">jiamusi:814</a></td>'
    >>> link_evidence('<a href="../reports/evidence.html#jiamusi:814">32</a>')
    '<a href="evidence.html#jiamusi:814">32</a>'
    """
    beside = EVIDENCE.rpartition("/")[2]

    def linked(cell: re.Match[str]) -> str:
        return re.sub(ID, rf'<a href="{beside}#\g<0>">\g<0></a>', cell[0])

    return ID_CELL.sub(linked, page.replace(f'href="{EVIDENCE}', f'href="{beside}'))


def clean_html(markup: str) -> str:
    """Keep the listed tags and attributes and all harmless text.

    Parameters
    ----------
    markup
        HTML from anybody.

    Returns
    -------
    str
        Well-formed HTML without ids, scripts, styles, pictures and unsafe links.

    Examples
    --------
    >>> clean_html('<p onclick="x()">1 < 2<script>x()</script></p>')
    '<p>1 &lt; 2</p>'
    >>> clean_html('<a href="javascript:x()">a</a> <a href="b.html">b</a>')
    '<a>a</a> <a href="b.html">b</a>'
    """
    if not markup.strip():
        return ""
    printable = re.sub(r"[^\t\n\r\x20-\U0010ffff]|\x7f", "", markup)
    tree = lxml.html.fragment_fromstring(printable, create_parent="div")
    return _inside(tree)


def clean_svg(drawing: str, prefix: str = "") -> str:
    """Keep what draws: no scripts, styles, links or outside pictures.

    Parameters
    ----------
    drawing
        An SVG file.
    prefix
        Put before every id, so that several drawings share one page.

    Returns
    -------
    str
        One ``svg`` element.

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


def _read(notebook: Path) -> NotebookNode:
    content: NotebookNode = nbformat.read(notebook, as_version=4)
    return content


def _displays(
    notebook: NotebookNode, name: str
) -> Iterator[tuple[NotebookNode, dict[str, Any]]]:
    """Yield each cell with each of its displays; a Markdown cell is one display."""
    problems = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            yield cell, {"text/markdown": cell.source}
            continue
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            known = data.keys() & {FIGURE, "text/html", "text/markdown"}
            if output.output_type == "display_data" and known:
                yield cell, data
            else:
                problems.append(_not_for_readers(f"{name} cell {number}", output))
    raise_any(problems)


def _not_for_readers(where: str, output: NotebookNode) -> Problem:
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    return Problem(
        where,
        f"an output that no reader can use ({output.output_type}): {text[:60]!r}.",
        "a table, a figure or a sentence.",
        "call show_table, show_figure or show_text.",
    )


def _blocks(notebook: NotebookNode, name: str, taken: set[str]) -> Iterator[str]:
    """Yield clean HTML for each display."""
    for _, data in _displays(notebook, name):
        if FIGURE in data:
            yield _figure(data, name, taken)
        elif "text/html" in data:
            yield clean_html(data["text/html"])
        else:
            yield clean_html(_from_markdown(data["text/markdown"]))


def _from_markdown(text: str) -> str:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(text)


def _figure(data: dict[str, Any], name: str, taken: set[str]) -> str:
    """One drawing with its words; the drawing is inline and has its own ids."""
    words = {key: escape(value) for key, value in data[FIGURE].items()}
    anchor = _anchor(data[FIGURE]["name"])
    if anchor in taken:
        where = f"{name} figure {words['name']}"
        remedy = "give each figure its own name."
        raise Problems([Problem(where, "its name is used twice.", remedy=remedy)])
    taken.add(anchor)
    drawing = clean_svg(data["image/svg+xml"], f"d{len(taken)}-")
    drawing = drawing.replace(
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
        anchor = wanted = _anchor(text) or "section"
        count = 1
        while anchor in taken:
            count += 1
            anchor = f"{wanted}-{count}"
        taken.add(anchor)
        outline.append((int(level), anchor, text))
        return f'<h{level} id="{escape(anchor)}">{inside}</h{level}>'

    headed = HEADING.sub(numbered, body)
    return BOX.sub(r'<aside aria-labelledby="\2">\1', headed), outline


def _inside(element: lxml.html.HtmlElement) -> str:
    """Clean content of an element."""
    parts = [_text(element.text)]
    for child in element:
        parts += [_clean(child), _text(child.tail)]
    return "".join(parts)


def _text(text: str | None) -> str:
    return escape(BREAK_IN_CHINESE.sub("", text or ""), quote=False)


def _clean(element: lxml.html.HtmlElement) -> str:
    """Clean markup of one element: kept, opened up, or gone with its content."""
    tag = element.tag
    if not isinstance(tag, str) or tag in GONE_WITH_CONTENT:
        return ""
    inside = _inside(element)
    if tag not in TAGS:
        return inside
    attributes = "".join(
        f' {name}="{escape(value)}"' for name, value in _attributes(element)
    )
    if tag in {"br", "hr"}:
        return f"<{tag}>"
    markup = f"<{tag}{attributes}>{inside}</{tag}>"
    return _scrolling(element, markup) if tag == "table" else markup


def _attributes(element: lxml.html.HtmlElement) -> Iterable[tuple[str, str]]:
    """Yield the attributes that stay, and the scope that every header cell needs."""
    tag = str(element.tag)
    for name in sorted(ATTRIBUTES.get(tag, set()).intersection(element.keys())):
        value = element.get(name, "")
        if name != "href" or _is_safe(value):
            yield name, value
    classes = CLASSES.intersection(element.get("class", "").split())
    if "text-align:right" in element.get("style", "").replace(" ", ""):
        classes.add("num")
    if classes:
        yield "class", " ".join(sorted(classes))
    if "lang" in element.keys():
        yield "lang", element.get("lang", "")
    if tag == "th" and "scope" not in element.keys():
        yield "scope", "col"


def _is_safe(link: str) -> bool:
    scheme = SCHEME.match(re.sub(r"[\x00-\x20\x7f]", "", link))
    return scheme is None or scheme[1].lower() in SAFE_SCHEMES


def _scrolling(table: lxml.html.HtmlElement, markup: str) -> str:
    """Let a wide table scroll in its own place, by keyboard too."""
    caption = table.find("caption")
    label = escape(caption.text_content()) if caption is not None else ""
    region = f' role="region" aria-label="{label}"' if label else ""
    return f'<div class="scroll" tabindex="0"{region}>{markup}</div>'


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
