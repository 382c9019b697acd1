"""Checks: every code that a row uses exists, and the nearest one is named."""

import re
from pathlib import Path

import pytest
from conftest import Cells, edit, put, table

from compare.base.problems import Problem, Problems
from compare.base.tables import Codelist, Refers, tagged
from compare.codebook.book import ABOUT_ONE, TABLES, load_codebook

FOLDER = "data/codebook"
CODED = [
    (name, column)
    for name, model in TABLES.items()
    for column, mark in tagged(model, Codelist | Refers).items()
    if isinstance(mark, Codelist) or mark.table in TABLES
]
BY_HAND = [
    ("areas", "part_of"),
    ("coverage", "subject"),
    ("crosswalk", "object_id"),
    *(("derivations", column) for column in ("indicator", "a", "a_kinds", "b")),
    *(("finding_rules", column) for column in ("a", "a_kinds", "c", "d")),
]
NEVER = "nosuchcode"


def problems_of(root: Path) -> list[Problem]:
    with pytest.raises(Problems) as raised:
        load_codebook(root)
    return raised.value.problems


def first(root: Path, name: str, column: str) -> Cells:
    """First row of a table whose cell is filled, else its first row."""
    rows = table(root / FOLDER / f"{name}.csv")
    return next((row for row in rows if row[column]), rows[0])


@pytest.mark.parametrize(("name", "column"), CODED + BY_HAND)
def test_an_unknown_code_is_a_problem_in_every_column_that_holds_codes(
    toy: Path, name: str, column: str
) -> None:
    where = first(toy, name, column)
    put(toy, f"{FOLDER}/{name}.csv", where, **{column: NEVER})
    unknown = f"'{NEVER}' is not a known code."
    (problem,) = [item for item in problems_of(toy) if item.what == unknown]
    assert problem.where.startswith(f"{FOLDER}/{name}.csv row ")
    assert problem.where.endswith(f", {column}")
    assert problem.expected.startswith("one of: ")
    assert problem.remedy


def test_the_rows_of_single_documents_are_those_of_seven_tables() -> None:
    assert set(ABOUT_ONE) == {
        "area_names",
        "corrections",
        "coverage",
        "crosswalk",
        "damage",
        "layout_differences",
        "layouts",
    }


@pytest.mark.parametrize(
    ("name", "cells", "column"),
    [
        ("places", {"level": ""}, "level"),
        ("places", {"colour": "blue"}, "colour"),
        ("documents", {"place": ""}, "place"),
        ("documents", {"date_signed": "March 2022"}, "date_signed"),
        ("aliases", {"alias": "nowhere"}, "alias"),
        ("aliases", {"id": ""}, "id"),
        ("axes", {"high": "many"}, "high"),
        ("headlines", {"position": "0"}, "position"),
    ],
)
def test_a_cell_that_its_column_does_not_allow_is_a_problem(
    toy: Path, name: str, cells: Cells, column: str
) -> None:
    path = f"{FOLDER}/{name}.csv"
    put(toy, path, table(toy / path)[0], **cells)
    (problem,) = problems_of(toy)
    assert problem.where == f"{path} row 2, {column}"


def test_a_slip_in_a_code_gives_the_nearest_code(toy: Path) -> None:
    wording = {"subject_label": "社区养老床位"}
    put(toy, f"{FOLDER}/crosswalk.csv", wording, predicate_id="broadmatch")
    (problem,) = problems_of(toy)
    assert problem.remedy == "write 'broadMatch'."
    for code in ("exactMatch", "closeMatch", "broadMatch"):
        assert code in problem.expected


def test_a_rejected_judgement_of_an_unknown_indicator_is_a_problem_too(
    toy: Path,
) -> None:
    put(
        toy,
        f"{FOLDER}/crosswalk.csv",
        {"subject_label": "新增托位"},
        status="rejected",
        comment="why",
        object_id="childcare_slots_add",
    )
    (problem,) = problems_of(toy)
    assert problem.remedy == "write 'childcare_slots_added'."


@pytest.mark.parametrize(
    ("column", "label", "what"),
    [
        ("label_en", "national target 2020", "says 2020"),
        ("label_zh", "全国实际 2025", "says actual"),
        ("label_zh", "丙省目标 2025", "says X-BNG"),
        ("label_zh", "国家目标 2025 不低于", "says >="),
    ],
)
def test_a_label_of_a_reference_line_that_contradicts_its_columns_is_a_problem(
    toy: Path, column: str, label: str, what: str
) -> None:
    line = {"indicator": "nursing_bed_share", "time_period": "2025"}
    put(toy, f"{FOLDER}/reference_lines.csv", line, **{column: label})
    (problem,) = problems_of(toy)
    assert problem.where == f"{FOLDER}/reference_lines.csv row 4, {column}"
    assert what in problem.what


