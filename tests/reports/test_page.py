"""The page is semantic, needs nothing but itself, and lets no foreign code through."""

import re
from pathlib import Path
from typing import Any

import lxml.html
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from compare.base.problems import Problems
from compare.reports.page import TEMPLATES, clean_html, clean_svg, render
from compare.views.show import FIGURE

DEMO = Path(__file__).parents[1] / "reports" / "demo.ipynb"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
LOADERS = ["link", "img", "iframe", "object", "embed", "video", "audio", "base", "form"]


@pytest.fixture(scope="module")
def page() -> Any:
    return render(DEMO).html


@pytest.fixture(scope="module")
def tree(page: Any) -> Any:
    return lxml.html.document_fromstring(page)


def write(path: Any, *outputs: Any, prose: Any = "# Title") -> Any:
    cell = new_code_cell("", outputs=list(outputs))
    nbformat.write(new_notebook(cells=[new_markdown_cell(prose), cell]), path)
    return path


def display(**data: Any) -> Any:
    return new_output(
        "display_data", {key.replace("_", "/"): data[key] for key in data}
    )


def figure(name: Any = "gap") -> Any:
    drawing = f'{SVG}><path id="a"/></svg>'
    words = {"name": name, "caption": "C", "alt": "A", "source": "S", "note": ""}
    carried = words | {"language": "en", "svg": drawing, "data": "a\n1\n"}
    data = {FIGURE: carried, "image/svg+xml": drawing}
    return new_output("display_data", data)


def test_the_page_has_one_title_contents_and_language(tree: Any) -> None:
    assert tree.get("lang") == "en"
    (title,) = tree.iter("h1")
    assert tree.findtext(".//title") == title.text == "What the plans promise 规划比较"
    contents = [link.text for link in tree.findall(".//nav//li/a")]
    assert contents == [head.text for head in tree.iter("h2")]
    assert tree.find(".//a[@class='skip']").get("href") == "#content"


def test_ids_are_unique_and_every_inner_link_arrives(page: Any, tree: Any) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 20
    inner = re.findall(r'href="#([^"]+)"', page) + re.findall(r"url\(#([^)]+)\)", page)
    assert inner and set(inner) <= set(ids)


def test_nothing_is_loaded_from_outside(page: Any, tree: Any) -> None:
    assert not list(tree.iter(*LOADERS))
    assert not tree.xpath("//@src") and "@import" not in page
    urls = re.findall(r"url\(([^)]*)", page)
    assert all(url.startswith(("#", '"data:font/otf;')) for url in urls)
    policy = tree.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert policy.startswith("default-src 'none'")
    rest = re.sub("base64,[^)]*", "", page)
    assert not re.search("mathjax|require|mermaid", rest, re.IGNORECASE)


def test_tables_have_caption_scopes_note_and_source(tree: Any) -> None:
    tables = tree.xpath("//figure[@class='table']")
    assert len(tables) == 4
    for table in tables:
        caption = table.findtext(".//caption")
        region = table.find("div")
        assert region.get("aria-label") == caption and region.get("tabindex") == "0"
        assert table.find(".//span[@class='source']").text.startswith("Source: ")
    assert all(head.get("scope") in {"col", "row"} for head in tree.iter("th"))
    assert tables[0].find(".//span[@class='note']").text == "Note: 60+ residents"


def test_figures_have_alternative_text_and_words(tree: Any) -> None:
    shown = {figure.get("id"): figure for figure in tree.xpath("//figure[@id]")}
    assert list(shown) == ["beds", "path"] == list(render(DEMO).figures)
    region = shown["path"].find("div")
    assert region.get("role") == "region" and region.get("tabindex") == "0"
    assert region.get("aria-label") == "The path to 2025 <b>"
    drawing = shown["path"].find(".//svg")
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label") == 'A line that "rises" & ends at 36.4'
    assert shown["path"].findtext(".//span[@class='caption']") == "The path to 2025 <b>"
    assert (
        shown["beds"].findtext(".//span[@class='note']")
        == "Note: Stated, not computed."
    )


def test_figures_for_print_keep_their_text() -> None:
    assert "每千名老年人床位 Beds per 1,000 elderly" in render(DEMO).figures["beds"].svg


def test_code_is_hidden_and_text_is_not_stretched(page: Any) -> None:
    assert "show_table" not in page and "import pandas" not in page
    assert "床位数，到2025年" in page, "a line break between Chinese characters shows"


