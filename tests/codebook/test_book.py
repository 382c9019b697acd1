"""Codebook: loaded whole or not at all, and cut to one document."""

import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from compare.base.problems import Problems
from compare.codebook.book import ABOUT_ONE, Codebook, find_root, load_codebook

FOLDER = "data/codebook"


def test_a_loaded_codebook_is_frozen(toy_book: Codebook) -> None:
    with pytest.raises(AttributeError):
        toy_book.units = {}  # type: ignore[misc]


def test_labels_come_in_both_languages(toy_book: Codebook) -> None:
    assert toy_book.label("kind", "target") == "target"
    assert toy_book.label("kind", "target", "zh") == "目标值"


def test_a_column_without_a_chinese_name_keeps_its_own(toy_book: Codebook) -> None:
    assert toy_book.heading("value") == "数值"
    assert toy_book.heading("nothing") == "nothing"


def test_only_percentages_of_a_whole_are_shares(toy_book: Codebook) -> None:
    assert toy_book.is_share("nursing_bed_share")
    assert not toy_book.is_share("childcare_slots_per_1000_residents")
    assert not toy_book.is_share("NoTermFound")


def test_a_rate_per_mille_is_no_percentage_of_a_whole(toy_book: Codebook) -> None:
    thousandth = toy_book.units["percent"].model_copy(update={"factor": "0.1"})
    units = {**toy_book.units, "percent": thousandth}
    assert not replace(toy_book, units=units).is_share("nursing_bed_share")


def test_places_and_documents_come_in_the_order_of_their_position(
    toy_book: Codebook,
) -> None:
    assert [place.place for place in toy_book.in_order] == ["yiqiao", "jiachuan"]
    assert toy_book.order == ["yiqiao", "jiachuan"]
    assert toy_book.place("yiqiao").both == "乙桥 Yiqiao"
    assert toy_book.place("yiqiao").name("zh") == "乙桥"


def test_indicators_come_in_the_order_of_their_families(toy_book: Codebook) -> None:
    families = list(toy_book.families)
    found = [toy_book.indicators[code].family for code in toy_book.by_family]
    assert found == sorted(found, key=families.index)
    assert toy_book.by_family[0] == "eldercare_beds"


def test_what_a_document_does_not_state_has_a_reason(toy_book: Codebook) -> None:
    absence = toy_book.absence
    assert absence("jiachuan", "medical_eldercare_share") == "lost_in_picture"
    assert absence("yiqiao", "basic_pension_participation_share") == "out_of_scope"
    assert absence("yiqiao", "eldercare_workers") == "not_stated"


def test_the_codebook_of_one_document_holds_nothing_of_another(
    toy_book: Codebook,
) -> None:
    for doc in toy_book.documents:
        own = toy_book.only(doc)
        assert list(own.documents) == [doc]
        for name, column in ABOUT_ONE.items():
            every, kept = getattr(toy_book, name), getattr(own, name)
            docs = {getattr(row, column).partition(":")[0] for row in kept}
            assert docs <= {doc}
            assert kept == [
                row for row in every if getattr(row, column).partition(":")[0] == doc
            ]
        assert own.indicators == toy_book.indicators


def test_a_codebook_can_be_sent_to_another_process(toy_book: Codebook) -> None:
    copy = pickle.loads(pickle.dumps(toy_book.only("yiqiao")))
    assert copy == toy_book.only("yiqiao")


def test_the_problems_of_all_tables_are_listed_together(toy: Path) -> None:
    for table in ("units", "areas", "families"):
        path = toy / FOLDER / f"{table}.csv"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (toy / FOLDER / "places.csv").unlink()
    with pytest.raises(Problems) as raised:
        load_codebook(toy)
    assert [problem.where for problem in raised.value.problems] == [
        f"{FOLDER}/areas.csv",
        f"{FOLDER}/families.csv",
        f"{FOLDER}/places.csv",
        f"{FOLDER}/units.csv",
    ]


def test_the_root_is_the_nearest_parent_with_a_codebook(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPARE_ROOT", raising=False)
    inner = toy / "data" / "readings" / "inner"
    (inner / "data" / "codebook").mkdir(parents=True)
    deep = inner / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert find_root() == inner.resolve()
    monkeypatch.chdir(toy / "data")
    assert find_root() == toy.resolve()


def test_without_a_codebook_above_the_root_is_the_tree_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPARE_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert find_root() == ROOT.resolve()


def test_a_named_root_goes_before_the_environment_and_that_before_the_folder(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COMPARE_ROOT", str(toy))
    assert find_root() == toy.resolve()
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
