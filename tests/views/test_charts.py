"""Figures: each mark is a row, each panel holds only what belongs in it."""

import re
from collections.abc import Callable

import matplotlib as mpl
import pandas as pd
import pytest
from drawn import at, beyond, hatched, marks, pixels, rows_named, texts, unseen, words
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from compare.base.problems import Problems
from compare.project import Project
from compare.topics import beds, childcare, lottery, people
from compare.views.charts import plot_shares
from compare.views.markers import CAUTION
from compare.views.tables import (
    footnote_letters,
    footnotes,
    grouped,
    reference_lines,
    statements,
)
from compare.views.words import LANGUAGES, Words

MARK = 8
View = Callable[[Project], pd.DataFrame]
Plot = Callable[[Project, pd.DataFrame], Figure]


def nursing(project: Project) -> pd.DataFrame:
    return grouped(project, statements(project, ["nursing_bed_share"]))


FIGURES: dict[str, tuple[View, Plot]] = {
    "beds": (beds.ratios, beds.plot_ratios),
    "squeeze": (beds.squeeze, beds.plot_squeeze),
    "slots": (childcare.ratios, plot_shares),
    "nursing": (nursing, plot_shares),
    "lottery": (lottery.shares, lottery.plot_shares),
    "denominators": (people.denominators, people.plot_denominators),
    "feasibility": (childcare.feasibility, childcare.plot_feasibility),
    "areas": (childcare.series, childcare.plot_areas),
}
GROUPED = ("beds", "slots", "nursing", "lottery")


@pytest.fixture(scope="module")
def frames(project: Project) -> dict[str, pd.DataFrame]:
    return {name: view(project) for name, (view, _) in FIGURES.items()}


@pytest.fixture(scope="module")
def figures(project: Project, frames: dict[str, pd.DataFrame]) -> dict[str, Figure]:
    return {name: plot(project, frames[name]) for name, (_, plot) in FIGURES.items()}


@pytest.mark.parametrize("name", ["slots", "nursing"])
def test_there_is_one_mark_for_each_statement_with_a_value(
    name: str,
    project: Project,
    frames: dict[str, pd.DataFrame],
    figures: dict[str, Figure],
) -> None:
    (axes,) = figures[name].axes
    frame, order = frames[name].dropna(subset="value"), project.book.order
    spots = frame.drop_duplicates(["doc", "value", "kind", "source"])
    assert len(marks(axes)) == len(spots) > 0
    assert len(rows_named(axes)) == len(order)
    rows = [float(order.index(doc)) for doc in frame["doc"]]
    drawn = {at(mark) for mark in marks(axes)}
    assert drawn == set(zip(frame["value"].round(6), rows, strict=True))


@pytest.mark.parametrize("name", ["slots", "nursing"])
def test_an_axis_has_the_ends_and_the_name_of_its_row(
    name: str, project: Project, figures: dict[str, Figure]
) -> None:
    (axes,) = figures[name].axes
    codes = {
        "slots": "childcare_slots_per_1000_residents",
        "nursing": "nursing_bed_share",
    }
    row = project.book.axes[codes[name]]
    assert axes.get_xlim() == (float(row.low), float(row.high))
    assert axes.get_xlabel() == f"{row.label_en}  {row.label_zh}"


def test_an_indicator_without_an_axis_is_refused(project: Project) -> None:
    frame = statements(project, ["social_workers_per_1000_elderly"])
    with pytest.raises(Problems, match=r"axes\.csv, axis: 'social_workers_per_1000"):
        plot_shares(project, frame)


@pytest.mark.parametrize("name", ["slots", "nursing", "lottery"])
def test_targets_are_rings_and_only_a_county_is_hollow_throughout(
    name: str, project: Project, figures: dict[str, Figure]
) -> None:
    places = project.book.in_order
    hollow = {place.colour for place in places if place.fill == "hollow"}
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
    assert hollow & kinds.keys()
    assert all(kinds[colour] == {"hollow"} for colour in hollow & kinds.keys())
    assert kinds.keys() <= {place.colour for place in places}


@pytest.mark.parametrize("name", GROUPED)
def test_each_place_keeps_its_colour_and_shape_in_every_figure(
    name: str, project: Project, figures: dict[str, Figure]
) -> None:
    shapes = {place.colour: place.marker for place in project.book.in_order}
    drawn = [mark for axes in figures[name].axes for mark in marks(axes)]
    for mark in drawn:
        colour = to_hex(mark.get_markeredgecolor())
        assert mark.get_marker() in (shapes[colour], "x")
    assert drawn


def test_a_plan_without_a_value_has_the_reason_in_its_row(
    figures: dict[str, Figure],
) -> None:
    assert "out of scope  不在文件范围" in words(figures["slots"])


def test_years_stand_beside_the_marks(figures: dict[str, Figure]) -> None:
    shown = words(figures["slots"])
    for told in ("1.2\n2021", "0.55\n2020", "1.46 to 2.44\n2021"):
        assert told in shown
    assert "undated" in words(figures["lottery"])


def test_figures_draw_the_frame_they_are_given(
    project: Project, frames: dict[str, pd.DataFrame]
) -> None:
    frame = frames["nursing"]
    (axes,) = plot_shares(project, frame[frame["doc"] == "jiamusi"]).axes
    assert {at(mark) for mark in marks(axes)} == {(45.0, 4.0), (55.0, 4.0)}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_nothing_is_refused(
    name: str, project: Project, frames: dict[str, pd.DataFrame]
) -> None:
    _, plot = FIGURES[name]
    with pytest.raises(Problems, match="nothing to draw"):
        plot(project, frames[name].iloc[:0])


