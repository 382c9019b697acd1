"""Tables: sorted, named, and like beside like only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import Cells, edit, put

from compare.base.problems import Problems
from compare.curated.build import build
from compare.project import Project
from compare.views import tables
from compare.views.words import SEVERAL, Words

SHARE, SLOTS = "nursing_bed_share", "childcare_slots_per_1000_residents"
VIEWS: dict[str, Callable[[Project], pd.DataFrame]] = {
    "statements": lambda project: tables.statements(project, [SHARE, SLOTS]),
    "derived": tables.derived,
    "with_derived": lambda project: tables.with_derived(project, [SLOTS]),
}
each = pytest.mark.parametrize("name", VIEWS)


def codes(project: Project) -> list[str]:
    return [str(code) for code in project.observations["indicator"].unique()]


@each
def test_a_view_has_the_columns_of_statements(name: str, project: Project) -> None:
    frame = VIEWS[name](project)
    assert list(frame)[: len(tables.STATEMENT)] == list(tables.STATEMENT)
    assert frame.columns.is_unique and len(frame) > 0


@pytest.mark.parametrize("name", ["statements", "with_derived"])
def test_a_view_is_in_the_order_of_places(name: str, project: Project) -> None:
    frame = VIEWS[name](project)
    assert frame.index.tolist() == list(range(len(frame)))
    for _, part in frame.groupby("indicator", observed=True):
        assert part["doc"].is_monotonic_increasing


@each
def test_every_row_of_a_view_names_observations_of_its_plan(
    name: str, project: Project
) -> None:
    for row in VIEWS[name](project).to_dict("records"):
        ids = row["ids"].split(SEVERAL)
        assert ids and set(ids) <= set(project.observations.index)
        assert all(id.startswith(f"{row['doc']}:") for id in ids)


def test_indicators_stand_in_the_order_they_were_asked_for(project: Project) -> None:
    for order in ([SHARE, SLOTS], [SLOTS, SHARE]):
        frame = tables.statements(project, order)
        assert frame["indicator"].unique().tolist() == order


def test_a_text_is_one_indicator(project: Project) -> None:
    one, listed = (tables.statements(project, asked) for asked in (SHARE, [SHARE]))
    pd.testing.assert_frame_equal(one, listed)


def test_an_unknown_indicator_is_a_problem_that_names_the_nearest(
    project: Project,
) -> None:
    with pytest.raises(Problems, match="write 'nursing_bed_share'"):
        tables.statements(project, ["nursing_beds_share"])


def test_repetitions_are_one_row_with_all_ids(project: Project) -> None:
    frame = tables.statements(project, [SLOTS])
    row = frame[(frame["doc"] == "changsha") & (frame["comparator"] == "=")]
    assert row["ids"].tolist() == ["changsha:2291; changsha:2895"]
    floor = frame[(frame["doc"] == "changsha") & (frame["comparator"] == ">=")]
    assert floor["ids"].tolist() == ["changsha:8792"]


def test_a_repetition_keeps_the_obligation_of_the_one_that_prints_it(
    project: Project,
) -> None:
    frame = tables.statements(project, [SHARE])
    row = frame[frame["ids"] == "dianjiang:1517; dianjiang:8875"]
    assert row["obligation"].tolist() == ["binding"]


def test_every_statement_of_a_whole_place_is_in_exactly_one_row(
    project: Project,
) -> None:
    frame, documents = project.observations, project.book.documents
    told = tables.statements(project, codes(project))["ids"]
    shown = [id for ids in told for id in ids.split(SEVERAL)]
    assert len(shown) == len(set(shown))
    whole = [documents[str(doc)].ref_area for doc in frame["doc"]]
    wanted = frame[
        (frame["ref_area"] == whole)
        & frame["match_type"].isin(["exactMatch", "closeMatch"])
        & ~frame["scope"].isin(list(project.book.codes["scope_part"]))
    ]
    assert set(shown) == set(wanted.index)


def test_parts_of_a_place_and_far_matches_are_not_beside_whole_places(
    project: Project,
) -> None:
    shown = SEVERAL.join(tables.statements(project, codes(project))["ids"])
    for id in ("jiamusi:3142", "changsha:8763", "changsha:9779", "xianning:5036"):
        assert id in project.observations.index
        assert id not in shown.split(SEVERAL)


def test_refused_values_are_not_among_the_derived(project: Project) -> None:
    refused = project.derived.index[project.derived["refused"] != ""]
    assert len(refused) and not set(refused) & set(tables.derived(project)["id"])


def test_only_derived_values_of_the_measures_asked_for_are_listed(
    project: Project,
) -> None:
    gaps = tables.derived(project, "gap")
    assert set(gaps["measure"]) == {"gap"}
    assert len(gaps) < len(tables.derived(project))


def test_a_value_has_the_group_that_it_has_everywhere(project: Project) -> None:
    frame = tables.grouped(project, tables.statements(project, [SLOTS, SHARE]))
    for row in frame.to_dict("records"):
        standing = project.standings.get(row["id"])
        assert row["group"] == (standing.group if standing else "")
        assert row["reason"] == "; ".join(standing.facets if standing else [])
    assert {"equal", "care"} <= set(frame["group"])


def test_the_lines_of_a_chart_are_those_of_all_its_indicators(
    project: Project,
) -> None:
    frame = tables.statements(project, [SLOTS, SHARE])
    lines = tables.reference_lines(project, frame)
    assert lines["indicator"].unique().tolist() == [SLOTS, SHARE]
    assert lines["value"].dtype == "float64"
    wanted = [row for row in project.book.reference_lines if row.indicator == SHARE]
    assert (lines["indicator"] == SHARE).sum() == len(wanted) > 1


def test_footnotes_give_every_reason_of_every_value(project: Project) -> None:
    frame = tables.with_derived(project, [SLOTS])
    frame, words = tables.grouped(project, frame), Words(project.book)
    told = tables.footnotes(project, frame, words)
    letters = tables.footnote_letters(frame)
    care = frame[frame["group"] == "care"]
    assert [f"({letter})" in told for letter in letters.values()] == [True] * len(
        letters
    )
    for id in care["id"]:
        for one in project.standings[id].differences:
            assert one.row.facet in letters and one.reason("en") in told
    assert len(letters) > 2 and told.startswith("compare with care: (a) ")
    assert tables.footnotes(project, frame.assign(group="equal"), words) == ""


@pytest.mark.parametrize(("language", "out"), [("en", "out of scope"), ("zh", "不在")])
def test_ends_stand_side_by_side_or_say_why_not(
    project: Project, language: str, out: str
) -> None:
    words = Words(project.book, language)
    frame = tables.grouped(project, tables.with_derived(project, [SLOTS]))
    shown = tables.ends(project, frame, words)
    assert len(shown) == len(project.book.order)
    places, start, end = (
        shown[words.head(name)].tolist() for name in ("place", "baseline", "target")
    )
    silent, both = (
        places.index(words.place(place)) for place in ("jingdezhen", "jiamusi")
    )
    assert start[silent].startswith(out) and end[silent] == ""
    assert "(jiamusi:144)" in end[both]


def test_several_indicators_stand_side_by_side(project: Project) -> None:
    words = Words(project.book)
    shown = tables.side_by_side(project, [SHARE, SLOTS], words)
    names = [project.book.place(doc).short_en for doc in project.book.order]
    assert shown.columns.tolist() == ["Indicator", *names]
    assert shown["Indicator"].tolist() == [words.indicator(c) for c in (SHARE, SLOTS)]
    assert " → " in shown["Jiamusi"][0] and shown["Jingdezhen"][1] == "out of scope"


@pytest.mark.parametrize("indicator", ["eldercare_beds", "childcare_slots"])
def test_a_series_has_the_whole_place_first_and_a_column_for_each_year(
    indicator: str, project: Project
) -> None:
    frame = tables.area_series(project, indicator)
    for doc, part in frame.groupby("doc", observed=True):
        years = part.drop(columns=["doc", "ref_area"])
        assert part["ref_area"].iloc[0] == project.book.documents[str(doc)].ref_area
        assert (years.iloc[1:].sum() == years.iloc[0]).all()
        assert all(str(year).isdecimal() for year in years)


def test_the_order_of_places_is_a_row_of_the_codebook(copy: Path) -> None:
    def turn(rows: list[Cells]) -> None:
        for row in rows:
            row["position"] = str(1 + len(rows) - int(row["position"]))

    before = tables.statements(Project.open(copy), [SHARE])["doc"].unique().tolist()
    edit(copy, "data/codebook/places.csv", turn)
    after = tables.statements(Project.open(copy), [SHARE])["doc"].unique().tolist()
    assert after == before[::-1]


def test_a_changed_factor_reaches_the_view_through_the_build(copy: Path) -> None:
    def shown() -> dict[str, float]:
        code = ["social_workers_per_1000_elderly"]
        frame = tables.statements(Project.open(copy), code)
        return dict(zip(frame["ids"], frame["value"], strict=True))

    unit = {"unit": "per_10000_persons"}
    put(copy, "data/codebook/units.csv", unit, factor="0.2")
    assert "jingdezhen:11382" not in shown()
    build(copy)
    assert shown()["jingdezhen:11382"] == 2


def test_views_read_what_was_curated_and_do_not_compute_it_again(copy: Path) -> None:
    path = "data/curated/observations.csv"
    put(copy, path, {"id": "jiamusi:814"}, value="33")
    code = "eldercare_beds_per_1000_elderly"
    assert 33 in tables.statements(Project.open(copy), [code])["value"].tolist()
