"""Figures: each mark is a row, each panel holds only what belongs in it."""

import re
from collections.abc import Callable

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

from compare.base.problems import Problems
from compare.codebook.book import Codebook
from compare.topics import progress as implications
from compare.views import digest
from compare.views import tables as views
from compare.views.charts import (
    plot_areas,
    plot_bed_ratios,
    plot_coverage,
    plot_denominators,
    plot_feasibility,
    plot_findings,
    plot_lottery_fund_shares,
    plot_pace,
    plot_shares,
    plot_squeeze,
)
from compare.views.markers import CAUTION

FAMILIES = ["nursing", "childcare"]
MARK = 8
SLOTS = "childcare_slots_per_1000_residents"
RANGE = "////"


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
    return plot_denominators(implications.denominators())


def squeeze() -> Figure:
    return plot_squeeze(implications.squeeze())


def feasibility() -> Figure:
    return plot_feasibility(implications.feasibility())


def areas() -> Figure:
    return plot_areas(views.area_series("childcare_slots"))


def findings() -> Figure:
    return plot_findings(views.findings_by_rule())


def pace() -> Figure:
    codes = ["nursing_bed_share", SLOTS]
    return plot_pace(implications.progress(), codes, implications.national_pace(codes))


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
    "findings": findings,
    "pace": pace,
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
    """Names at the rows, without the letters that may stand beside them."""
    return [re.split(r"\n| \(", label)[0] for label in rows_named(axes)]


def hatched(axes: Axes, hatch: str) -> list[Rectangle]:
    """Rectangles of an axes with a hatch: ranges, or rows to take with care."""
    found = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [patch for patch in found if patch.get_hatch() == hatch]


def span(bar: Rectangle) -> tuple[float, float]:
    """Ends of a bar along the axis."""
    return bar.get_x(), bar.get_x() + bar.get_width()


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
    (bar,) = hatched(right, RANGE)
    assert span(bar) == pytest.approx((19.482417, 25.978244))
    assert not hatched(left, RANGE)


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
    for words in ("1.2\n2021", "0.55\n2020", "1.46 to 2.44\n2021"):
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


def unseen(figure: Figure) -> list[Text]:
    """Labels of ticks that are not drawn: beyond the ends of an axis, or of none."""
    return [
        tick.label1
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not axes.axison
        or not tick.label1.get_visible()
        or not min(axis.get_view_interval())
        <= tick.get_loc()
        <= max(axis.get_view_interval())
    ]


@pytest.mark.parametrize("name", FIGURES)
def test_every_glyph_can_be_drawn_and_every_text_is_on_the_paper(
    name: str, figures: dict[str, Figure]
) -> None:
    figure = figures[name]
    pixels(figure)  # a missing glyph is a warning, and warnings are errors
    paper = figure.bbox
    hidden = unseen(figure)
    for item in figure.findobj(Text):
        assert isinstance(item, Text)
        if item.get_text() and item.get_visible() and item not in hidden:
            box = item.get_window_extent()
            assert paper.x0 - 2 <= box.x0 and box.x1 <= paper.x1 + 2, item.get_text()
            assert paper.y0 - 2 <= box.y0 and box.y1 <= paper.y1 + 2, item.get_text()


@pytest.mark.parametrize("name", FIGURES)
def test_no_words_cover_others(name: str, figures: dict[str, Figure]) -> None:
    figure = figures[name]
    pixels(figure)
    hidden = unseen(figure)
    boxes = [
        (item.get_text(), Text.get_window_extent(item))
        for item in figure.findobj(Text)
        if isinstance(item, Text)
        and item.get_text().strip()
        and item.get_visible()
        and item not in hidden
    ]
    assert len(boxes) > 10
    for rank, (words, box) in enumerate(boxes):
        for others, other in boxes[rank + 1 :]:
            wide = min(box.x1, other.x1) - max(box.x0, other.x0)
            high = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert wide < 2 or high < 3, f"{words!r} and {others!r}"


