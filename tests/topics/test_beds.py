"""Beds: reported apart from derived, refusals told, slopes only where stated twice."""

import math

import numpy as np
import pandas as pd
import pytest
from drawn import at, hatched, lines, marks, places_named, span, words
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from compare.project import Project
from compare.topics import beds
from compare.views.words import LANGUAGES, Words


@pytest.fixture(scope="module")
def ratios(project: Project) -> pd.DataFrame:
    return beds.ratios(project)


@pytest.fixture(scope="module")
def squeeze(project: Project) -> pd.DataFrame:
    return beds.squeeze(project)


@pytest.fixture(scope="module")
def panels(project: Project, ratios: pd.DataFrame) -> Figure:
    return beds.plot_ratios(project, ratios)


@pytest.fixture(scope="module")
def slopes(project: Project, squeeze: pd.DataFrame) -> Figure:
    return beds.plot_squeeze(project, squeeze)


def test_reported_beds_stand_apart_from_institution_beds(
    project: Project, ratios: pd.DataFrame
) -> None:
    told = Words(project.book).stated(ratios)
    assert told[["panel", "doc", "source", "stated"]].values.tolist() == [
        ["reported", "xianning", "reported", "36.4"],
        ["reported", "xianning", "derived", "39.59"],
        ["reported", "jiamusi", "reported", "32"],
        ["reported", "jiamusi", "reported", "35"],
        ["institution", "jingdezhen", "derived", "15.08"],
        ["institution", "changsha", "derived", "19.48 to 25.98"],
    ]
    panels = ratios.groupby("panel", observed=True)["indicator"].agg(set).to_dict()
    assert panels == {
        "reported": {"eldercare_beds_per_1000_elderly"},
        "institution": {"institution_beds_per_1000_elderly"},
    }


def test_a_hedged_ratio_is_a_span_without_a_point(ratios: pd.DataFrame) -> None:
    (row,) = ratios[ratios["doc"] == "changsha"].to_dict("records")
    assert math.isnan(row["value"])
    assert row["lower"] < 19.5 < 26 > row["upper"] > 25.9


def test_a_ratio_says_where_it_comes_from(
    project: Project, ratios: pd.DataFrame
) -> None:
    told = beds.described(ratios, Words(project.book))["what"]
    assert told[0] == "reported baseline: Elderly-care beds per 1,000 older people"
    assert told[1] == "derived baseline: Elderly-care beds per 1,000 older people"
    chinese = beds.described(ratios, Words(project.book, "zh"))["what"]
    assert chinese[3] == "文件所列目标值：每千名老年人拥有养老床位数"


def test_a_refused_ratio_is_in_no_chart_and_has_its_reason(
    project: Project, ratios: pd.DataFrame
) -> None:
    assert "dianjiang" not in set(ratios["doc"])
    table = beds.refusals(project, Words(project.book))
    (row,) = table[table["Inputs"] == "dianjiang:596 dianjiang:904"].to_dict("records")
    assert row["Place 地区"] == "垫江 Dianjiang"
    assert row["Ratio"] == "Elderly-care beds per 1,000 older people"
    assert "years between them 4" in row["Why it is not computed"]
    refused = project.derived[project.derived["refused"] == "yes"]
    assert set(table["Inputs"]) <= set(refused["inputs"])


def test_norms_are_no_targets(project: Project) -> None:
    frame = beds.norms(project, Words(project.book))
    shown = " ".join(frame["Where (id)"]).replace(";", "").split()
    assert "changsha:8874" in shown and "changsha:2291" not in shown
    assert (frame["Unit"] != "").all() and "square metres" in set(frame["Unit"])


def test_each_panel_holds_only_its_own_places(panels: Figure) -> None:
    left, right = panels.axes
    assert places_named(left) == ["咸宁 Xianning", "佳木斯 Jiamusi"]
    assert places_named(right) == ["景德镇 Jingdezhen", "长沙 Changsha"]
    assert left.get_title(loc="left").startswith("Reported")
    assert right.get_title(loc="left").startswith("Institution")


