"""Harmonize: the same statements in canonical terms, and none of them lost."""

import dataclasses
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare.base.problems import Problem
from compare.codebook.book import Codebook
from compare.codebook.models import AreaName, Correction, Match
from compare.curated.observations import (
    Conservation,
    Observation,
    harmonize,
    stub,
    to_rows,
    unmatched,
    unstated,
    without_row,
)
from compare.readings.readings import Reading, typed

Built = tuple[list[Observation], Conservation]


def reading(**cells: str) -> Reading:
    row = {
        "id": "jiachuan:5",
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
        "subject_source": "jiachuan",
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


def small(toy_book: Codebook, *matches: Match, doubts: str = "") -> Codebook:
    """The codebook with another crosswalk; ``doubts`` are ids that are unreliable."""
    corrections = [
        Correction(id=id, expect="10", obs_status="U", reason="does not add up")
        for id in doubts.split()
    ]
    return dataclasses.replace(
        toy_book,
        crosswalk=matches or (match(),),
        corrections=corrections,
        area_names=(),
    )


def built(readings: list[Reading], toy_book: Codebook) -> Built:
    frame, account = harmonize(typed(readings, toy_book.words), toy_book)
    return to_rows(frame), account


def one(row: Reading, toy_book: Codebook) -> Observation:
    (observation,), _ = built([row], toy_book)
    return observation


def test_an_observation_says_what_its_reading_says(toy_book: Codebook) -> None:
    row = reading(hedge_stated="余", comparator="+", time_period="2025", note="remark")
    observation = one(row, small(toy_book, match(denominator_stated="老年人")))
    assert (observation.value, observation.lower) == ("10", "10")
    assert (observation.upper, observation.upper_open) == ("20", "yes")
    assert observation.unit == "beds" and observation.denominator_stated == "老年人"
    assert observation.note == "remark"
    shared = set(Reading.columns()) & set(Observation.columns()) - {"lower", "upper"}
    for name in shared:
        assert getattr(observation, name) == getattr(row, name)


def test_a_factor_is_applied_once_and_exactly(toy_book: Codebook) -> None:
    workers = {"object_id": "social_workers_per_1000_elderly"}
    crosswalk = small(toy_book, match(unit="per_10000_persons", **workers))
    observation = one(reading(), crosswalk)
    assert observation.value == observation.lower == observation.upper == "1"
    assert observation.unit == "per_1000_persons"
    decimal = one(reading(value_stated="0.7", value="0.7"), crosswalk)
    assert decimal.value == decimal.lower == decimal.upper == "0.07"


@given(tenths=st.integers(0, 10**6))
def test_no_binary_noise_in_scaled_numbers(toy_book: Codebook, tenths: int) -> None:
    text = f"{tenths / 10:.1f}"
    workers = {"object_id": "social_workers_per_1000_elderly"}
    crosswalk = small(toy_book, match(unit="per_10000_persons", **workers))
    observation = one(reading(value_stated=text, value=text), crosswalk)
    assert len(observation.value.partition(".")[2]) <= 2
    assert float(observation.value) * 1000 == pytest.approx(tenths * 10)


@pytest.mark.parametrize(
    ("comparator", "hedge", "upper"),
    [(">=", "不低于", "100"), (">", "超过", "100"), ("=", "", "10"), ("<=", "≤", "10")],
)
def test_only_an_open_share_ends_at_100(
    toy_book: Codebook, comparator: str, hedge: str, upper: str
) -> None:
    share = small(toy_book, match(object_id="nursing_bed_share", unit="percent"))
    row = reading(comparator=comparator, hedge_stated=hedge)
    assert one(row, share).upper == upper


def test_at_least_a_number_of_beds_has_no_upper_end(toy_book: Codebook) -> None:
    observation = one(reading(comparator=">=", hedge_stated="以上"), small(toy_book))
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
    toy_book: Codebook,
    cells: dict[str, str],
    judged: dict[str, str],
    doubt: bool,
    status: str,
    note: str,
) -> None:
    crosswalk = small(toy_book, match(**judged), doubts="jiachuan:5" if doubt else "")
    observation = one(reading(**cells), crosswalk)
    assert (observation.obs_status, observation.note) == (status, note)