@pytest.mark.parametrize("name", FIGURES)
def test_no_words_cover_a_mark(name: str, figures: dict[str, Figure]) -> None:
    figure = figures[name]
    pixels(figure)
    boxes = [
        (item.get_text(), Text.get_window_extent(item))
        for item in figure.findobj(Text)
        if isinstance(item, Text) and item.get_text().strip() and item.get_visible()
    ]
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_marker() in ("None", "", None):
                continue
            at = line.get_transform().transform(line.get_xydata())
            for words, box in boxes:
                inside = (
                    (at[:, 0] > box.x0 - MARK)
                    & (at[:, 0] < box.x1 + MARK)
                    & (at[:, 1] > box.y0 - MARK)
                    & (at[:, 1] < box.y1 + MARK)
                )
                assert not inside.any(), f"{words!r} covers a mark"


@pytest.mark.parametrize("name", FIGURES)
def test_a_digest_is_that_of_the_figure_as_drawn(name: str) -> None:
    figure = FIGURES[name]()
    before = digest.of_figure(figure, {})
    pixels(figure)
    assert digest.of_figure(figure, {}) == before


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


def test_what_other_numbers_imply_is_an_interval_and_no_point(
    figures: dict[str, Figure],
) -> None:
    frame = implications.denominators()
    reported = frame[frame["source"] == "reported"]
    implied = frame[frame["source"] == "derived"]
    (axes,) = figures["denominators"].axes
    assert [at(mark) for mark in marks(axes)] == [
        (value, 0.0) for value in reported["value"]
    ]
    bars = [span(bar) for bar in hatched(axes, RANGE)]
    ends = implied[["lower", "upper"]].itertuples(index=False, name=None)
    for drawn, stated in zip(bars, ends, strict=True):
        assert drawn == pytest.approx(stated)
    for words in frame["stated"]:
        assert any(str(words) in text for text in texts(figures["denominators"]))


def slopes(axes: Axes) -> dict[str, list[float]]:
    """Ends of the lines between marks, by line style."""
    found = [line for line in axes.lines if line not in marks(axes)]
    return {
        str(line.get_linestyle()): np.asarray(line.get_ydata(), dtype=float).tolist()
        for line in found
    }


def test_slopes_are_stated_numbers_and_a_scenario_is_dashed_and_has_no_mark(
    figures: dict[str, Figure],
) -> None:
    frame = implications.squeeze()
    both, beds_only, _ = figures["squeeze"].axes
    index = {
        (place, line): rows["index"].tolist()
        for (place, line), rows in frame.groupby(["place_en", "line"], sort=False)
    }
    assert slopes(both) == {
        "-": index["Xianning", "elderly"],
        "--": index["Xianning", "beds"],
    }
    assert slopes(beds_only) == {"-": index["Jiamusi", "beds"]}
    assert len(marks(both)) == 3 and len(marks(beds_only)) == 2
    titles = [axes.get_title(loc="left") for axes in (both, beds_only)]
    for title, place in zip(titles, ["Xianning", "Jiamusi"], strict=True):
        ratios = frame[(frame["place_en"] == place) & (frame["line"] == "ratio")]
        assert all(f"\n{words} " in title for words in ratios["stated"])


def test_a_place_without_slopes_has_its_reasons_below(
    figures: dict[str, Figure],
) -> None:
    frame = implications.squeeze()
    shown = "\n".join(texts(figures["squeeze"]))
    for row in frame[frame["reason_en"] != ""].itertuples():
        assert str(row.reason_en) in shown and str(row.reason_zh) in shown
    drawn = set(frame.loc[frame["index"].notna(), "doc"])
    assert drawn == {"xianning", "jiamusi"}


def test_curves_are_the_planned_slots_over_the_population(
    figures: dict[str, Figure],
) -> None:
    by_role = implications.feasibility().groupby("role")
    rows = {str(role): part.to_dict("records") for role, part in by_role}
    (planned,), (outcome,) = rows["slots"], rows["outcome"]
    (meets,) = rows["people_at_target"]
    curves, people = figures["feasibility"].axes
    printed = sum(part["value"] for part in rows["part"])
    for line, total in zip(
        [line for line in curves.lines if len(np.asarray(line.get_xdata())) > 2],
        [planned["upper"], printed, planned["lower"]],
        strict=True,
    ):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert (x * y / 1000).tolist() == pytest.approx([total] * len(x))
    (box,) = hatched(curves, RANGE)
    ends = (box.get_y(), box.get_y() + box.get_height())
    assert ends == pytest.approx((outcome["lower"], outcome["upper"]))
    drawn = [at(mark)[0] for mark in marks(people)]
    assert drawn == [row["value"] for row in rows["people"]]
    last = hatched(people, RANGE)[-1]
    assert span(last) == pytest.approx((meets["lower"], meets["upper"]))


