"""The contract of the tables: columns, codes, and a description others can check."""

import hashlib
import json
from pathlib import Path

import frictionless
import pytest
from conftest import table

from compare.codebook.book import Codebook
from compare.curated.package import FOLDER, TABLES
from compare.readings.readings import FOLDER as READINGS
from compare.readings.readings import Reading

from .conftest import World

COLUMNS = {
    "observations": "id doc ref_area indicator time_period kind value lower upper "
    "comparator unit scope obligation match_type obs_status label_stated value_stated "
    "quote quote_start quote_end section note",
    "derived": "id ref_area indicator time_period value lower upper unit formula "
    "inputs note",
    "findings": "id doc rule verdict stated computed lower upper inputs arithmetic "
    "explanation_en explanation_zh",
    "comparability": "id indicator kind",
}
READING = (
    "id label_stated value_stated value comparator unit_stated time_period kind "
    "area_stated obligation section in_table quote quote_start quote_end reader note"
)
INDICATORS = (
    "eldercare_beds eldercare_institution_beds eldercare_beds_per_1000_elderly "
    "institution_beds_per_1000_elderly nursing_bed_share nursing_beds_added "
    "inclusive_bed_share childcare_slots childcare_slots_added "
    "childcare_slots_per_1000_residents inclusive_childcare_slot_share "
    "inclusive_childcare_slots_added lottery_fund_eldercare_share residents "
    "residents_60_plus residents_65_plus children_under_3"
)
SCOPES = "whole_city city_level city_and_county_retained county_retained unstated"
LISTS = {
    "comparator": "= >= > <= < ~ + .. missing",
    "obs_status": "A D E F L M O U",
    "predicate_id": "exactMatch closeMatch broadMatch narrowMatch relatedMatch",
    "kind": "baseline target projection standard",
    "verdict": "holds fails depends",
    "grade": "A B C",
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_curated_table_has_the_columns_of_its_contract(name: str) -> None:
    assert set(COLUMNS[name].split()) <= set(TABLES[name].columns())


def test_readings_have_the_columns_of_their_contract() -> None:
    assert set(READING.split()) <= set(Reading.columns())


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_others_rely_on_holds_its_codes(
    name: str, book: Codebook, toy_book: Codebook
) -> None:
    for one in (book, toy_book):
        assert set(one.codes[name]) == set(LISTS[name].split())


def test_the_codes_that_others_rely_on_exist(book: Codebook) -> None:
    assert set(INDICATORS.split()) <= set(book.indicators)
    assert set(SCOPES.split()) <= set(book.codes["scope"])


def test_the_header_of_every_table_is_that_of_its_model(world: World) -> None:
    for name, model in TABLES.items():
        assert list(table(world.root / FOLDER / f"{name}.csv")[0]) == model.columns()
    for doc in world.book.documents:
        assert list(table(world.root / READINGS / f"{doc}.csv")[0]) == Reading.columns()


def test_the_data_package_names_every_document_and_every_column(world: World) -> None:
    folder = world.root / FOLDER
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert {item["path"] for item in package["sources"]} == {
        f"../raw/{doc}.txt" for doc in world.book.documents
    }
    for item in package["sources"]:
        raw = (folder / item["path"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == item["sha256"]
    assert {item["name"] for item in package["resources"]} == set(TABLES)
    for item in package["resources"]:
        fields = item["schema"]["fields"]
        names = [field["name"] for field in fields]
        assert names == TABLES[item["name"]].columns()
        assert all(field["description"] for field in fields)


def test_an_outside_judge_finds_the_data_package_valid(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.root / FOLDER)
    report = frictionless.validate("datapackage.json")
    assert report.valid, report.flatten(["title", "fieldName", "note"])[:5]
    assert {task.name for task in report.tasks} == set(TABLES)


def test_the_outside_judge_finds_a_spoilt_row(toy: Path) -> None:
    path = toy / FOLDER / "observations.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace(",baseline,32,", ",,x,"), "utf-8")
    report = frictionless.validate(str(toy / FOLDER / "datapackage.json"))
    assert not report.valid
    wrong = {name for (name,) in report.flatten(["fieldName"])}
    assert {"kind", "value"} <= wrong
