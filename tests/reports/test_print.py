"""The PDF says the same as the page, for every reader, and nothing is cut."""

import io
import re
import time
from html import escape
from pathlib import Path
from typing import Any

import lxml.html
import numpy as np
import pikepdf
import pypdfium2
import pytest
from lxml import etree
from PIL import Image

from compare.base.problems import Problems
from compare.reports.page import Page, clean_html
from compare.reports.page import render as page_of
from compare.reports.print import cover, page_data, picture, render

DEMO = Path(__file__).parents[1] / "reports" / "demo.ipynb"
DAY = "2026-01-31"


@pytest.fixture(scope="module")
def made() -> Any:
    return render(page_of(DEMO), date=DAY)


@pytest.fixture(scope="module")
def pdf(made: Any) -> Any:
    return pikepdf.open(io.BytesIO(made))


@pytest.fixture(scope="module")
def pages(made: Any) -> Any:
    return list(pypdfium2.PdfDocument(made))


def page(body: Any) -> Any:
    head = "<html lang='en'><head><title>Tést</title></head>"
    return Page(f"{head}<body><main>{body}</main></body></html>", {}, {})


def typeset(body: Any) -> Any:
    return list(pypdfium2.PdfDocument(render(page(body), date=DAY)))


def text_of(pages: Any) -> Any:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def places(pages: Any, wanted: Any) -> Any:
    """Where a text stands: page number and distance from the top."""
    found = []
    for number, page in enumerate(pages):
        text = page.get_textpage()
        search = text.search(wanted)
        while hit := search.get_next():
            found.append((number, page.get_height() - text.get_charbox(hit[0])[3]))
    return found


def boxes(page: Any) -> Any:
    """Boxes of all visible characters: left, bottom, right, top."""
    text = page.get_textpage()
    chars = text.get_text_range()
    found = [text.get_charbox(i) for i in range(text.count_chars())]
    assert chars
    return np.array([box for box in found if box[2] - box[0] > 0.1])


def overlaps(page: Any) -> Any:
    """Pairs of characters of which one covers a third of the other."""
    left, bottom, right, top = boxes(page).T
    wide = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    high = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom)
    area = (right - left) * (top - bottom)
    shared = wide.clip(0) * high.clip(0) / np.minimum.outer(area, area)
    ligature = (wide == right - left) & (wide.T == wide)
    return int(((shared > 1 / 3) & ~ligature).sum())


def outside(page: Any, margin: Any = 50) -> Any:
    """Count characters that stand in the side margins."""
    left, _, right, _ = boxes(page).T
    return int((left < margin).sum() + (right > page.get_width() - margin).sum())


def tags(node: Any, kind: Any) -> Any:
    """All elements of one kind in the structure tree."""
    children = node.get("/K", [])
    if not isinstance(children, pikepdf.Array):
        children = [children]
    found = []
    for child in children:
        if isinstance(child, pikepdf.Dictionary):
            found += [child] if child.get("/S") == kind else []
            found += tags(child, kind)
    return found


def fonts(pdf: Any) -> Any:
    """Descriptors of all fonts, also those inside drawings."""
    kinds = (thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary))
    return [thing for thing in kinds if thing.get("/Type") == "/FontDescriptor"]


def test_it_is_tagged_and_names_itself(pdf: Any) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.docinfo["/Title"]) == "What the plans promise 规划比较"
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["xmp:CreateDate"].startswith(DAY)


def test_all_fonts_are_noto_and_embedded(pdf: Any) -> None:
    found = fonts(pdf)
    assert {str(font.FontName)[8:] for font in found} == {
        "NotoSerifSC-Regular",
        "NotoSansSC-Regular",
    }
    assert all("/FontFile3" in font or "/FontFile2" in font for font in found)


def test_bookmarks_are_the_headings(pdf: Any) -> None:
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles == ["Two places", "Every row", "Checksums"]