def test_each_panel_has_a_mark_for_each_value_and_a_bar_for_a_span(
    panels: Figure,
) -> None:
    left, right = panels.axes
    assert sorted(at(mark) for mark in marks(left)) == [
        (32.0, 1.0),
        (35.0, 1.0),
        (36.4, 0.0),
        (39.592924, 0.0),
    ]
    assert [at(mark) for mark in marks(right)] == [(15.076889, 0.0)]
    (bar,) = hatched(right)
    assert span(bar) == pytest.approx((19.483049, 25.9774))
    assert not hatched(left)


def test_a_reference_line_stands_only_in_the_panel_of_its_indicator(
    panels: Figure,
) -> None:
    def upright(axes: Axes) -> set[float]:
        ends = [np.asarray(line.get_xdata(), dtype=float) for line in lines(axes)]
        return {low for low, high in ends if low == high}

    left, right = panels.axes
    assert upright(left) == {31.1, 25.76}
    assert upright(right) == {18.69, 16.36}


def test_a_baseline_of_a_city_is_filled_and_a_derived_value_a_cross(
    panels: Figure,
) -> None:
    left, _ = panels.axes
    shapes = {at(mark)[0]: mark for mark in marks(left)}
    assert to_hex(shapes[32.0].get_markerfacecolor()) != "#ffffff"
    assert to_hex(shapes[35.0].get_markerfacecolor()) == "#ffffff"
    derived = [mark for x, mark in shapes.items() if x not in (32.0, 35.0, 36.4)]
    assert [mark.get_marker() for mark in derived] == ["x"]


def test_a_line_of_the_squeeze_has_two_ends_or_a_reason(squeeze: pd.DataFrame) -> None:
    ends = squeeze[squeeze["line"] != "ratio"]
    for _, rows in ends.groupby(["doc", "line"], observed=True):
        if len(rows) == 2:
            first, last = rows["value"]
            assert rows["index"].tolist() == pytest.approx([100, 100 * last / first])
            assert not rows["reason"].any()
        else:
            assert rows["index"].isna().all()
            (reason,) = rows["reason"]
            stated = rows["value"].notna().all()
            assert reason == ("stated_once" if stated else "stated_never")
    scenario = squeeze[squeeze["kind"] == "scenario"]
    assert len(scenario) > 1 and (scenario["source"] == "derived").all()


def test_numbers_of_the_squeeze_are_stated_or_derived(
    project: Project, squeeze: pd.DataFrame
) -> None:
    known = pd.concat([project.observations, project.derived])
    rows = squeeze[squeeze["lower"].notna()]
    for column in ("lower", "upper"):
        assert rows[column].tolist() == known.loc[rows["id"], column].tolist()


def test_slopes_are_stated_numbers_and_a_scenario_is_dashed_and_has_no_mark(
    project: Project, squeeze: pd.DataFrame, slopes: Figure
) -> None:
    def drawn(axes: Axes) -> dict[str, list[float]]:
        return {
            str(line.get_linestyle()): np.asarray(line.get_ydata(), float).tolist()
            for line in lines(axes)
        }

    both, beds_only, _ = slopes.axes
    index = {
        key: rows["index"].tolist()
        for key, rows in squeeze.groupby(["doc", "line"], observed=True)
    }
    assert drawn(both) == {
        "-": index["xianning", "elderly"],
        "--": index["xianning", "beds"],
    }
    assert drawn(beds_only) == {"-": index["jiamusi", "beds"]}
    assert len(marks(both)) == 3 and len(marks(beds_only)) == 2
    told = Words(project.book).stated(squeeze[squeeze["line"] == "ratio"])
    for axes, doc in ((both, "xianning"), (beds_only, "jiamusi")):
        title = axes.get_title(loc="left")
        stated = told.loc[told["doc"] == doc, "stated"]
        assert len(stated) and all(f"\n{value} " in title for value in stated)


def test_a_plan_without_slopes_has_its_reasons_below(
    project: Project, squeeze: pd.DataFrame, slopes: Figure
) -> None:
    shown = words(slopes)
    missing = squeeze[squeeze["reason"] != ""].to_dict("records")
    for row in missing:
        for tongue in (Words(project.book, language) for language in LANGUAGES):
            name = tongue.indicator(row["indicator"])
            assert tongue.say(row["reason"], name, row["time_period"]) in shown
    drawn = set(squeeze.loc[squeeze["index"].notna(), "doc"])
    assert drawn == {"xianning", "jiamusi"}
    assert {row["doc"] for row in missing} == set(project.book.order) - {"xianning"}
