"""Harmonize: the same statements in canonical terms, and none of them lost."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import table
from hypothesis import given
from hypothesis import strategies as st

from compare.base.problems import Problem
from compare.codebook.book import AreaName, Codebook, Correction, Match
from compare.curated.build import Checked
from compare.curated.observations import (
    Conservation,
    Observation,
    harmonize,
    to_rows,
    unmatched,
    write_stubs,
)
from compare.readings.readings import Reading, typed

Built = tuple[list[Observation], Mapping[str, Conservation]]


def reading(**cells: str) -> Reading:
    row = {
        "id": "jiamusi:5",
        "label_stated": "床位",
        "value_stated": "10",
        "value": "10",
        "comparator": "=",
        "kind": "target",
        "section": "一",
        "quote": "床位10",
        "quote_start": "3",
        "quote_end": "7",
        "reader": "r1",
    }
    return Reading.model_validate(row | cells)


def match(**cells: str) -> Match:
    row = {
        "subject_source": "jiamusi",
        "subject_label": "床位",
        "predicate_id": "exactMatch",
        "object_id": "eldercare_beds",
        "unit": "beds",
        "status": "accepted",
        "author_label": "r1",
        "mapping_date": "2026-01-02",
        "comment": "why",
    }
    return Match.model_validate(row | cells)


def small(book: Codebook, *matches: Match, doubts: str = "") -> Codebook:
    """The codebook with another crosswalk; ``doubts`` are ids that are unreliable."""
    corrections = [
        Correction(id=id, expect="10", obs_status="U", reason="does not add up")
        for id in doubts.split()
    ]
    return dataclasses.replace(
        book, crosswalk=matches or (match(),), corrections=corrections, area_names=()
    )


def built(readings: list[Reading], book: Codebook) -> Built:
    frame, accounts = harmonize(typed(readings, book.words), book)
    return to_rows(frame), accounts


def one(row: Reading, book: Codebook) -> Observation:
    (observation,), _ = built([row], book)
    return observation


def test_an_observation_says_what_its_reading_says(book: Codebook) -> None:
    row = reading(hedge_stated="余", comparator="+", time_period="2025", note="remark")
    observation = one(row, small(book, match(denominator_stated="老年人")))
    assert (observation.value, observation.lower) == ("10", "10")
    assert (observation.upper, observation.upper_open) == ("20", "yes")
    assert observation.unit == "beds" and observation.denominator_stated == "老年人"
    assert observation.note == "remark"
    shared = set(Reading.columns()) & set(Observation.columns()) - {"lower", "upper"}
    for name in shared:
        assert getattr(observation, name) == getattr(row, name)


def test_a_factor_is_applied_once_and_exactly(book: Codebook) -> None:
    workers = {"object_id": "social_workers_per_1000_elderly"}
    crosswalk = small(book, match(unit="per_10000_persons", **workers))
    observation = one(reading(), crosswalk)
    assert observation.value == observation.lower == observation.upper == "1"
    assert observation.unit == "per_1000_persons"
    decimal = one(reading(value_stated="0.7", value="0.7"), crosswalk)
    assert (decimal.value, decimal.lower) == ("0.07", "0.065")
    assert decimal.upper == "0.075"


@given(tenths=st.integers(0, 10**6))
def test_no_binary_noise_in_scaled_numbers(book: Codebook, tenths: int) -> None:
    text = f"{tenths / 10:.1f}"
    workers = {"object_id": "social_workers_per_1000_elderly"}
    crosswalk = small(book, match(unit="per_10000_persons", **workers))
    observation = one(reading(value_stated=text, value=text), crosswalk)
    assert len(observation.value.partition(".")[2]) <= 2
    assert float(observation.value) * 1000 == pytest.approx(tenths * 10)


@pytest.mark.parametrize(
    ("comparator", "hedge", "upper"),
    [(">=", "不低于", "100"), (">", "超过", "100"), ("=", "", "10"), ("<=", "≤", "10")],
)
def test_only_an_open_share_ends_at_100(
    book: Codebook, comparator: str, hedge: str, upper: str
) -> None:
    share = small(book, match(object_id="nursing_bed_share", unit="percent"))
    row = reading(comparator=comparator, hedge_stated=hedge)
    assert one(row, share).upper == upper


def test_at_least_a_number_of_beds_has_no_upper_end(book: Codebook) -> None:
    observation = one(reading(comparator=">=", hedge_stated="以上"), small(book))
    assert (observation.lower, observation.upper) == ("10", "")


MISSING = {"comparator": "missing", "value": "", "value_stated": "", "absence": "blank"}
ABOUT = {"comparator": "~", "hedge_stated": "约"}
CONTRADICTORY = {"comparator": "~", "value": "", "hedge_stated": "近…余"}
CLOSE = {"predicate_id": "closeMatch", "comment": "not the same base"}


@pytest.mark.parametrize(
    ("cells", "judged", "doubt", "status", "note"),
    [
        ({}, {}, False, "A", ""),
        ({"kind": "projection"}, {}, False, "F", ""),
        (ABOUT, {}, False, "E", ""),
        ({"comparator": "+", "hedge_stated": "余"}, {}, False, "E", ""),
        ({"comparator": ">=", "hedge_stated": "以上"}, {}, False, "A", ""),
        ({}, CLOSE, False, "D", "not the same base"),
        ({}, {"predicate_id": "broadMatch"}, False, "D", "why"),
        ({}, {}, True, "U", "does not add up"),
        (MISSING, {}, False, "O", ""),
        (CONTRADICTORY, {}, False, "U", "also E"),
        (ABOUT | {"kind": "projection"}, {}, False, "E", "also F"),
        ({"kind": "projection"}, CLOSE, False, "D", "not the same base; also F"),
        (
            ABOUT | {"kind": "projection"},
            CLOSE,
            True,
            "U",
            "does not add up; not the same base; also D, E, F",
        ),
        (MISSING, CLOSE, True, "O", "does not add up; not the same base; also U, D"),
    ],
)
def test_the_first_status_wins_and_the_note_says_the_rest(
    book: Codebook,
    cells: dict[str, str],
    judged: dict[str, str],
    doubt: bool,
    status: str,
    note: str,
) -> None:
    crosswalk = small(book, match(**judged), doubts="jiamusi:5" if doubt else "")
    observation = one(reading(**cells), crosswalk)
    assert (observation.obs_status, observation.note) == (status, note)


def test_zero_is_a_value_and_no_status(book: Codebook) -> None:
    observation = one(reading(value_stated="0", value="0"), small(book))
    assert (observation.value, observation.obs_status) == ("0", "A")


def test_every_reading_is_counted_in_one_of_three(book: Codebook) -> None:
    crosswalk = small(
        book,
        match(),
        match(subject_label="亮点", object_id="NoTermFound", unit=""),
        match(subject_label="人才", status="unsure", object_id="eldercare_beds"),
        match(status="rejected", object_id="childcare_slots", unit="slots"),
    )
    rows = [
        reading(id="jiamusi:5"),
        reading(id="jiamusi:6", label_stated="亮点"),
        reading(id="jiamusi:7", label_stated="人才"),
        reading(id="jiamusi:8"),
    ]
    observations, accounts = built([*rows, reading(id="xianning:9")], crosswalk)
    assert [row.id for row in observations] == ["jiamusi:5", "jiamusi:8"]
    assert accounts["jiamusi"] == Conservation(4, 2, 1, 1)
    assert accounts["jiamusi"].holds()
    assert accounts["xianning"] == Conservation(1, 0, 0, 0)
    assert not accounts["xianning"].holds()
    assert {row.indicator for row in observations} == {"eldercare_beds"}


def test_a_lost_reading_breaks_conservation() -> None:
    assert not Conservation(4, 2, 1, 0).holds()
    assert not Conservation(4, 4, 1, 0).holds()


def test_a_wording_counts_only_with_its_scope_and_unit(book: Codebook) -> None:
    crosswalk = small(
        book,
        match(unit_stated="张"),
        match(unit_stated="个", object_id="childcare_slots", unit="slots"),
        match(scope_stated="农村", object_id="nursing_beds_added"),
    )
    rows = [
        reading(unit_stated="张"),
        reading(unit_stated="个"),
        reading(scope_stated="农村"),
    ]
    observations, accounts = built(rows, crosswalk)
    assert [row.indicator for row in observations] == [
        "eldercare_beds",
        "childcare_slots",
        "nursing_beds_added",
    ]
    assert accounts["jiamusi"].holds()


def test_an_area_is_the_documents_own_unless_the_row_names_one(book: Codebook) -> None:
    crosswalk = dataclasses.replace(
        small(book, match(scope="whole_city")),
        area_names=[
            AreaName(doc="jiamusi", area_stated="郊区", ref_area="230811"),
            AreaName(
                doc="jiamusi", area_stated="农村", ref_area="230800", scope="rural"
            ),
        ],
    )
    rows = [reading(), reading(area_stated="郊区"), reading(area_stated="农村")]
    observations, _ = built(rows, crosswalk)
    assert [(row.ref_area, row.scope) for row in observations] == [
        ("230800", "whole_city"),
        ("230811", "whole_city"),
        ("230800", "rural"),
    ]


def test_obligations_become_codes(book: Codebook) -> None:
    rows = [reading(obligation=word) for word in ("约束性", "预期性", "")]
    observations, _ = built(rows, small(book))
    assert [row.obligation for row in observations] == ["binding", "indicative", ""]


def test_a_frame_holds_the_columns_of_an_observation_and_floats(
    book: Codebook,
) -> None:
    frame, _ = harmonize(
        typed([reading(), reading(**MISSING)], book.words), small(book)
    )
    assert list(frame.columns) == Observation.columns()
    for name in ("value", "lower", "upper"):
        assert frame[name].dtype == "float64" and frame[name].isna().tolist() == [
            False,
            True,
        ]


def places(problems: list[Problem]) -> list[str]:
    return [problem.where for problem in problems]


def test_a_wording_without_a_row_names_the_nearest_judged_one(book: Codebook) -> None:
    crosswalk = small(
        book, match(), match(subject_label="养老床位数", subject_source="xianning")
    )
    rows = [reading(), reading(id="xianning:9", label_stated="養老床位總數")]
    (missing, unused) = unmatched(rows, crosswalk)
    assert missing.where == "data/raw/xianning.txt characters 3 to 7"
    assert "no crosswalk row for «養老床位總數»" in missing.what
    assert missing.expected == (
        "perhaps eldercare_beds, used for xianning «养老床位数»."
    )
    assert "xianning:9 in build/unmatched.csv" in missing.remedy
    assert unused.where == "data/codebook/crosswalk.csv row 3"


def test_a_rejected_row_is_neither_a_judgement_nor_unused(book: Codebook) -> None:
    rejected = match(status="rejected", subject_label="不在")
    assert unmatched([reading()], small(book, match(), rejected)) == []
    only_rejected = small(book, match(status="rejected"))
    assert places(unmatched([reading()], only_rejected)) == [
        "data/raw/jiamusi.txt characters 3 to 7"
    ]


def test_one_wording_is_missing_once_however_often_it_stands(book: Codebook) -> None:
    rows = [
        reading(id=f"jiamusi:{offset}", label_stated="新词") for offset in (1, 2, 3)
    ]
    problems = unmatched([*rows, reading()], small(book))
    assert len(problems) == 1


def test_areas_and_names_without_each_other_are_problems(book: Codebook) -> None:
    crosswalk = dataclasses.replace(
        small(book),
        area_names=[AreaName(doc="jiamusi", area_stated="郊区", ref_area="230811")],
    )
    assert places(unmatched([reading(area_stated="某区")], crosswalk)) == [
        "data/readings/jiamusi.csv jiamusi:5, area_stated",
        "data/codebook/area_names.csv row 2",
    ]


@pytest.mark.parametrize(
    ("doubt", "found"), [("jiamusi:5", "11"), ("jiamusi:6", "no reading")]
)
def test_a_correction_fails_when_it_no_longer_applies(
    book: Codebook, doubt: str, found: str
) -> None:
    row = reading(value_stated="11", value="11")
    (problem,) = unmatched([row], small(book, doubts=doubt))
    assert problem.where == "data/codebook/corrections.csv row 2"
    assert problem.what == f"expected value 10 at {doubt}, found {found}."


def test_a_stub_is_a_crosswalk_row_to_complete(book: Codebook, tmp_path: Path) -> None:
    path = tmp_path / "build" / "unmatched.csv"
    row = reading(label_stated="新词", scope_stated="农村", unit_stated="张")
    write_stubs([reading(), row, row], small(book), path)
    (stub,) = table(path)
    assert list(stub) == [*Match.columns(), "id", "quote"]
    filled = {name: cell for name, cell in stub.items() if cell}
    assert filled == {
        "subject_source": "jiamusi",
        "subject_label": "新词",
        "scope_stated": "农村",
        "unit_stated": "张",
        "id": "jiamusi:5",
        "quote": "床位10",
    }


def test_the_real_crosswalk_fits_the_real_readings(checked: Checked) -> None:
    assert unmatched(checked.readings, checked.book) == []
    assert all(account.holds() for account in checked.account.values())