def test_figures_and_tables_are_tagged_with_their_words(pdf: Any) -> None:
    root = pdf.Root.StructTreeRoot
    alternatives = [str(tag.Alt) for tag in tags(root, "/Figure")]
    assert alternatives == [
        "Two bars: Jiamusi 36.4, Xianning 39.6",
        'A line that "rises" & ends at 36.4',
    ]
    assert len(tags(root, "/Table")) == 5
    assert len(tags(root, "/Caption")) == 6
    assert tags(root, "/TH") and tags(root, "/Title") and tags(root, "/BlockQuote")


@pytest.mark.parametrize(
    "wanted",
    [
        "2025年",
        "養老",
        "每千名老年人床位 Beds per 1,000 elderly",
        "床位数，到2025年达到36.4张",
        "Note: Stated, not computed.",
        "Source: Plan, section 3",
        "The path to 2025 <b>",
        "What the plans promise",
        "1 / 5",
        DAY,
    ],
)
def test_a_search_finds(pages: Any, wanted: Any) -> None:
    assert places(pages, wanted)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '#import "x"',
        "*bold* _x_",
        "$x$",
        "=1+1",
        "[#panic()]",
        "Hostile <b>text</b> #panic() ]",
        'Source: "] #x',
        "\\",
    ],
)
def test_hostile_text_is_printed_and_never_run(pages: Any, text: Any) -> None:
    assert text in text_of(pages)


def test_the_header_of_a_long_table_is_on_each_of_its_pages(pages: Any) -> None:
    rows = {places(pages, f"row{row:02}")[0][0] for row in range(1, 61)}
    assert len(rows) > 1
    assert [number for number, _ in places(pages, "Wording 原文")] == sorted(rows)


def test_rows_of_a_long_table_do_not_overprint(pages: Any) -> None:
    found = [places(pages, f"row{row:02}") for row in range(1, 61)]
    assert all(len(hits) == 1 for hits in found)
    for ((page, height),), ((next_page, next_height),) in zip(
        found[:-1], found[1:], strict=True
    ):
        assert next_page > page or next_height - height > 9


def test_nothing_is_cut_and_nothing_overlaps(pages: Any) -> None:
    assert [overlaps(page) for page in pages] == [0] * len(pages)
    assert [outside(page) for page in pages] == [0] * len(pages)


@pytest.mark.parametrize(
    ("columns", "cell", "lies"),
    [
        (3, "word " * 40, False),
        (6, "每千名老年人拥有养老床位数（张）", False),
        (11, "per_1000_residents", True),
        (16, "1,234,567.8", True),
        (24, "Qualification MMMM", True),
        (1, "0123456789abcdef" * 4, False),
        (2, "0123456789abcdef" * 4, True),
        (2, "https://example.org/" + "long-path/" * 20, False),
    ],
)
def test_wide_tables_stay_readable(columns: Any, cell: Any, lies: Any) -> None:
    row = "".join(f"<td>{cell}</td>" for _ in range(columns))
    pages = typeset(
        f"<table><thead><tr>{row}</tr></thead>{f'<tr>{row}</tr>' * 3}</table>"
    )
    assert any(page.get_width() > page.get_height() for page in pages) == lies
    assert not any(overlaps(page) or outside(page) for page in pages)
    squeezed = re.sub("\r\n|\u200b| ", "", text_of(pages).replace("\x02", "-"))
    assert squeezed.count(cell.replace(" ", "")) >= 4


def test_links_are_kept_and_lead_somewhere(pdf: Any) -> None:
    actions = [
        note.A for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note
    ]
    addresses = {str(action.URI) for action in actions if "/URI" in action}
    assert "https://example.org/a?b=1&c=2" in addresses
    assert not any("javascript" in address for address in addresses)
    assert tags(pdf.Root.StructTreeRoot, "/Link")


