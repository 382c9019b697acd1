"""The real data: every row stands where it says, nothing is lost, traps are avoided."""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, table

from compare.base.tables import natural, render
from compare.codebook.book import NO_TERM, TABLES, Codebook
from compare.curated.build import CURATED_TABLES, Checked, curated_files, known_tables
from compare.curated.derived import Derived
from compare.curated.observations import Observation
from compare.documents.text import NEWLINE
from compare.readings.readings import Reading

DATA = ROOT / "data"
DOCS = ["changsha", "dianjiang", "jiamusi", "jingdezhen", "xianning"]
TABLE_FILES = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv"))
REBUILD = "data/curated is not what the data give. Do: run 'compare build'."

OBSERVATION_COLUMNS = (
    "id doc ref_area indicator time_period kind value lower upper comparator unit "
    "scope obligation match_type obs_status label_stated value_stated quote "
    "quote_start quote_end section note"
)
READING_COLUMNS = (
    "id label_stated value_stated value comparator unit_stated time_period kind "
    "area_stated obligation section in_table quote quote_start quote_end reader note"
)
DERIVED_COLUMNS = (
    "id ref_area indicator time_period value lower upper unit formula inputs note"
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


@pytest.fixture(scope="module")
def observations(checked: Checked) -> dict[str, Observation]:
    return {row.id: row for row in checked.observations}


def test_raw_texts_are_the_frozen_ones() -> None:
    lines = (DATA / "raw" / "SHA256SUMS").read_text("ascii").splitlines()
    frozen = {name: digest for digest, name in (line.split("  ") for line in lines)}
    texts = sorted(path.name for path in (DATA / "raw").glob("*.txt"))
    assert sorted(frozen) == texts == [f"{doc}.txt" for doc in DOCS]
    for name, digest in frozen.items():
        raw = (DATA / "raw" / name).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == digest, name


@pytest.mark.parametrize("name", TABLE_FILES)
def test_every_table_is_utf_8_with_a_mark_and_lf(name: str) -> None:
    raw = (DATA / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and not raw.startswith(b"\xef\xbb\xbf" * 2)
    assert b"\r" not in raw and raw.endswith(b"\n")
    header, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert all(header) and len(set(header)) == len(header)
    assert {len(row) for row in rows} <= {len(header)}
    assert not any("\n" in cell for row in rows for cell in row)


def test_every_edited_table_is_sorted_by_its_key() -> None:
    for path, model in known_tables(ROOT).items():
        keys = [tuple(natural(row[part]) for part in model.key) for row in table(path)]
        assert keys == sorted(keys) and len(keys) == len(set(keys)), path.name


def test_the_curated_tables_are_what_the_data_give(checked: Checked) -> None:
    for path, content in curated_files(checked).items():
        assert path.read_bytes() == content, REBUILD


def test_the_observations_render_to_the_same_bytes_in_any_order(
    checked: Checked,
) -> None:
    path = DATA / "curated" / "observations.csv"
    turned = list(reversed(checked.observations))
    assert render(turned, Observation) == path.read_bytes(), REBUILD


def test_no_curated_file_is_left_over(checked: Checked) -> None:
    made = {path.name for path in curated_files(checked)}
    assert {path.name for path in (DATA / "curated").iterdir()} == made


def quoted(rows: list[Reading] | list[Observation]) -> Iterator[tuple[str, str, int]]:
    for row in rows:
        yield row.id, row.quote, int(row.quote_start)


def test_every_quote_stands_at_its_offset(checked: Checked) -> None:
    rows = [*quoted(checked.readings), *quoted(checked.observations)]
    assert len(rows) > 1000
    for id, quote, start in rows:
        text = checked.documents[id.partition(":")[0]].text
        assert text[start : start + len(quote)].replace("\n", NEWLINE) == quote, id


def test_every_id_is_the_position_of_the_value_inside_the_quote(
    checked: Checked,
) -> None:
    for row in checked.readings:
        place = int(row.quote_start), int(row.quote_end)
        assert place[1] - place[0] == len(row.quote), row.id
        assert place[0] <= row.offset < place[1], row.id
        text = checked.documents[row.doc].text
        if row.id.endswith(".blank"):
            assert row.offset == place[0] and row.absence == "blank"
            assert text.startswith(row.quote[:4].split(NEWLINE)[0], row.offset)
        else:
            printed = row.value_stated.replace(NEWLINE, "\n")
            assert printed and text.startswith(printed, row.offset), row.id
            assert row.offset + len(printed) <= place[1], row.id


def test_several_statements_of_one_number_are_numbered(checked: Checked) -> None:
    ids = {row.id for row in checked.readings}
    numbered = [id for id in ids if re.search(r"\.\d$", id)]
    assert numbered
    for id in numbered:
        base, _, number = id.rpartition(".")
        assert int(number) >= 2
        before = base if number == "2" else f"{base}.{int(number) - 1}"
        assert before in ids


def test_ids_are_unique_in_every_table(checked: Checked) -> None:
    for rows in (checked.readings, checked.observations, checked.derived):
        counts = Counter(row.id for row in rows)
        assert counts.most_common(1)[0][1] == 1


@pytest.mark.parametrize("doc", DOCS)
def test_every_reading_is_observed_declared_or_undecided(
    doc: str, checked: Checked
) -> None:
    account = checked.account[doc]
    assert account.holds()
    own = [row for row in checked.readings if row.doc == doc]
    kept = [row for row in checked.observations if row.doc == doc]
    assert (account.readings, account.observations) == (len(own), len(kept))
    judged = {
        (row.subject_label, row.scope_stated, row.unit_stated): row.object_id
        for row in checked.book.crosswalk
        if row.subject_source == doc and row.status == "accepted"
    }
    dropped = {row.id: row for row in own if row.id not in {item.id for item in kept}}
    for id, row in dropped.items():
        key = (row.label_stated, row.scope_stated, row.unit_stated)
        assert judged[key] == NO_TERM, id


def test_every_numeral_is_in_a_reading_or_an_exclusion(checked: Checked) -> None:
    assert [account.doc for account in checked.numerals] == DOCS
    for account in checked.numerals:
        total = account.in_readings + sum(account.excluded.values())
        assert total == account.numerals > 100


def test_every_indicator_is_observed_or_derived(checked: Checked) -> None:
    used = {row.indicator for row in checked.observations}
    used |= {row.indicator for row in checked.derived}
    assert set(checked.book.indicators) == used


def test_what_no_document_states_is_derived_and_so_named(checked: Checked) -> None:
    stated = {row.indicator for row in checked.observations}
    only_derived = set(checked.book.indicators) - stated
    assert "institution_beds_per_1000_elderly" in only_derived
    computed = {row.indicator for row in checked.derived if not row.refused}
    assert only_derived <= computed


def test_every_family_area_and_document_is_used(checked: Checked) -> None:
    book = checked.book
    assert {row.family for row in book.families} == {
        row.family for row in book.indicators.values()
    }
    areas = {row.ref_area for row in checked.observations}
    above = {row.part_of for row in book.areas.values()}
    lines = {row.ref_area for row in book.reference_lines}
    assert set(book.areas) <= areas | above | lines
    assert {row.doc for row in checked.observations} == set(book.documents)
    assert {place.doc for place in book.places} == set(book.documents) == set(DOCS)


def test_every_area_lies_in_an_area_that_exists(book: Codebook) -> None:
    for row in book.areas.values():
        assert row.part_of in book.areas or (row.ref_area, row.part_of) == ("CN", "")
        if row.iso3166_2:
            assert row.iso3166_2 in book.areas


def test_codes_of_areas_are_of_a_known_system(book: Codebook) -> None:
    for code in book.areas:
        assert re.fullmatch(r"\d{6}|CN|CN-[A-Z]{2}|X-[A-Z]{3}", code)


def test_every_judgement_is_signed_and_dated(book: Codebook) -> None:
    accepted = [row for row in book.crosswalk if row.status == "accepted"]
    assert len(accepted) > 300
    for row in book.crosswalk:
        assert set(row.author_label.split()) <= {"r1", "r2", "adjudicator"}
        assert row.author_label
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row.mapping_date)


def test_every_reading_is_signed(checked: Checked) -> None:
    for row in checked.readings:
        assert row.reader and set(row.reader.split()) <= {"r1", "r2", "adjudicator"}


def test_every_match_that_is_not_exact_says_why(book: Codebook) -> None:
    for row in book.crosswalk:
        if row.predicate_id != "exactMatch" or row.status != "accepted":
            assert row.comment, row.subject_label


def test_every_code_that_a_table_uses_exists(checked: Checked) -> None:
    kinds = set(checked.book.codes["kind"])
    assert {row.kind for row in checked.readings} == kinds
    statuses = set(checked.book.codes["obs_status"])
    assert {row.obs_status for row in checked.observations} <= statuses
    for row in checked.book.derivations:
        assert set(row.a_kinds.split()) | set(row.b_kinds.split()) <= kinds


def test_every_number_is_inside_its_bounds(checked: Checked) -> None:
    rows: list[Observation | Derived] = [*checked.observations, *checked.derived]
    for row in rows:
        lower = float(row.lower or "-inf")
        upper = float(row.upper or "inf")
        assert lower <= upper, row.id
        if row.value:
            assert lower <= float(row.value) <= upper, row.id


def test_a_share_lies_between_0_and_100(checked: Checked) -> None:
    shares = [row for row in checked.observations if row.unit == "percent"]
    assert len(shares) > 100
    for row in shares:
        assert 0 <= float(row.lower or 0) and float(row.upper or 0) <= 100, row.id


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("curated/observations.csv", OBSERVATION_COLUMNS),
        ("curated/derived.csv", DERIVED_COLUMNS),
        *((f"readings/{doc}.csv", READING_COLUMNS) for doc in DOCS),
    ],
)
def test_a_table_has_the_columns_of_its_contract(name: str, columns: str) -> None:
    wanted = columns.split()
    found = list(table(DATA / name)[0])
    assert [column for column in found if column in wanted] == sorted(
        wanted, key=found.index
    )
    assert set(wanted) <= set(found)