def test_hostile_cells_are_shown_as_text(tree: Any) -> None:
    table = tree.xpath("//figure[@class='table'][contains(., 'Hostile')]")[0]
    cells = [cell.text for cell in table.findall(".//tbody//th")]
    assert cells[:3] == ["<script>alert(1)</script>", '#import "x"', "*bold* _x_"]
    assert len(list(tree.iter("script"))) == 1


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ("<script>x()</script>a", "a"),
        ("<scr<script>ipt>x()</script>", "ipt&gt;x()"),
        (
            '<b onclick="x()" style="a" id="i" class="num x">b</b>',
            '<b class="num">b</b>',
        ),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        ('<a href=" java\nscript:x()">a</a>', "<a>a</a>"),
        ('<a href="JaVaScRiPt&colon;x()">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<a href="b.html#c?d=e:f">a</a>', '<a href="b.html#c?d=e:f">a</a>'),
        ('<img src="https://example.org/x" onerror="x()">', ""),
        ("<iframe src=x></iframe><object></object>a", "a"),
        ("<svg><style><img onerror=x()></style></svg>a", "a"),
        ("<form><input><button>a</button></form>", "a"),
        ("<!-- c --><p>a", "<p>a</p>"),
        ("<style>*{}</style><link href=x><meta x>a", "a"),
        ('<ol start="3"><li>a</ol>', '<ol start="3"><li>a</li></ol>'),
        ("养老\n床位 and\nbeds", "养老床位 and\nbeds"),
        ("1 < 2 & 3 \x00\x0c\x1b", "1 &lt; 2 &amp; 3 "),
        ("", ""),
        ("<th style='text-align: right; color: red'>1</th>", "1"),
        (
            '<table><tr><th style="text-align:right" scope="x&quot;y">1</table>',
            '<div class="scroll" tabindex="0"><table><tbody><tr>'
            '<th scope="x&quot;y" class="num">1</th></tr></tbody></table></div>',
        ),
        ('<a href="<h2>x</h2>">a</a>', '<a href="&lt;h2&gt;x&lt;/h2&gt;">a</a>'),
        ('<b lang="<h2>x</h2>">b</b>', '<b lang="&lt;h2&gt;x&lt;/h2&gt;">b</b>'),
        ('<a href="java&Tab;script:x()">a</a>', "<a>a</a>"),
        ('<a href="\x01javascript:x()">a</a>', "<a>a</a>"),
        ('<a href="vbscript:x()" target="_blank" ping="//e.org">a</a>', "<a>a</a>"),
        ("<noscript><p title='</noscript><img src=x onerror=x()>'>", ""),
        ("<math><mtext><table><mglyph><style><!--</style><img onerror=x()>", ""),
        ("<svg></p><style><a id='</style><img src=1 onerror=x()>'>a", ""),
        ("<textarea></textarea><img src=x onerror=x()></textarea>a", "a"),
        ("<title><p title='</title><script>x()</script>'></title>a", "'&gt;a"),
        (
            "<div class='scroll x' tabindex='9' role='alert'>a</div>",
            '<div class="scroll">a</div>',
        ),
        ("<p is=x data-a=b aria-label=c itemscope hidden>a</p>", "<p>a</p>"),
        ("<?php x() ?><![CDATA[<script>x()</script>]]>a", "x()]]&gt;a"),
    ],
)
def test_only_listed_tags_and_attributes_get_through(markup: Any, clean: Any) -> None:
    assert clean_html(markup) == clean


@pytest.mark.parametrize(
    ("inside", "clean"),
    [
        ("<script>x()</script>", ""),
        ("<foreignObject><p/></foreignObject>", ""),
        ('<a xlink:href="javascript:x()"><path/></a>', ""),
        ('<path onload="x()" d="M0 0"/>', '<path d="M0 0"/>'),
        ('<use xlink:href="#a"/>', '<use href="#p-a"/>'),
        ('<use xlink:href="x.svg#a"/>', "<use/>"),
        ('<image href="https://example.org/x.png"/>', "<image/>"),
        ('<path style="fill: url(https://example.org)"/>', "<path/>"),
        (
            '<path clip-path="url(#c)" id="d"/>',
            '<path clip-path="url(#p-c)" id="p-d"/>',
        ),
    ],
)
def test_drawings_keep_only_what_draws(inside: Any, clean: Any) -> None:
    empty = '<svg xmlns="http://www.w3.org/2000/svg">'
    drawing = clean_svg(f"{SVG}><g>{inside}</g></svg>", "p-")
    assert drawing == f"{empty}<g>{clean}</g></svg>".replace("<g></g>", "<g/>")