@pytest.mark.parametrize("name", FIGURES)
def test_other_numbers_give_another_figure(
    name: str,
    project: Project,
    frames: dict[str, pd.DataFrame],
    figures: dict[str, Figure],
) -> None:
    _, plot = FIGURES[name]
    frame = frames[name]
    last = frame.columns[-1:] if name == "areas" else ["value", "lower", "upper"]
    numbers = [column for column in (*last, "index") if column in frame]
    moved = frame.assign(**{column: 1.07 * frame[column] for column in numbers})
    assert pixels(plot(project, moved)) != pixels(figures[name])


@pytest.mark.parametrize("name", GROUPED)
def test_a_value_that_may_not_stand_there_is_refused(
    name: str, project: Project, frames: dict[str, pd.DataFrame]
) -> None:
    _, plot = FIGURES[name]
    with pytest.raises(Problems, match="is not comparable here"):
        plot(
            project, frames[name].assign(group="apart", reason="numerator", apart=False)
        )


def test_a_chart_that_would_mix_funds_is_refused(project: Project) -> None:
    shares = statements(project, ["lottery_fund_eldercare_share"])
    with pytest.raises(Problems, match=r"80% of 垫江 Dianjiang is not comparable here"):
        plot_shares(project, shares)


@pytest.mark.parametrize(
    ("name", "group"),
    [("beds", "panel"), ("nursing", "kind"), ("slots", "kind"), ("lottery", "apart")],
)
def test_no_chart_of_the_notebooks_mixes_what_may_not_stand_together(
    name: str, group: str, frames: dict[str, pd.DataFrame]
) -> None:
    frame = frames[name]
    apart = frame["group"] == "apart"
    assert not apart.any() or (frame.loc[apart, "apart"]).all()
    parts = frame.groupby([group, *{"kind"} - {group}], observed=True)
    assert (parts["indicator"].nunique() == 1).all()


@pytest.mark.parametrize("name", GROUPED)
def test_letters_beside_places_are_those_that_the_footnotes_explain(
    name: str,
    project: Project,
    frames: dict[str, pd.DataFrame],
    figures: dict[str, Figure],
) -> None:
    letters = footnote_letters(frames[name])
    shown = {
        letter
        for axes in figures[name].axes
        for label in rows_named(axes)
        for found in re.findall(r" \(([a-z, ]+)\)", label)
        for letter in found.split(", ")
    }
    assert sorted(shown) == list(letters.values())
    for language in LANGUAGES:
        told = footnotes(project, frames[name], Words(project.book, language))
        assert re.findall(r"\(([a-z])\)", told) == list(letters.values())


@pytest.mark.parametrize("name", GROUPED)
def test_only_rows_compared_with_care_are_hatched(
    name: str, figures: dict[str, Figure]
) -> None:
    for axes in figures[name].axes:
        marked = [label for label in rows_named(axes) if " (" in label]
        assert len(hatched(axes, CAUTION)) == len(marked) > 0


def test_an_indicator_without_reference_lines_has_an_empty_table(
    project: Project,
) -> None:
    lines = reference_lines(project, statements(project, ["residents"]))
    assert lines.empty and "label_en" in lines


@pytest.mark.parametrize("name", FIGURES)
def test_every_glyph_can_be_drawn_and_every_text_is_on_the_paper(
    name: str, figures: dict[str, Figure]
) -> None:
    figure = figures[name]
    pixels(figure)  # a missing glyph is a warning, and warnings are errors
    assert beyond(figure) == []


@pytest.mark.parametrize("name", FIGURES)
def test_no_words_cover_others(name: str, figures: dict[str, Figure]) -> None:
    figure = figures[name]
    pixels(figure)
    hidden = unseen(figure)
    boxes = [
        (item.get_text(), Text.get_window_extent(item))
        for item in texts(figure)
        if item not in hidden
    ]
    assert len(boxes) > 10
    for rank, (told, box) in enumerate(boxes):
        for others, other in boxes[rank + 1 :]:
            wide = min(box.x1, other.x1) - max(box.x0, other.x0)
            high = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert wide < 2 or high < 3, f"{told!r} and {others!r}"


@pytest.mark.parametrize("name", FIGURES)
def test_no_words_cover_a_mark(name: str, figures: dict[str, Figure]) -> None:
    figure = figures[name]
    pixels(figure)
    boxes = [(item.get_text(), Text.get_window_extent(item)) for item in texts(figure)]
    for axes in figure.axes:
        for mark in marks(axes):
            spots = mark.get_transform().transform(mark.get_xydata())
            for told, box in boxes:
                inside = (
                    (spots[:, 0] > box.x0 - MARK)
                    & (spots[:, 0] < box.x1 + MARK)
                    & (spots[:, 1] > box.y0 - MARK)
                    & (spots[:, 1] < box.y1 + MARK)
                )
                assert not inside.any(), f"{told!r} covers a mark"


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_neither_depends_on_the_settings_of_the_reader_nor_changes_them(
    name: str, project: Project, frames: dict[str, pd.DataFrame]
) -> None:
    _, plot = FIGURES[name]
    usual = pixels(plot(project, frames[name]))
    with mpl.rc_context({"font.size": 20.0, "font.family": ["monospace"]}):
        before = dict(mpl.rcParams)
        other = plot(project, frames[name])
        assert dict(mpl.rcParams) == before
    assert usual == pixels(other)