def test_the_fixed_codes_exist(book: Codebook) -> None:
    assert set(INDICATORS.split()) <= set(book.indicators)
    assert set(SCOPES.split()) <= set(book.codes["scope"])
    assert set("= >= > <= < ~ + .. missing".split()) == set(book.codes["comparator"])
    assert set("A D E F L M O U".split()) == set(book.codes["obs_status"])
    for code in book.codes["predicate_id"]:
        assert code in "exactMatch closeMatch broadMatch narrowMatch relatedMatch"


def test_every_lottery_share_says_which_fund(checked: Checked) -> None:
    shares = [
        row
        for row in checked.observations
        if row.indicator == "lottery_fund_eldercare_share"
    ]
    assert {row.doc for row in shares} == set(DOCS)
    assert {row.scope for row in shares} == set(SCOPES.split())


@pytest.mark.parametrize(
    ("id", "cells"),
    [
        pytest.param(
            "jiamusi:1093",
            {"value": "2020", "unit": "persons", "time_period": "2020"},
            id="1: 2020 is a number of people",
        ),
        pytest.param(
            "changsha:8874",
            {
                "indicator": "new_estate_childcare_slots_per_1000_persons",
                "kind": "standard",
                "value": "10",
            },
            id="2: 10 per 1,000 is a norm for estates",
        ),
        pytest.param(
            "changsha:8792",
            {"value": "4.5", "lower": "4.5", "upper": "", "comparator": ">="},
            id="2: the target is 4.5",
        ),
        pytest.param(
            "jingdezhen:11382",
            {
                "indicator": "social_workers_per_1000_elderly",
                "value": "1",
                "unit": "per_1000_persons",
                "value_stated": "10",
                "time_period": "2025",
            },
            id="3: 10 per 10,000 is 1 per 1,000",
        ),
        pytest.param(
            "dianjiang:8806.blank",
            {
                "value": "",
                "comparator": "missing",
                "obs_status": "O",
                "time_period": "2021",
                "kind": "baseline",
            },
            id="4: the baseline is blank",
        ),
        pytest.param(
            "dianjiang:8834",
            {"value": "100", "time_period": "2025", "obligation": "binding"},
            id="4: 100% is the target",
        ),
        pytest.param(
            "dianjiang:9241",
            {"value": "60", "time_period": "2025", "obligation": "indicative"},
            id="4: 60% is the target",
        ),
        pytest.param(
            "xianning:487",
            {"value": "36.4", "obs_status": "U", "scope": ""},
            id="5: 36.4 is kept and doubted",
        ),
        pytest.param(
            "xianning:876",
            {"value": "17.65", "obs_status": "U"},
            id="6: 17.65 is kept and doubted",
        ),
        pytest.param(
            "dianjiang:922",
            {"value": "177900", "obs_status": "U", "kind": "projection"},
            id="7: 94.5% of the old are 65 and over",
        ),
        pytest.param(
            "dianjiang:9154",
            {"value": "1.2", "obs_status": "U", "time_period": "2021"},
            id="8: 1.2 does not follow from 828",
        ),
        pytest.param(
            "dianjiang:793",
            {"value": "828", "time_period": "2022", "unit": "slots"},
            id="8: 828 slots are of 2022",
        ),
        pytest.param(
            "changsha:1088",
            {
                "lower": "30000",
                "upper": "40000",
                "upper_open": "yes",
                "comparator": "+",
                "obs_status": "E",
            },
            id="9: more than 30,000 is no point",
        ),
        pytest.param(
            "changsha:1260",
            {
                "indicator": "childcare_slots",
                "lower": "15000",
                "upper": "25000",
                "time_period": "2021",
                "flow_stated": "",
            },
            id="10: about 20,000 slots of all institutions",
        ),
        pytest.param(
            "changsha:2681",
            {"indicator": "nursing_beds_added", "value": "5000", "flow_stated": "新增"},
            id="12: 5,000 beds are added",
        ),
        pytest.param(
            "changsha:2689",
            {"indicator": "childcare_slots_added", "value": "30000"},
            id="12: 30,000 slots are added",
        ),
        pytest.param(
            "changsha:2977",
            {
                "indicator": "inclusive_childcare_slots_added",
                "value": "20000",
                "kind": "target",
                "flow_stated": "新增",
            },
            id="13: the other 20,000 are an increment",
        ),
        pytest.param(
            "changsha:1681",
            {"value": "0.08", "unit": "permille", "time_period": "2021"},
            id="14: per mille is no per cent",
        ),
        pytest.param(
            "changsha:3137",
            {"value": "", "lower": "2", "upper": "3", "comparator": ".."},
            id="16: a dash between two numbers is a range",
        ),
        pytest.param(
            "changsha:2202",
            {"indicator": "children_under_3", "match_type": "closeMatch"},
            id="17: 0-3 may include three-year-olds",
        ),
        pytest.param(
            "changsha:2267",
            {"lower": "0", "upper": "18", "comparator": "<=", "kind": "projection"},
            id="18: 18% is a ceiling",
        ),
        pytest.param(
            "dianjiang:7623",
            {"scope": "county_retained", "time_period": "", "comparator": ">="},
            id="19: 80% of what the county keeps",
        ),
        pytest.param(
            "jiamusi:979",
            {"value": "45", "scope": "city_level", "time_period": "2020"},
            id="20: the table is of the city level",
        ),
        pytest.param(
            "jiamusi:10600",
            {"comparator": ">=", "scope": "unstated"},
            id="20: the text is a rule",
        ),
        pytest.param(
            "xianning:9012",
            {"match_type": "closeMatch", "scope": "whole_city"},
            id="21: 彩票 may include sports lottery",
        ),
        pytest.param(
            "jingdezhen:5277",
            {"value": "55", "obligation": "binding", "scope": "unstated"},
            id="22: 55, then 约束性",
        ),
        pytest.param(
            "jingdezhen:5256",
            {"value": "1", "obligation": "indicative", "unit_stated": ""},
            id="23: the unit is lost",
        ),
        pytest.param(
            "jingdezhen:8668",
            {"indicator": "township_home_nursing_bed_share", "value": "50"},
            id="24: 50% is of township homes",
        ),
        pytest.param(
            "jingdezhen:8718",
            {"indicator": "nursing_bed_share", "lower": "60", "upper": "100"},
            id="24: 60% is of all institutions",
        ),
        pytest.param(
            "jingdezhen:1429",
            {"value": "", "lower": "", "upper": "", "obs_status": "U"},
            id="26: nearly and more than contradict each other",
        ),
        pytest.param(
            "jingdezhen:10769",
            {"unit": "percent", "value": "50", "unit_stated": ""},
            id="27: the per cent sign is lost",
        ),
        pytest.param(
            "jingdezhen:1588",
            {"value": "615", "scope": "rural"},
            id="28: 615 yuan in the country",
        ),
        pytest.param(
            "jingdezhen:1648",
            {"indicator": "destitute_care_fee_self_caring", "value": "70"},
            id="28: 70 yuan for those who care for themselves",
        ),
        pytest.param(
            "jingdezhen:6894",
            {"indicator": "home_adaptation_households_per_year", "value": "500"},
            id="29: 500 a year",
        ),
        pytest.param(
            "jingdezhen:7409",
            {"indicator": "home_adaptation_households", "lower": "2500"},
            id="29: 2,500 in all",
        ),
        pytest.param(
            "jingdezhen:2539",
            {"indicator": "residents_65_plus_share", "kind": "projection"},
            id="32: 14% is of 65 and over, and foreseen",
        ),
        pytest.param(
            "dianjiang:845",
            {"value": "3", "obs_status": "U"},
            id="34: a character is lost",
        ),
        pytest.param(
            "dianjiang:5717",
            {"value": "12", "indicator": "smart_township_homes", "obs_status": "U"},
            id="35: 12 homes",
        ),
        pytest.param(
            "dianjiang:9528",
            {"value": "100", "time_period": "2025"},
            id="36: one name on two lines",
        ),
        pytest.param(
            "dianjiang:9563",
            {"value": "90", "comparator": "=", "time_period": "2021"},
            id="37: 90%, then a floor of 90%",
        ),
        pytest.param(
            "dianjiang:9569",
            {"comparator": ">=", "lower": "90", "upper": "100"},
            id="37: the floor",
        ),
        pytest.param(
            "dianjiang:9687",
            {"value": "40", "unit_stated": "", "flow_stated": "每年"},
            id="38: 40 a year",
        ),
        pytest.param(
            "dianjiang:9612",
            {"value": "5", "time_period": "2025"},
            id="39: 5 per 1,000 is kept",
        ),
        pytest.param(
            "jiamusi:1020",
            {"value": "0", "obs_status": "A"},
            id="40: zero is a value",
        ),
        pytest.param(
            "jiamusi:1859",
            {
                "value": "",
                "value_stated": "——",
                "comparator": "missing",
                "absence": "dash",
                "obs_status": "O",
            },
            id="41: a dash is missing, not zero",
        ),
        pytest.param(
            "jiamusi:3142",
            {"ref_area": "X-JSJ", "area_stated": "建三江农科区", "value": "1427"},
            id="42: 建三江 is no administrative division",
        ),
        pytest.param(
            "jiamusi:814",
            {"value": "32", "time_period": "2020", "unit": "per_1000_persons"},
            id="43: the ratio is of 2020",
        ),
        pytest.param(
            "jiamusi:1371",
            {"value": "100", "indicator": "destitute_institutions_grade_1_share"},
            id="44: 100% of institutions for the destitute",
        ),
        pytest.param(
            "jiamusi:273",
            {"lower": "80", "indicator": "private_institutions_grade_1_share"},
            id="44: 80% of private institutions",
        ),
        pytest.param(
            "xianning:2561",
            {"value": "4.5", "label_stated": "常住人口擁有托位數"},
            id="45: traditional characters are found",
        ),
    ],
)
def test_a_trap_is_read_rightly(
    id: str, cells: dict[str, str], observations: dict[str, Observation]
) -> None:
    row = observations[id]
    assert {name: getattr(row, name) for name in cells} == cells