@pytest.mark.parametrize(
    "output",
    [
        new_output("stream", text="printed"),
        new_output("stream", name="stderr", text="warned"),
        new_output("error", ename="E", evalue="e", traceback=[]),
        new_output("execute_result", {"text/plain": "1", "text/html": "<p>1</p>"}),
        display(text_plain="1"),
        new_output("display_data", {"image/svg+xml": f"{SVG}/>"}),
        new_output("display_data", {"image/png": "AAAA"}),
    ],
)
def test_an_output_that_no_reader_can_use_is_a_problem(
    tmp_path: Any, output: Any
) -> None:
    path = write(tmp_path / "n.ipynb", output)
    with pytest.raises(Problems, match="n.ipynb cell 2: .*no reader") as caught:
        render(path)
    assert "Do: call show_table" in str(caught.value)


@pytest.mark.parametrize("prose", ["no title", "# one\n\n# two"])
def test_a_page_has_exactly_one_title(tmp_path: Any, prose: Any) -> None:
    with pytest.raises(Problems, match="exactly one"):
        render(write(tmp_path / "n.ipynb", prose=prose))


def test_a_figures_name_is_used_once(tmp_path: Any) -> None:
    with pytest.raises(Problems, match="figure gap: its name is used twice"):
        render(write(tmp_path / "n.ipynb", figure(), figure()))


def test_a_figure_may_have_any_name(tmp_path: Any) -> None:
    name = "托位 a'\")&<1"
    path = write(tmp_path / "n.ipynb", figure(name), figure("托位 b"))
    made = render(path)
    anchor, _ = made.figures
    tree: Any = lxml.html.document_fromstring(made.html)
    assert tree.find(".//figure").get("id") == anchor == name.replace(" ", "-")
    assert len(set(tree.xpath("//svg//@id"))) == 2


def test_equal_headings_get_different_ids(tmp_path: Any) -> None:
    prose = "# A\n\n## B c\n\n## B c\n\n## gap"
    text = render(write(tmp_path / "n.ipynb", figure(), prose=prose)).html
    assert re.findall(r'<h2 id="([^"]*)', text) == ["B-c", "B-c-2", "gap-2"]
    assert text.count('id="gap"') == 1


def test_a_box_is_named_by_its_heading(tmp_path: Any) -> None:
    prose = "# A\n\n<aside>\n\n## B c\n\n1. d\n\n</aside>\n\n<aside>e</aside>"
    text = render(write(tmp_path / "n.ipynb", prose=prose)).html
    assert re.search(r'<aside aria-labelledby="B-c">\s*<h2 id="B-c">B c</h2>', text)
    assert "<aside>e</aside>" in text


def test_a_chinese_page_says_so(tmp_path: Any) -> None:
    text = render(write(tmp_path / "n.zh.ipynb")).html
    assert '<html lang="zh-CN">' in text and "跳到正文" in text
    assert 'data-filter="筛选行"' in text and "Filter rows" not in text


def test_notes_and_sources_begin_in_their_language(tmp_path: Any) -> None:
    shown = figure()
    shown.data[FIGURE] |= {"language": "zh", "note": "N"}
    text = render(write(tmp_path / "n.zh.ipynb", shown)).html
    assert '<span class="source">资料来源：S</span>' in text
    assert '<span class="note">注：N</span>' in text


def test_values_and_ids_lead_to_the_evidence_beside_the_page(tmp_path: Any) -> None:
    rows = "".join(
        f"<tr><td>{cell}</td></tr>"
        for cell in ("jiamusi:814; xianning:487", "see jiamusi:814")
    )
    value = '<a href="../reports/evidence.html#jiamusi:814&amp;lang=en">32</a>'
    shown = display(text_html=f"<p>{value}</p><table>{rows}</table>")
    tree: Any = lxml.html.document_fromstring(
        render(write(tmp_path / "n.ipynb", shown)).html
    )
    assert tree.xpath("//main//a/@href") == [
        "evidence.html#jiamusi:814&lang=en",
        "evidence.html#jiamusi:814",
        "evidence.html#xianning:487",
    ]


def test_the_same_bytes_twice(page: Any) -> None:
    assert page == render(DEMO).html


def test_the_script_is_small() -> None:
    script = TEMPLATES / "report.js"
    assert len(script.read_bytes()) < 3000
