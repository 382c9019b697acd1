"""Codebook: loaded whole or not at all, converted only by listed factors."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import ROOT, put

from compare.base.problems import Problem, Problems
from compare.codebook.book import Codebook, convert, factor, find_root, load_codebook

FOLDER = "data/codebook"


def problems_of(root: Path) -> list[Problem]:
    with pytest.raises(Problems) as raised:
        load_codebook(root)
    return raised.value.problems


def test_a_loaded_codebook_is_frozen(book: Codebook) -> None:
    with pytest.raises(AttributeError):
        book.units = {}  # type: ignore[misc]


def test_labels_come_in_both_languages(book: Codebook) -> None:
    assert book.label("kind", "target") == "target"
    assert book.label("kind", "target", "zh") == "目标值"


def test_only_percentages_of_a_whole_are_shares(book: Codebook) -> None:
    assert book.is_share("nursing_bed_share")
    assert not book.is_share("childcare_slots_per_1000_residents")
    assert not book.is_share("NoTermFound")


def test_ten_per_10000_is_one_per_1000(book: Codebook) -> None:
    workers = book.indicators["social_workers_per_1000_elderly"]
    assert convert(Decimal(10), "per_10000_persons", workers, book.units) == 1


def test_a_unit_of_another_dimension_does_not_convert(book: Codebook) -> None:
    with pytest.raises(Problems, match=r"'beds' \(beds\) does not convert") as raised:
        convert(Decimal(1), "beds", book.indicators["nursing_bed_share"], book.units)
    (problem,) = raised.value.problems
    assert "nursing_bed_share" in problem.where and "dimension" in problem.expected


def test_every_accepted_unit_converts_and_back(book: Codebook) -> None:
    for row in book.crosswalk:
        if row.status == "accepted" and row.object_id in book.indicators:
            indicator = book.indicators[row.object_id]
            there = factor(row.unit, indicator, book.units)
            assert there > 0
            stated, wanted = book.units[row.unit], book.units[indicator.unit]
            assert there * Decimal(wanted.factor) == Decimal(stated.factor)


@pytest.mark.parametrize(
    ("table", "where", "column"),
    [
        ("area_names", {"doc": "jiamusi", "area_stated": "东风区"}, "doc"),
        ("area_names", {"doc": "jiamusi", "area_stated": "东风区"}, "ref_area"),
        ("area_names", {"doc": "jiamusi", "area_stated": "东风区"}, "scope"),
        ("areas", {"ref_area": "X-JSJ"}, "level"),
        ("corrections", {"id": "xianning:487"}, "obs_status"),
        ("coverage", {"doc": "jiamusi", "subject": "population"}, "doc"),
        ("coverage", {"doc": "jiamusi", "subject": "population"}, "subject"),
        ("coverage", {"doc": "jiamusi", "subject": "population"}, "status"),
        ("crosswalk", {"subject_label": "0-3岁婴幼儿"}, "subject_source"),
        ("crosswalk", {"subject_label": "0-3岁婴幼儿"}, "predicate_id"),
        ("crosswalk", {"subject_label": "0-3岁婴幼儿"}, "object_id"),
        ("crosswalk", {"subject_label": "0-3岁婴幼儿"}, "unit"),
        ("crosswalk", {"subject_label": "0-3岁婴幼儿"}, "scope"),
        ("crosswalk", {"subject_label": "0-3岁婴幼儿"}, "status"),
        ("damage", {"effect": "lost_table"}, "effect"),
        ("derivations", {"rule": "slot_ratio"}, "unit"),
        ("derivations", {"rule": "slot_ratio"}, "area"),
        ("derivations", {"rule": "slot_ratio"}, "pick"),
        ("derivations", {"rule": "slot_ratio"}, "measure"),
        ("documents", {"doc": "xianning"}, "ref_area"),
        ("documents", {"doc": "xianning"}, "level"),
        ("documents", {"doc": "xianning"}, "script"),
        ("documents", {"doc": "xianning"}, "quality"),
        ("indicators", {"indicator": "nursing_bed_share"}, "family"),
        ("indicators", {"indicator": "nursing_bed_share"}, "unit"),
        ("number_words", {"word": "余"}, "role"),
        ("places", {"doc": "xianning"}, "doc"),
        ("places", {"doc": "xianning"}, "fill"),
        ("reference_lines", {"value": "4.08"}, "indicator"),
        ("reference_lines", {"value": "4.08"}, "ref_area"),
        ("reference_lines", {"value": "4.08"}, "kind"),
        ("reference_lines", {"value": "4.08"}, "comparator"),
        ("reference_lines", {"value": "4.08"}, "line"),
    ],
)
def test_an_unknown_code_is_a_problem_in_every_column_that_holds_codes(
    project: Path, table: str, where: dict[str, str], column: str
) -> None:
    put(project, f"{FOLDER}/{table}.csv", where, **{column: "nosuchcode"})
    unknown = "'nosuchcode' is not a known code."
    (problem,) = [item for item in problems_of(project) if item.what == unknown]
    assert problem.where.startswith(f"{FOLDER}/{table}.csv row ")
    assert problem.where.endswith(f", {column}")
    assert problem.expected.startswith("one of: ")
    assert problem.remedy


def test_a_slip_in_a_code_gives_the_nearest_code(project: Path) -> None:
    wording = {"subject_label": "0-3岁婴幼儿"}
    put(project, f"{FOLDER}/crosswalk.csv", wording, predicate_id="closematch")
    (problem,) = problems_of(project)
    assert problem.remedy == "write 'closeMatch'."
    for code in ("exactMatch", "closeMatch", "broadMatch"):
        assert code in problem.expected


def test_an_indicator_nobody_judges_may_be_unknown_to_no_one(project: Path) -> None:
    """A rejected judgement of an unknown indicator is a problem as well."""
    put(
        project,
        f"{FOLDER}/crosswalk.csv",
        {"subject_label": "0-3岁婴幼儿"},
        status="rejected",
        object_id="children_under_4",
    )
    (problem,) = problems_of(project)
    assert problem.remedy == "write 'children_under_3'."


def test_the_problems_of_all_tables_are_listed_together(project: Path) -> None:
    for table in ("units", "areas", "families"):
        path = project / FOLDER / f"{table}.csv"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (project / FOLDER / "places.csv").unlink()
    assert [problem.where for problem in problems_of(project)] == [
        f"{FOLDER}/areas.csv",
        f"{FOLDER}/families.csv",
        f"{FOLDER}/places.csv",
        f"{FOLDER}/units.csv",
    ]


def test_the_root_is_the_nearest_parent_with_a_codebook(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPARE_ROOT", raising=False)
    inner = project / "data" / "readings" / "inner"
    (inner / "data" / "codebook").mkdir(parents=True)
    deep = inner / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert find_root() == inner.resolve()
    monkeypatch.chdir(project / "data")
    assert find_root() == project.resolve()


def test_without_a_codebook_above_the_root_is_the_tree_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPARE_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert find_root() == ROOT.resolve()


def test_a_named_root_goes_before_the_environment_and_that_before_the_folder(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COMPARE_ROOT", str(project))
    assert find_root() == project.resolve()
    assert find_root(ROOT) == ROOT.resolve()
    assert find_root(os.fspath(ROOT)) == ROOT.resolve()


@pytest.mark.parametrize("by_name", [True, False])
def test_a_wrong_root_is_a_problem_and_nothing_else_is_tried(
    by_name: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COMPARE_ROOT", "" if by_name else str(tmp_path))
    with pytest.raises(Problems) as raised:
        find_root(tmp_path if by_name else None)
    (problem,) = raised.value.problems
    assert problem.where == str(tmp_path)
    assert "--root" in problem.remedy and "COMPARE_ROOT" in problem.remedy