def test_the_zero_of_the_first_table_row_is_no_year(
    observations: dict[str, Observation],
) -> None:
    years = {"2020", "2021", "2022", "2023", "2024", "2025"}
    odd = {row.id for row in observations.values() if row.value in years}
    assert odd == {"jiamusi:1093"}


def test_jingdezhen_says_nothing_on_childcare(checked: Checked) -> None:
    families = {"childcare", "child_health", "child_friendly"}
    for row in checked.observations:
        if row.doc == "jingdezhen":
            assert checked.book.indicators[row.indicator].family not in families
    declared = {
        row.subject: row.status
        for row in checked.book.coverage
        if row.doc == "jingdezhen"
    }
    assert declared == dict.fromkeys(families, "out_of_scope")


def test_the_table_of_changsha_is_declared_lost(checked: Checked) -> None:
    lost = {row.subject for row in checked.book.coverage if row.doc == "changsha"}
    assert {"beds", "childcare", "safety_net"} <= lost
    assert checked.documents["changsha"].text.count("图片.png") == 2
    assert not any(row.in_table for row in checked.readings if row.doc == "changsha")


def test_dates_of_changsha_are_told_apart(book: Codebook) -> None:
    source = book.documents["changsha"]
    assert (source.date_signed, source.date_effective) == ("2022-12-22", "2023-01-17")
    assert (source.date_published, source.date_expires) == ("2023-02-13", "2025-12-31")