def test_a_link_within_the_report_arrives() -> None:
    body = '<h2 id="养老">养老</h2><p><a href="#%E5%85%BB%E8%80%81">there</a></p>'
    made = pikepdf.open(io.BytesIO(render(page(body), date=DAY)))
    (note,) = made.pages[0].Annots
    assert "/Dest" in note or note.A.S == "/GoTo"


def test_a_link_to_nothing_is_plain_text() -> None:
    assert "to nothing" in text_of(typeset('<p><a href="#gone">to nothing</a></p>'))


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<ul><li>one<ul><li>two</li></ul></li></ul>", ["• one", "– two"]),
        ('<ol start="3"><li>a</li><li><p>b</p></li></ol>', ["3. a", "4. b"]),
        ("<pre>a  b\n c</pre>", ["a b", " c"]),
        ("<p> a <em> b</em>\n c<br> d </p>", ["a b c", "d"]),
        ("<dl><dt>term</dt><dd>meaning</dd></dl>", ["term", "meaning"]),
        ("<hr><section><p>a</p></section><div>b</div>", ["a", "b"]),
        ("<table><tr><td>only</td></tr></table>", ["only"]),
        ("<table><thead><tr><th>head</th></tr></thead></table>", ["head"]),
        ("<table></table>", []),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", ["c"]),
    ],
)
def test_markup_is_typeset(markup: Any, shown: Any) -> None:
    text = text_of(typeset(clean_html(markup)))
    assert all(words in text for words in shown)


def test_text_reaches_typst_only_as_data() -> None:
    hostile = '"); #panic("x \\" \\n <b>'
    body = f"<p>{escape(hostile)}</p><p><code>{escape(hostile)}</code></p>"
    main = etree.fromstring(page_data(page(body), date=DAY))
    assert [block.xpath("string()") for block in main] == [hostile, hostile]
    assert hostile in text_of(typeset(body))


def test_a_character_without_a_glyph_is_a_problem() -> None:
    with pytest.raises(Problems, match="Tést: it cannot be typeset: .*🐉"):
        typeset("<p>🐉</p>")


def test_a_figure_without_a_drawing_is_a_problem() -> None:
    with pytest.raises(Problems, match="figure beds: it has no drawing"):
        render(Page(page_of(DEMO).html, {}, {}), date=DAY)


def test_the_same_bytes_twice(made: Any) -> None:
    assert made == render(page_of(DEMO), date=DAY)


def test_the_pdf_says_what_the_page_says(pages: Any) -> None:
    main: Any = next(lxml.html.document_fromstring(page_of(DEMO).html).iter("main"))
    for drawing in main.findall(".//svg"):
        drawing.drop_tree()
    printed = "".join(text_of(pages).replace("\u200b", "").split())
    words = [word for word in main.text_content().split() if len(word) < 40]
    assert [word for word in words if word not in printed] == []


def test_a_figure_for_print_keeps_its_labels_and_its_bytes() -> None:
    drawing = page_of(DEMO).figures["beds"].svg
    made = picture(drawing, "pdf", DAY)
    assert picture(drawing, "pdf", DAY) == made
    pages = list(pypdfium2.PdfDocument(made))
    assert len(pages) == 1 and places(pages, "每千名老年人床位 Beds per 1,000 elderly")
    time.sleep(1.1)
    assert picture(drawing, "pdf", DAY) == made


def test_a_cover_is_the_first_page(made: Any, pages: Any) -> None:
    shown = Image.open(io.BytesIO(cover(made)))
    assert shown.width / shown.height == pytest.approx(210 / 297, rel=0.01)
    drawn, other = (page.render(scale=96 / 72).to_pil() for page in pages[:2])
    grey = [np.asarray(one.convert("L")).astype(int) for one in (shown, drawn, other)]
    assert np.abs(grey[0] - grey[1]).mean() < 1 < np.abs(grey[0] - grey[2]).mean()


def test_a_cover_has_the_same_bytes_twice(made: Any) -> None:
    assert cover(made) == cover(made)
