"""What a notebook shows: complete, aligned, escaped, the same on every run."""

import ast
import re
from decimal import Decimal
from typing import Any

import lxml.html
import pandas as pd
import pytest
from matplotlib.figure import Figure

from compare.views.show import FIGURE, show_figure, show_table, show_text

HOSTILE = ["<script>x()</script>", '#import "x"', "*b*", "$x$", "\\", '"', "]", "=1+1"]


@pytest.fixture
def shown(capsys: Any) -> Any:
    """Outside of a notebook IPython prints the display as it is."""
    return lambda: ast.literal_eval(capsys.readouterr().out)


def table(shown: Any, columns: Any, **words: Any) -> Any:
    show_table(pd.DataFrame(columns), **{"caption": "C", "source": "plan, 3", **words})
    return shown()


def bars(caption: Any = "Beds") -> Any:
    figure = Figure(figsize=(3, 2))
    axes = figure.subplots()
    axes.bar([1, 2], [36.4, 39.6])
    axes.set_xlabel("label")
    words = dict(name="beds", caption=caption, alt="Two bars", source="plan, 3")
    show_figure(figure, data=pd.DataFrame({"beds": [36.4, 39.6]}), **words)


def test_a_table_shows_every_row_and_column(shown: Any) -> None:
    text = table(shown, {f"column {i}": range(200) for i in range(30)})["text/plain"]
    lines = text.splitlines()
    assert len(lines) == 1 + 2 + 200 + 2
    assert "column 29" in lines[1] and "…" not in text and "..." not in text


def test_chinese_and_latin_cells_line_up(shown: Any) -> None:
    columns = {"地方 Place": ["佳木斯", "Xianning"], "Beds": [1, 20]}
    lines = table(shown, columns, note="n")["text/plain"].splitlines()
    assert re.fullmatch("Digest: [0-9a-f]{16}", lines.pop())
    assert lines == [
        "C",
        "地方 Place  Beds",
        "----------  ----",
        "佳木斯         1",
        "Xianning      20",
        "Note: n",
        "Source: plan, 3",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (469200.0, "469200"),
        (36.4, "36.4"),
        (0.00001, "0.00001"),
        (1e16, "10000000000000000"),
        (7, "7"),
        (0, "0"),
        (None, ""),
        (pd.NA, ""),
        (float("nan"), ""),
        ("46.92万", "46.92万"),
        (Decimal("55.0"), "55.0"),
    ],
)
def test_values_are_shown_as_given(shown: Any, value: Any, text: Any) -> None:
    columns = {"x": pd.Series(["a"]), "y": pd.Series([value], dtype=object)}
    page = lxml.html.fromstring(table(shown, columns)["text/html"])
    assert page.findtext(".//td") == text


def test_a_table_is_semantic_html(shown: Any) -> None:
    markup = table(shown, {"Place": ["a"], "Beds": ["≥4.5"]}, note="n")["text/html"]
    page: Any = lxml.html.fromstring(markup)
    assert (page.tag, page.get("class")) == ("figure", "table")
    assert page.findtext(".//caption") == "C"
    assert [head.get("scope") for head in page.iter("th")] == ["col", "col", "row"]
    assert page.find(".//td").get("class") == "num"
    assert page.find("figcaption").text_content() == "Note: n Source: plan, 3"


def test_words_in_a_table_are_text_and_not_markup(shown: Any) -> None:
    markup = table(shown, {'<i a="': HOSTILE}, caption="<b>", note="<p>")["text/html"]
    page = lxml.html.fromstring(markup)
    assert not list(page.iter("script", "i", "b", "p"))
    assert [cell.text for cell in page.findall(".//tbody//th")] == HOSTILE


def test_a_figure_carries_its_words_and_both_drawings(shown: Any) -> None:
    bars()
    forms = shown()
    lines = forms["text/plain"].splitlines()
    assert lines[:2] == ["Figure beds: Beds", "Two bars"]
    assert re.fullmatch("Digest: [0-9a-f]{16}", lines[2])
    assert "<text" not in forms["image/svg+xml"]
    assert re.search("<text[^>]*>label</text>", forms[FIGURE].pop("svg"))
    assert forms[FIGURE] == {
        "name": "beds",
        "caption": "Beds",
        "alt": "Two bars",
        "source": "plan, 3",
        "note": "",
        "language": "en",
        "data": "beds\n36.4\n39.6\n",
    }


def test_a_figure_has_the_same_bytes_twice(shown: Any) -> None:
    bars()
    first = shown()
    bars()
    assert shown() == first
    assert "<dc:date>" not in first["image/svg+xml"]


def test_a_figure_without_a_caption_is_refused() -> None:
    with pytest.raises(ValueError, match="show_figure, caption.*\n.*\n  Do: give cap"):
        bars(caption=" ")


def test_sentences_are_shown_as_markdown(shown: Any) -> None:
    show_text("**2** plans")
    assert shown() == {"text/plain": "**2** plans", "text/markdown": "**2** plans"}
