"""The open project: curated tables as they were built, read once and typed."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, table

from compare.base.problems import Problems
from compare.curated.build import Checked
from compare.project import NUMBERS, OF_VALUES, Project, as_text


@pytest.mark.parametrize("name", ["observations", "derived", "findings"])
def test_tables_are_read_as_built(
    name: str, project: Project, checked: Checked
) -> None:
    frame: pd.DataFrame = getattr(project, name)
    built = {getattr(row, "id", ""): row for row in checked.rows(name)}
    assert frame.index.is_unique and set(frame.index) == set(built)
    for column in set(map(str, frame)) - {"doc", "place"}:
        wanted = [getattr(built[id], column) for id in frame.index]
        for cell, text in zip(frame[column], wanted, strict=True):
            if column in NUMBERS:
                assert math.isnan(cell) if text == "" else cell == float(text)
            else:
                assert str(cell) == text


def test_codes_with_an_order_are_ordered(project: Project) -> None:
    frame = project.observations
    for name, order in (
        ("doc", project.book.order),
        ("place", [place.place for place in project.book.in_order]),
        ("indicator", project.book.by_family),
    ):
        assert frame[name].cat.ordered
        assert frame[name].cat.categories.tolist() == order


def test_a_row_is_found_by_its_id(project: Project) -> None:
    for frame in (project.observations, project.derived, project.findings):
        row = frame.iloc[-1]
        assert project.rows[str(row.name)]["doc"] == row["doc"]


def test_an_id_of_old_leads_to_the_value_of_today(project: Project) -> None:
    id = str(project.observations.index[0])
    assert project.resolve(id) == id
    with pytest.raises(Problems, match=re.escape(id)):
        project.resolve(id + "9")


def test_only_pairs_of_one_indicator_and_kind_of_two_plans_have_a_grade(
    project: Project,
) -> None:
    kinds = {id: (row["indicator"], row["kind"]) for id, row in project.facets.items()}
    ids = list(kinds)
    for left in ids[::7]:
        for right in ids[::11]:
            alike = kinds[left] == kinds[right]
            apart = left.partition(":")[0] != right.partition(":")[0]
            interim = {project.facets[id]["interim"] for id in (left, right)} != {""}
            graded = alike and apart and not interim
            assert (project.grade(left, right) is not None) == graded
    assert project.grade(ids[0], "nothing:1") is None


def test_no_value_stands_better_than_its_best_pair(project: Project) -> None:
    groups = {"A": "equal", "B": "care", "C": "apart"}
    for id, standing in list(project.standings.items())[::5]:
        pairs = [project.grade(id, other) for other in project.facets]
        best = min((pair.grade for pair in pairs if pair), default="")
        assert standing.group == "alone" if not best else True
        order = ["equal", "care", "apart"]
        if best:
            assert order.index(standing.group) >= order.index(groups[best])


@pytest.mark.parametrize("name", OF_VALUES)
def test_a_table_is_written_back_as_its_file_has_it(
    project: Project, name: str
) -> None:
    written = as_text(project.table(name)).to_dict("records")
    assert written == table(ROOT / "data" / "curated" / f"{name}.csv")


def test_a_missing_table_is_a_problem(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data" / "curated" / "findings.csv").unlink()
    with pytest.raises(Problems, match=r"findings.csv: no such file.\s+Do: run"):
        Project.open(tmp_path)