def test_each_area_has_a_panel_with_its_last_value_and_the_whole_behind(
    figures: dict[str, Figure],
) -> None:
    series = views.area_series("childcare_slots")
    years = list(series.columns[2:])
    growth = 100 * series[years[-1]] / series[years[0]]
    panels = [axes for axes in figures["areas"].axes if axes.axison]
    assert len(panels) == len(series) - 1
    for row, axes in enumerate(panels, start=1):
        names = f"{series['地区'][row]} {series['Area'][row]}"
        assert axes.get_title(loc="left") == names
        behind, own = (
            np.asarray(line.get_ydata(), dtype=float) for line in axes.lines[:2]
        )
        assert behind[0] == own[0] == 100
        assert (behind[-1], own[-1]) == pytest.approx((growth[0], growth[row]))
        assert [text.get_text() for text in axes.texts] == [f"{growth[row]:.0f}"]
        assert axes.get_ylim() == panels[0].get_ylim()


GRADED: dict[str, Callable[[], pd.DataFrame]] = {
    "beds": views.bed_ratios,
    "slots": views.childcare_slot_ratios,
    "nursing": lambda: views.graded(views.statements(["nursing_bed_share"])),
    "lottery": views.lottery_fund_shares,
}


@pytest.mark.parametrize("name", GRADED)
def test_letters_beside_places_are_those_that_the_footnotes_explain(
    name: str, figures: dict[str, Figure]
) -> None:
    frame = GRADED[name]()
    letters = views.footnote_letters(frame)
    shown = {}
    for axes in figures[name].axes:
        for label in rows_named(axes):
            for found in re.findall(r" \(([a-z, ]+)\)", label):
                shown.update(dict.fromkeys(found.split(", ")))
    assert sorted(shown) == list(letters.values())
    for language in ("en", "zh"):
        told = re.findall(r"\(([a-z])\)", views.footnotes(frame, language))
        assert told == list(letters.values())


@pytest.mark.parametrize("name", GRADED)
def test_only_rows_of_grade_b_are_hatched(
    name: str, figures: dict[str, Figure]
) -> None:
    for axes in figures[name].axes:
        marked = [label for label in rows_named(axes) if " (" in label]
        assert len(hatched(axes, CAUTION)) == len(marked) > 0


NEW: dict[str, tuple[Callable[[], pd.DataFrame], Callable[[pd.DataFrame], Figure]]] = {
    "denominators": (implications.denominators, plot_denominators),
    "squeeze": (implications.squeeze, plot_squeeze),
    "feasibility": (implications.feasibility, plot_feasibility),
}


@pytest.mark.parametrize("name", NEW)
def test_other_numbers_give_another_figure(
    name: str, figures: dict[str, Figure]
) -> None:
    view, plot = NEW[name]
    frame = view()
    numbers = [name for name in ("value", "lower", "upper", "index") if name in frame]
    moved = frame.assign(**{column: frame[column] * 1.07 for column in numbers})
    assert pixels(plot(moved)) != pixels(figures[name])


@pytest.mark.parametrize("name", NEW)
def test_a_value_that_may_not_stand_there_is_refused(name: str) -> None:
    view, plot = NEW[name]
    frame = view().assign(grade="C", facet="numerator")
    with pytest.raises(Problems, match="has grade C here"):
        plot(frame)


def test_a_figure_of_nothing_is_refused() -> None:
    nothing = implications.denominators(doc="jiamusi")
    assert nothing.empty
    with pytest.raises(Problems, match="nothing to draw"):
        plot_denominators(nothing)
