"""People: an implied number is an interval, and stands only beside a stated one."""

import pandas as pd
import pytest
from drawn import at, hatched, marks, span, words

from compare.base.problems import Problems
from compare.project import Project
from compare.topics import people
from compare.views.words import Words


@pytest.fixture(scope="module")
def denominators(project: Project) -> pd.DataFrame:
    return people.denominators(project)


def test_only_a_plan_that_states_a_number_has_one_implied_beside_it(
    project: Project, denominators: pd.DataFrame
) -> None:
    sources = denominators.groupby("doc", observed=True)["source"].agg(set)
    assert all(found == {"reported", "derived"} for found in sources)
    implied = denominators[denominators["source"] == "derived"]
    assert implied["value"].isna().all() and (implied["formula"] != "").all()
    assert not implied[["lower", "upper"]].isna().any(axis=None)
    alone = people.denominators(project, doc=str(denominators["doc"][0]))
    pd.testing.assert_frame_equal(alone, denominators)


def test_a_plan_that_implies_no_such_number_has_no_rows(project: Project) -> None:
    assert people.denominators(project, doc="jiamusi").empty
    assert people.denominators(project, "residents_65_plus").empty


def test_an_unknown_plan_or_indicator_is_named_with_the_nearest(
    project: Project,
) -> None:
    with pytest.raises(Problems, match="write 'xianning'"):
        people.denominators(project, doc="xiannin")
    with pytest.raises(Problems, match="write 'residents_60_plus'"):
        people.denominators(project, "residents_60plus")


def test_numbers_are_stated_or_derived(
    project: Project, denominators: pd.DataFrame
) -> None:
    known = pd.concat([project.observations, project.derived])
    for column in ("lower", "upper"):
        wanted = known.loc[denominators["id"], column].tolist()
        assert denominators[column].tolist() == wanted


def test_what_other_numbers_imply_is_an_interval_and_no_point(
    project: Project, denominators: pd.DataFrame
) -> None:
    reported = denominators[denominators["source"] == "reported"]
    implied = denominators[denominators["source"] == "derived"]
    figure = people.plot_denominators(project, denominators)
    (axes,) = figure.axes
    assert [at(mark) for mark in marks(axes)] == [
        (value, 0.0) for value in reported["value"]
    ]
    bars = [span(bar) for bar in hatched(axes)]
    ends = implied[["lower", "upper"]].itertuples(index=False, name=None)
    for drawn, stated in zip(bars, ends, strict=True):
        assert drawn == pytest.approx(stated)
    shown = words(figure)
    for told in Words(project.book).stated(denominators)["stated"]:
        assert f"{told}\n" in shown
    assert "469,200\n46.92万\n2020 baseline\n基期值" in shown
    assert "\n50.97–51.11万\n2016–2020 " in shown
