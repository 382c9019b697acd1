"""Words: one value, one form, in each language."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from compare.base.problems import Problems
from compare.codebook.book import Codebook
from compare.project import Project
from compare.views.show import BEHIND
from compare.views.tables import statements
from compare.views.words import Words


@pytest.mark.parametrize(
    ("comparator", "value", "unit", "english", "chinese"),
    [
        ("=", 36.4, "per_1000_persons", "36.4", "36.4"),
        ("=", 469200.0, "persons", "469,200", "46.92万"),
        (">=", 55.0, "percent", "≥55%", "≥55%"),
        ("<=", 18.0, "percent", "≤18%", "≤18%"),
        (">", 95.0, "percent", ">95%", ">95%"),
        ("<", 100000000.0, "yuan", "nearly 100,000,000", "近10000万"),
        ("~", 20000.0, "slots", "about 20,000", "约2万"),
        ("+", 30000.0, "beds", "30,000 and more", "3万余"),
        ("..", math.nan, "square_metres", "20 to 30", "20至30"),
        ("missing", math.nan, "percent", "blank", "未填"),
        ("~", math.nan, "persons", "about ?", "约?"),
        ("=", 0.08, "permille", "0.08‰", "0.08‰"),
        ("=", 0.0, "percent", "0%", "0%"),
    ],
)
def test_a_number_is_worded_as_a_reader_would_write_it(
    book: Codebook,
    comparator: str,
    value: float,
    unit: str,
    english: str,
    chinese: str,
) -> None:
    row = dict(comparator=comparator, value=value, unit=unit, lower=20.0, upper=30.0)
    told = [Words(book, language).value(row) for language in ("en", "zh")]
    assert told == [english, chinese]


@pytest.mark.parametrize(
    ("value", "lower", "upper", "refused", "words"),
    [
        (39.592924, 39.592924, 39.592924, "", "39.59"),
        (509657.5, 509657.5, 509657.5, "", "509,658"),
        (math.nan, 9887640.4, 12359550.5, "", "9,890,000 to 12,360,000"),
        (math.nan, 5.2, math.nan, "", "at least 5.2"),
        (math.nan, 0.0, 651111.2, "", "at most 651,111"),
        (math.nan, math.nan, 3.5, "", "at most 3.5"),
        (math.nan, math.nan, math.nan, "", "not bounded"),
        (math.nan, math.nan, math.nan, "yes", "not computed"),
    ],
)
def test_a_derived_value_is_a_point_or_what_bounds_it(
    book: Codebook, value: float, lower: float, upper: float, refused: str, words: str
) -> None:
    row = dict(value=value, lower=lower, upper=upper, refused=refused)
    assert Words(book).derived(row) == words


def test_there_are_two_languages(book: Codebook) -> None:
    with pytest.raises(Problems, match="'fr' is not a known code"):
        Words(book, "fr")


def test_a_table_for_readers_has_words_for_codes(project: Project) -> None:
    frame = statements(project, ["lottery_fund_eldercare_share"])
    columns = ["indicator", "kind", "time_period", "obligation", "obs_status", "stated"]
    before = frame.copy()
    shown = Words(project.book).table(frame, columns)
    heads = ["Indicator", "Kind", "Time", "Obligation", "Status", "Stated"]
    assert shown.columns.tolist() == heads
    assert "undated" in set(shown["Time"]) and "" not in set(shown["Time"])
    assert set(shown["Status"]) == {"normal value", "definition differs"}
    pd.testing.assert_frame_equal(frame, before)


def test_a_table_has_the_words_of_its_language_only(project: Project) -> None:
    frame = statements(project, ["nursing_bed_share"])
    shown = Words(project.book, "zh").table(frame, ["indicator", "place", "cited"])
    assert shown.columns.tolist() == ["指标", "地区", "数值"]
    assert shown.iloc[0].tolist() == [
        "养老机构护理型床位占比",
        "咸宁",
        "[≥60%](xianning:5774)",
    ]


def test_a_head_is_known_or_a_plan_or_itself(project: Project) -> None:
    english, chinese = Words(project.book), Words(project.book, "zh")
    for name, heads in (
        ("place", ["Place 地区", "地区"]),
        ("changsha", ["Changsha", "长沙"]),
        ("2025", ["2025", "2025"]),
    ):
        assert [english.head(name), chinese.head(name)] == heads


def test_what_is_not_shown_stands_behind_a_table(project: Project) -> None:
    frame, words = statements(project, ["nursing_bed_share"]), Words(project.book)
    other = frame.assign(note="another")
    one, two = (words.table(each, ["place", "stated"]) for each in (frame, other))
    pd.testing.assert_frame_equal(one, two)
    assert one.attrs[BEHIND] != two.attrs[BEHIND]


def test_words_are_rows_of_the_codebook(book: Codebook) -> None:
    row = book.codes["wording"]["undated"].model_copy(update={"label_en": "some day"})
    wordings = {**book.codes["wording"], "undated": row}
    changed = replace(book, codes={**book.codes, "wording": wordings})
    frame = pd.DataFrame({"time_period": ["", "2016/2020"]})
    assert Words(changed).table(frame)["Time"].tolist() == ["some day", "2016–2020"]