def test_zero_is_a_value_and_no_status(toy_book: Codebook) -> None:
    observation = one(reading(value_stated="0", value="0"), small(toy_book))
    assert (observation.value, observation.obs_status) == ("0", "A")


def test_every_reading_is_counted_in_one_of_three(toy_book: Codebook) -> None:
    crosswalk = small(
        toy_book,
        match(),
        match(subject_label="亮点", object_id="NoTermFound", unit=""),
        match(subject_label="人才", status="unsure", object_id="eldercare_beds"),
        match(status="rejected", object_id="childcare_slots", unit="slots"),
    )
    rows = [
        reading(id="jiachuan:5"),
        reading(id="jiachuan:6", label_stated="亮点"),
        reading(id="jiachuan:7", label_stated="人才"),
        reading(id="jiachuan:8"),
    ]
    observations, account = built(rows, crosswalk)
    assert [row.id for row in observations] == ["jiachuan:5", "jiachuan:8"]
    assert account == Conservation(4, 2, 1, 1) and account.holds()
    assert {row.indicator for row in observations} == {"eldercare_beds"}


def test_a_reading_that_nobody_judged_is_lost_and_noticed(toy_book: Codebook) -> None:
    _, account = built([reading(label_stated="新词")], small(toy_book))
    assert account == Conservation(1, 0, 0, 0) and not account.holds()


def test_a_lost_reading_breaks_conservation() -> None:
    assert not Conservation(4, 2, 1, 0).holds()
    assert not Conservation(4, 4, 1, 0).holds()


def test_a_wording_counts_only_with_its_scope_and_unit(toy_book: Codebook) -> None:
    crosswalk = small(
        toy_book,
        match(unit_stated="张"),
        match(unit_stated="个", object_id="childcare_slots", unit="slots"),
        match(scope_stated="农村", object_id="eldercare_institution_beds"),
    )
    rows = [
        reading(unit_stated="张"),
        reading(unit_stated="个"),
        reading(scope_stated="农村"),
    ]
    observations, account = built(rows, crosswalk)
    assert [row.indicator for row in observations] == [
        "eldercare_beds",
        "childcare_slots",
        "eldercare_institution_beds",
    ]
    assert account.holds()


def test_an_area_is_the_documents_own_unless_the_row_names_one(
    toy_book: Codebook,
) -> None:
    crosswalk = dataclasses.replace(
        small(toy_book, match(scope="whole_city")),
        area_names=[
            AreaName(doc="jiachuan", area_stated="北县", ref_area="990122"),
            AreaName(
                doc="jiachuan", area_stated="农村", ref_area="990100", scope="rural"
            ),
        ],
    )
    rows = [reading(), reading(area_stated="北县"), reading(area_stated="农村")]
    observations, _ = built(rows, crosswalk)
    assert [(row.ref_area, row.scope) for row in observations] == [
        ("990100", "whole_city"),
        ("990122", "whole_city"),
        ("990100", "rural"),
    ]


def test_obligations_become_codes(toy_book: Codebook) -> None:
    words = ("约束性", "預期性", "")
    rows = [reading(obligation=word) for word in words]
    observations, _ = built(rows, small(toy_book))
    assert [row.obligation for row in observations] == ["binding", "indicative", ""]


def test_a_frame_holds_the_columns_of_an_observation_and_floats(
    toy_book: Codebook,
) -> None:
    frame, _ = harmonize(
        typed([reading(), reading(**MISSING)], toy_book.words), small(toy_book)
    )
    assert list(frame.columns) == Observation.columns()
    for name in ("value", "lower", "upper"):
        assert frame[name].dtype == "float64" and frame[name].isna().tolist() == [
            False,
            True,
        ]