def test_slogans_of_xianning_are_no_observations(checked: Checked) -> None:
    slogans = {"10萬", "100萬", "1000億"}
    stated = {row.value_stated for row in checked.readings if row.doc == "xianning"}
    kept = {row.value_stated for row in checked.observations if row.doc == "xianning"}
    assert not slogans & kept
    assert slogans <= stated


def test_shares_of_the_destitute_are_two_indicators(checked: Checked) -> None:
    by_wish = {"有意愿", "有集中供养意愿", "有意愿入住"}
    for row in checked.observations:
        if row.indicator == "destitute_disabled_collective_care_share":
            assert not any(words in row.label_stated for words in by_wish)
        if row.indicator == "destitute_willing_collective_care_share":
            assert "意愿" in row.label_stated


@pytest.mark.parametrize("indicator", ["eldercare_beds", "childcare_slots"])
@pytest.mark.parametrize("year", ["2021", "2022", "2023", "2024", "2025"])
def test_the_areas_of_jiamusi_add_up_to_its_total(
    indicator: str, year: str, checked: Checked
) -> None:
    rows = [
        row
        for row in checked.observations
        if row.doc == "jiamusi"
        and row.indicator == indicator
        and row.time_period == year
        and row.flow_stated
    ]
    (total,) = [int(row.value) for row in rows if row.ref_area == "230800"]
    parts = {row.ref_area: int(row.value) for row in rows if row.ref_area != "230800"}
    assert len(parts) == 11 == len(rows) - 1 and "X-JSJ" in parts
    assert sum(parts.values()) == total
    assert {row.kind for row in rows} == {"baseline" if year == "2021" else "target"}


