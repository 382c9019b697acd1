"""Figures: each mark is a row, each panel holds only what belongs in it."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from compare import views
from compare.codebook import Codebook
from compare.figures import (
    plot_areas,
    plot_bed_ratios,
    plot_coverage,
    plot_denominators,
    plot_feasibility,
    plot_lottery_fund_shares,
    plot_shares,
    plot_squeeze,
)

FAMILIES = ["nursing", "childcare"]
SLOTS = "childcare_slots_per_1000_residents"


def coverage() -> Figure:
    return plot_coverage(views.coverage(FAMILIES))


def beds() -> Figure:
    ratios = views.bed_ratios()
    return plot_bed_ratios(ratios, views.reference_lines_of(ratios))


def slots() -> Figure:
    return plot_shares(
        views.childcare_slot_ratios(),
        views.reference_lines(SLOTS),
        label="slots per 1,000 residents  个/千人",
        limits=(0, 5.5),
    )


def nursing() -> Figure:
    return plot_shares(
        views.statements(["nursing_bed_share"]),
        views.reference_lines("nursing_bed_share"),
        label="share, %  占比",
        limits=(30, 75),
    )


def lottery() -> Figure:
    lines = views.reference_lines("lottery_fund_eldercare_share")
    return plot_lottery_fund_shares(views.lottery_fund_shares(), lines)


def denominators() -> Figure:
    return plot_denominators(views.denominators())


def squeeze() -> Figure:
    return plot_squeeze(views.squeeze())


def feasibility() -> Figure:
    return plot_feasibility(views.feasibility())


def areas() -> Figure:
    return plot_areas(views.area_series("childcare_slots"))


FIGURES = {
    "coverage": coverage,
    "beds": beds,
    "slots": slots,
    "nursing": nursing,
    "lottery": lottery,
    "denominators": denominators,
    "squeeze": squeeze,
    "feasibility": feasibility,
    "areas": areas,
}


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return {name: draw() for name, draw in FIGURES.items()}


def marks(axes: Axes) -> list[Line2D]:
    """Marks of an axes: lines that are only a marker."""
    return [line for line in axes.lines if line.get_marker() not in ("None", "")]


def at(mark: Line2D) -> tuple[float, float]:
    """Where a mark stands, to six decimals."""
    x, y = (
        np.asarray(data, dtype=float).item()
        for data in (mark.get_xdata(), mark.get_ydata())
    )
    return round(x, 6), y


def rows_named(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def places_named(axes: Axes) -> list[str]:
    """Names at the rows, without the grade that may stand beside them."""
    return [re.split(r"\n|  ", label)[0] for label in rows_named(axes)]


def texts(figure: Figure) -> list[str]:
    found = figure.findobj(Text)
    return [item.get_text() for item in found if isinstance(item, Text)]


def spots(frame: pd.DataFrame) -> int:
    """Marks that a frame asks for: statements with a value, same spot put together."""
    frame = frame[frame["value"].notna()]
    return len(frame.drop_duplicates(["doc", "value", "kind", "source"]))


def test_each_panel_of_the_beds_holds_only_its_own_places(
    figures: dict[str, Figure],
) -> None:
    left, right = figures["beds"].axes
    assert places_named(left) == ["咸宁 Xianning", "佳木斯 Jiamusi"]
    assert places_named(right) == ["景德镇 Jingdezhen", "长沙 Changsha"]
    assert left.get_title(loc="left").startswith("Reported")
    assert right.get_title(loc="left").startswith("Institution")


def test_each_panel_of_the_beds_has_a_mark_for_each_value_and_a_bar_for_a_span(
    figures: dict[str, Figure],
) -> None:
    left, right = figures["beds"].axes
    assert sorted(at(mark) for mark in marks(left)) == [
        (32.0, 1.0),
        (35.0, 1.0),
        (36.4, 0.0),
        (39.592924, 0.0),
    ]
    assert [at(mark) for mark in marks(right)] == [(15.076889, 0.0)]
    (bar,) = [patch for patch in right.patches if isinstance(patch, Rectangle)]
    assert bar.get_x() == pytest.approx(19.482417)
    assert bar.get_x() + bar.get_width() == pytest.approx(25.978244)
    assert not left.patches


def test_a_reference_line_stands_only_in_the_panel_of_its_indicator(
    figures: dict[str, Figure],
) -> None:
    def lines(axes: Axes) -> set[float]:
        found = [line for line in axes.lines if line not in marks(axes)]
        ends = [np.asarray(line.get_xdata(), dtype=float).tolist() for line in found]
        return {low for low, high in ends if low == high}

    left, right = figures["beds"].axes
    assert lines(left) == {31.1, 25.76}
    assert lines(right) == {18.69, 16.36}


@pytest.mark.parametrize("name", ["slots", "nursing"])
def test_there_is_one_mark_for_each_statement_with_a_value(
    name: str, figures: dict[str, Figure]
) -> None:
    frames = {
        "slots": views.childcare_slot_ratios(),
        "nursing": views.statements(["nursing_bed_share"]),
    }
    (axes,) = figures[name].axes
    assert len(marks(axes)) == spots(frames[name]) > 5
    assert len(rows_named(axes)) == 5
    drawn = {at(mark) for mark in marks(axes)}
    places = frames[name].dropna(subset="value")
    rows = places["position"] - 1
    assert drawn == set(zip(places["value"].round(6), rows.astype(float), strict=True))


def test_every_lottery_share_has_its_own_row_and_fund(
    figures: dict[str, Figure],
) -> None:
    frame = views.lottery_fund_shares()
    (axes,) = figures["lottery"].axes
    assert [at(mark) for mark in marks(axes)] == [
        (value, float(y)) for y, value in enumerate(frame["value"])
    ]
    for label, row in zip(rows_named(axes), frame.itertuples(), strict=True):
        assert label.startswith(str(row.place))
        assert label.endswith(f"\n{row.fund_en}  {row.fund_zh}")


@pytest.mark.parametrize("name", ["slots", "nursing", "lottery"])
def test_targets_are_rings_and_only_the_county_is_hollow_throughout(
    name: str, figures: dict[str, Figure], book: Codebook
) -> None:
    county = {place.colour for place in book.places if place.fill == "hollow"}
    assert len(county) == 1
    (axes,) = figures[name].axes
    kinds: dict[str, set[str]] = {}
    for mark in marks(axes):
        if mark.get_marker() == "x":
            continue
        face, edge = (
            to_hex(colour)
            for colour in (mark.get_markerfacecolor(), mark.get_markeredgecolor())
        )
        kinds.setdefault(edge, set()).add("hollow" if face == "#ffffff" else "filled")
        assert face in ("#ffffff", edge)
    for colour in county & kinds.keys():
        assert kinds[colour] == {"hollow"}
    known = {place.colour for place in book.places}
    assert kinds.keys() <= known and county & kinds.keys()


def test_a_baseline_of_a_city_is_filled_and_a_derived_value_a_cross(
    figures: dict[str, Figure],
) -> None:
    left, _ = figures["beds"].axes
    shapes = {at(mark)[0]: mark for mark in marks(left)}
    assert to_hex(shapes[32.0].get_markerfacecolor()) != "#ffffff"
    assert to_hex(shapes[35.0].get_markerfacecolor()) == "#ffffff"
    derived = [mark for x, mark in shapes.items() if x not in (32.0, 35.0, 36.4)]
    assert [mark.get_marker() for mark in derived] == ["x"]


def test_each_place_keeps_its_colour_and_shape_in_every_figure(
    figures: dict[str, Figure], book: Codebook
) -> None:
    shapes = {place.colour: place.marker for place in book.places}
    for name in ("beds", "slots", "nursing", "lottery"):
        for axes in figures[name].axes:
            for mark in marks(axes):
                colour = to_hex(mark.get_markeredgecolor())
                assert mark.get_marker() in (shapes[colour], "x")


def test_a_place_without_a_value_has_the_reason_in_its_row(
    figures: dict[str, Figure],
) -> None:
    assert any("out of scope  不在文件范围" in text for text in texts(figures["slots"]))


def test_years_stand_beside_the_marks(figures: dict[str, Figure]) -> None:
    shown = "\n".join(texts(figures["slots"]))
    for words in ("1.2\n2021", "0.55\n2020", "1.5 to 2.4\n2021"):
        assert words in shown
    assert "undated" in "\n".join(texts(figures["lottery"]))


def test_the_coverage_matrix_has_one_cell_for_each_state(
    figures: dict[str, Figure], book: Codebook
) -> None:
    frame = views.coverage(FAMILIES)
    (axes,) = figures["coverage"].axes
    cells = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert len(cells) == len(frame) == len(axes.texts)
    signs = sorted(text.get_text() for text in axes.texts)
    assert signs == sorted(
        book.codes["state"][state].definition for state in frame["state"]
    )
    labels = frame.drop_duplicates("indicator")
    assert len(rows_named(axes)) == len(labels)
    first = labels.iloc[0]
    assert rows_named(axes)[0] == f"{first['label_en']}  {first['label_zh']}"


def pixels(figure: Figure) -> bytes:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return bytes(canvas.buffer_rgba())  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("name", FIGURES)
def test_every_glyph_can_be_drawn_and_every_text_is_on_the_paper(
    name: str, figures: dict[str, Figure]
) -> None:
    figure = figures[name]
    pixels(figure)  # a missing glyph is a warning, and warnings are errors
    paper = figure.bbox
    ticks = [label for axes in figure.axes for label in axes.get_xticklabels()]
    for item in figure.findobj(Text):
        assert isinstance(item, Text)
        if item.get_text() and item.get_visible() and item not in ticks:
            box = item.get_window_extent()
            assert paper.x0 - 2 <= box.x0 and box.x1 <= paper.x1 + 2, item.get_text()
            assert paper.y0 - 2 <= box.y0 and box.y1 <= paper.y1 + 2, item.get_text()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_neither_depends_on_the_settings_of_the_reader_nor_changes_them(
    name: str,
) -> None:
    usual = pixels(FIGURES[name]())
    with mpl.rc_context({"font.size": 20.0, "font.family": ["monospace"]}):
        before = dict(mpl.rcParams)
        other = FIGURES[name]()
        assert dict(mpl.rcParams) == before
    assert usual == pixels(other)


def test_figures_draw_the_frame_they_are_given() -> None:
    frame = views.statements(["nursing_bed_share"])
    few = frame[frame["doc"] == "jiamusi"]
    figure = plot_shares(
        few, views.reference_lines("nursing_bed_share"), label="x", limits=(30, 75)
    )
    (axes,) = figure.axes
    assert {at(mark) for mark in marks(axes)} == {(45.0, 4.0), (55.0, 4.0)}