def places(problems: Iterable[Problem]) -> list[str]:
    return [problem.where for problem in problems]


def test_a_wording_without_a_row_names_the_nearest_judged_one(
    toy_book: Codebook,
) -> None:
    crosswalk = small(
        toy_book, match(), match(subject_label="养老床位数", subject_source="yiqiao")
    )
    row = reading(id="yiqiao:9", label_stated="養老床位總數", unit_stated="張")
    assert unmatched([reading(), row], crosswalk) == [row]
    missing = without_row(row, crosswalk.crosswalk)
    assert missing.where == "data/raw/yiqiao.txt characters 3 to 7"
    assert missing.what == "no crosswalk row for «養老床位總數», unit «張»."
    assert missing.expected == "perhaps eldercare_beds, used for yiqiao «养老床位数»."
    assert "yiqiao:9 in build/unmatched.csv" in missing.remedy


def test_a_row_without_a_wording_is_a_problem(toy_book: Codebook) -> None:
    crosswalk = small(toy_book, match(), match(subject_label="养老床位数"))
    assert places(unstated([reading()], crosswalk)) == [
        "data/codebook/crosswalk.csv row 3"
    ]


def test_a_rejected_row_is_neither_a_judgement_nor_unused(toy_book: Codebook) -> None:
    rejected = match(status="rejected", subject_label="不在")
    both = small(toy_book, match(), rejected)
    assert unmatched([reading()], both) == []
    assert list(unstated([reading()], both)) == []
    only_rejected = small(toy_book, match(status="rejected"))
    assert unmatched([reading()], only_rejected) == [reading()]


def test_one_wording_is_missing_once_however_often_it_stands(
    toy_book: Codebook,
) -> None:
    rows = [
        reading(id=f"jiachuan:{offset}", label_stated="新词") for offset in (1, 2, 3)
    ]
    assert unmatched([*rows, reading()], small(toy_book)) == rows[:1]


def test_areas_and_names_without_each_other_are_problems(toy_book: Codebook) -> None:
    crosswalk = dataclasses.replace(
        small(toy_book),
        area_names=[AreaName(doc="jiachuan", area_stated="北县", ref_area="990122")],
    )
    assert places(unstated([reading(area_stated="某区")], crosswalk)) == [
        "data/readings/jiachuan.csv jiachuan:5, area_stated",
        "data/codebook/area_names.csv row 2",
    ]


@pytest.mark.parametrize(
    ("doubt", "found"), [("jiachuan:5", "11"), ("jiachuan:6", "no reading")]
)
def test_a_correction_fails_when_it_no_longer_applies(
    toy_book: Codebook, doubt: str, found: str
) -> None:
    row = reading(value_stated="11", value="11")
    (problem,) = unstated([row], small(toy_book, doubts=doubt))
    assert problem.where == "data/codebook/corrections.csv row 2"
    assert problem.what == f"expected value 10 at {doubt}, found {found}."


def test_a_stub_is_a_crosswalk_row_to_complete() -> None:
    row = reading(label_stated="新词", scope_stated="农村", unit_stated="张")
    made = stub(row)
    assert list(made) == [*Match.columns(), "id", "quote"]
    assert {name: cell for name, cell in made.items() if cell} == {
        "subject_source": "jiachuan",
        "subject_label": "新词",
        "scope_stated": "农村",
        "unit_stated": "张",
        "id": "jiachuan:5",
        "quote": "床位10",
    }


@pytest.mark.parametrize("comparator", [">=", ">"])
def test_a_share_of_more_than_all_keeps_its_bounds_in_order(
    toy_book: Codebook, comparator: str
) -> None:
    share = small(toy_book, match(object_id="nursing_bed_share", unit="percent"))
    hedge = {">=": "不低于", ">": "超过"}[comparator]
    cells = {"comparator": comparator, "hedge_stated": hedge}
    observation = one(reading(value_stated="120", value="120", **cells), share)
    assert observation.lower == "120"
    assert not observation.upper or float(observation.upper) >= 120