def test_a_label_names_no_unit_but_that_of_its_indicator(toy: Path) -> None:
    line = {"indicator": "nursing_bed_share", "time_period": "2025"}
    cells = {
        "indicator": "childcare_slots_per_1000_residents",
        "label_en": "national target 2025, 55%",
    }
    put(toy, f"{FOLDER}/reference_lines.csv", line, **cells)
    (problem,) = problems_of(toy)
    assert "says %" in problem.what and problem.where.endswith(", label_en")


def test_an_outcome_that_counts_as_no_verdict_is_a_problem(toy: Path) -> None:
    outcome = {"codelist": "outcome", "code": "keeps"}
    put(toy, f"{FOLDER}/codes.csv", outcome, definition="hold")
    (problem,) = problems_of(toy)
    assert problem.where == f"{FOLDER}/codes.csv, outcome keeps, definition"
    assert problem.remedy == "write 'holds'."


@pytest.mark.parametrize(
    ("indicator", "rule", "what"),
    [
        ("eldercare_beds", "", "have the units ['beds', 'percent']"),
        ("eldercare_beds", "planned_slots", "leads from childcare_slots_added to"),
        ("eldercare_beds", "planned_slot", "'planned_slot' is not a known code"),
    ],
)
def test_indicators_of_a_question_have_one_unit_or_a_derivation_that_leads_into_it(
    toy: Path, indicator: str, rule: str, what: str
) -> None:
    row = {"question": "community_care", "indicator": indicator, "rule": rule}
    edit(toy, f"{FOLDER}/questions.csv", lambda rows: rows.append(row))
    assert any(what in problem.what for problem in problems_of(toy))


def test_a_place_without_a_document_is_no_problem_and_has_no_rows(toy: Path) -> None:
    put(toy, f"{FOLDER}/documents.csv", {"doc": "jiachuan"}, place="yiqiao")
    book = load_codebook(toy)
    assert book.order == ["jiachuan", "yiqiao"]
    assert book.place("jiachuan").place == "yiqiao"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"label_zh": "全国实际 2021"}, "«全国实际 2021» says 2021."),
        ({"label_zh": "全国目标 2020"}, "«全国目标 2020» says target."),
        ({"label_en": "national, about 2019"}, "says 2019."),
        ({"label_zh": "全国实际不低于 2020"}, "says >=."),
        ({"label_zh": "丙省实际 2020"}, "says X-BNG."),
    ],
)
def test_a_label_of_a_line_that_contradicts_its_row_is_a_problem(
    cells: Cells, said: str, toy: Path
) -> None:
    row = {"indicator": "nursing_bed_share", "kind": "actual"}
    put(toy, "data/codebook/reference_lines.csv", row, **cells)
    with pytest.raises(Problems) as raised:
        load_codebook(toy)
    (problem,) = raised.value.problems
    assert "reference_lines.csv row 3, label_" in problem.where
    assert said in problem.what


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [("beds", "eldercare_beds", "gap_of_beds"), ("beds", "residents", "")],
            "'gap_of_beds' is not a known code.",
        ),
        (
            [("beds", "eldercare_beds", ""), ("beds", "nursing_bed_share", "")],
            "have the units ['beds', 'percent'].",
        ),
        (
            [("beds", "residents", "slot_ratio"), ("beds", "eldercare_beds", "")],
            "slot_ratio leads from childcare_slots to",
        ),
    ],
)
def test_a_question_has_one_unit_and_derivations_that_lead_into_it(
    rows: list[tuple[str, str, str]], said: str, toy: Path
) -> None:
    names = ("question", "indicator", "rule")

    def ask(table: list[Cells]) -> None:
        table[:] = [dict(zip(names, row, strict=True)) for row in rows]

    edit(toy, "data/codebook/questions.csv", ask)
    code = dict(codelist="question", code="beds", label_zh="床", label_en="beds")
    edit(toy, "data/codebook/codes.csv", lambda table: table.append(code))
    with pytest.raises(Problems, match=re.escape(said)):
        load_codebook(toy)


def test_every_outcome_of_a_finding_counts_as_a_verdict(toy: Path) -> None:
    row = {"codelist": "outcome", "code": "agrees"}
    put(toy, "data/codebook/codes.csv", row, definition="perhaps")
    with pytest.raises(Problems, match="'perhaps' is not a known code"):
        load_codebook(toy)
