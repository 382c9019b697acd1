"""Plans: one for each document, complete or not at all."""

from pathlib import Path

import pytest
from conftest import edit

from compare.codebook.book import load_codebook
from compare.readings.plan import load_plans


def test_a_plan_holds_what_people_read_of_one_document(toy: Path) -> None:
    plans, problems = load_plans(toy, load_codebook(toy))
    assert problems == [] and [plan.doc for plan in plans] == ["jiachuan", "yiqiao"]
    for plan in plans:
        assert {row.doc for row in plan.readings} == {plan.doc}
        for read in plan.two.readings:
            assert {row.doc for row in read.values()} == {plan.doc}
        for coded in plan.two.codings:
            assert {doc for doc, *_ in coded} == {plan.doc}
        assert all(id.startswith(plan.doc) for id, _ in plan.two.adjudications)


@pytest.mark.parametrize("folder", [".", "r1", "r2", "exclusions", "adjudications"])
def test_a_plan_of_which_a_table_is_gone_is_left_out(folder: str, toy: Path) -> None:
    (toy / "data" / "readings" / folder / "yiqiao.csv").unlink()
    plans, problems = load_plans(toy, load_codebook(toy))
    assert [plan.doc for plan in plans] == ["jiachuan"]
    (problem,) = problems
    assert problem.where.endswith("yiqiao.csv") and problem.what == "no such file."


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("yiqiao", "kind"),
        ("r1/yiqiao", "comparator"),
        ("exclusions/yiqiao", "reason"),
        ("r2/crosswalk", "predicate_id"),
    ],
)
def test_a_code_that_is_none_is_a_problem_in_every_table_of_a_plan(
    name: str, column: str, toy: Path
) -> None:
    path = f"data/readings/{name}.csv"
    edit(toy, path, lambda rows: rows[0].update({column: "nosuchcode"}))
    _, problems = load_plans(toy, load_codebook(toy))
    (problem,) = problems
    assert problem.where.startswith(path) and problem.where.endswith(column)
    assert problem.what == "'nosuchcode' is not a known code."