@pytest.mark.parametrize(
    ("parts", "total"),
    [
        (["1090", "1108", "1127"], "1070"),
        (["1083", "1100", "1120"], "1061"),
    ],
)
def test_the_parts_of_jingdezhen_add_up(
    parts: list[str], total: str, observations: dict[str, Observation]
) -> None:
    values = [int(observations[f"jingdezhen:{part}"].value) for part in parts]
    assert sum(values) == int(observations[f"jingdezhen:{total}"].value)


def test_derived_values_are_not_among_the_observations(checked: Checked) -> None:
    reported = {row.id for row in checked.observations}
    for row in checked.derived:
        assert row.id not in reported
        assert set(row.inputs.split()) <= reported
        assert not row.refused or row.lower == row.upper == row.value == ""
        assert isinstance(row, Derived) and row.note and row.note_zh


def test_corrections_give_their_status(
    checked: Checked, observations: dict[str, Observation]
) -> None:
    assert checked.book.corrections
    for row in checked.book.corrections:
        assert observations[row.id].obs_status == row.obs_status
        assert row.reason in observations[row.id].note


def test_the_account_of_the_data_package_names_every_document(
    checked: Checked,
) -> None:
    text = (DATA / "curated" / "datapackage.json").read_text("utf-8")
    package = json.loads(text)
    assert {item["path"] for item in package["sources"]} == {
        f"../raw/{doc}.txt" for doc in DOCS
    }
    for item in package["sources"]:
        raw = (DATA / "curated" / item["path"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == item["sha256"]
    for item in package["resources"]:
        model = CURATED_TABLES[item["name"]]
        names = [field["name"] for field in item["schema"]["fields"]]
        assert (
            names == model.columns() == list(table(DATA / "curated" / item["path"])[0])
        )
        assert all(field["description"] for field in item["schema"]["fields"])


def test_an_outside_judge_finds_the_data_package_valid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frictionless = pytest.importorskip("frictionless")
    monkeypatch.chdir(DATA / "curated")
    report = frictionless.validate("datapackage.json")
    assert report.valid, report.flatten(["title", "fieldName", "note"])[:5]
    assert {task.name for task in report.tasks} == set(CURATED_TABLES)


def test_the_outside_judge_finds_a_spoilt_row(project: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    folder = project / "data" / "curated"
    path = folder / "observations.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace(",2020,baseline,32,", ",2020,,x,"), "utf-8")
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert not report.valid
    wrong = {name for (name,) in report.flatten(["fieldName"])}
    assert {"kind", "value"} <= wrong


def test_every_edited_table_has_a_model() -> None:
    names = {path.stem for path in (DATA / "codebook").glob("*.csv")}
    assert names - set(TABLES) <= {"layouts", "layout_differences"}
