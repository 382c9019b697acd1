"""Sentences: every name becomes what the data say, and no comparison goes ungraded."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from compare.base.problems import Problems
from compare.views import tables as views
from compare.views.sentences import tell

LINK = re.compile(r"\[([^\]]*)\]\(\.\./reports/evidence\.html#([^&)]+)&lang=(zh|en)\)")


def plain(text: str, language: str = "en") -> str:
    """Tell a text and leave the links out."""
    return LINK.sub(r"\1", tell(text, language=language))


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("{jiamusi:814}", "32", "32"),
        ("{xianning:860}", "469,200", "46.92万"),
        ("{changsha:1088}", "30,000 and more", "3万余"),
        ("{changsha:1260}", "about 20,000", "约2万"),
        ("{xianning:5774}", "≥60%", "≥60%"),
        ("{jiamusi:814|time}", "2020", "2020"),
        ("{changsha:institution_bed_ratio:2021}", "19.48 to 25.98", "19.48至25.98"),
        ("{changsha:institution_bed_ratio:2021|1}", "19.5 to 26", "19.5至26"),
        (
            "{changsha:residents_at_target:2025}",
            "9,890,000 to 12,360,000",
            "989万至1236万",
        ),
        ("{dianjiang:all_bed_ratio:2021}", "not computed", "不予推算"),
        ("{xianning:bed_ratio_against_beds:487}", "fails", "不符"),
        ("{jiamusi:pro_rata:2202|computed}", "72.25", "72.25"),
        ("{CN:nursing_bed_share:2024}", "65.7%", "65.7%"),
        ("{CN:nursing_bed_share:2024|time}", "2024", "2024"),
        ("{documents}", "5", "5"),
        ("nothing to fill", "nothing to fill", "nothing to fill"),
    ],
)
def test_a_name_becomes_what_the_data_say(
    text: str, english: str, chinese: str
) -> None:
    assert (plain(text), plain(text, "zh")) == (english, chinese)


def test_every_value_of_a_place_links_to_its_evidence() -> None:
    told = tell("{jiamusi:814} {CN:nursing_bed_share:2024}\n{changsha:slot_ratio:2021}")
    assert [hit[1:] for hit in LINK.findall(told)] == [
        ("jiamusi:814", "en"),
        ("changsha:slot_ratio:2021", "en"),
    ]


@pytest.mark.parametrize(
    ("line", "grade"),
    [
        ("{xianning:2392} {changsha:5008} ({grade})", "grade A)"),
        ("{xianning:2392} {jiamusi:778} ({grade})", "grade B: what is counted"),
        ("{jiamusi:985} {dianjiang:7623} ({grade})", "grade C: which part or fund"),
        ("{jiamusi:814} {jiamusi:819} ({grade})", "one place alone, no grade"),
        ("{documents} ({grade})", "no values compared"),
    ],
)
def test_a_grade_is_that_of_the_worst_pair_of_its_line(line: str, grade: str) -> None:
    assert f"({grade}" in plain(line)


def test_a_derived_value_is_graded_by_what_it_was_computed_from() -> None:
    gaps = "{dianjiang:gap:nursing_bed_share:2025} {jiamusi:gap:nursing_bed_share:2025}"
    pair = views.comparability("nursing_bed_share").set_index(["left", "right"])
    assert pair.loc[("dianjiang:8870", "jiamusi:772"), "grade"] == "B"
    assert "grade B" in plain(f"{gaps} ({{grade}})")


def test_each_line_has_a_grade_of_its_own() -> None:
    told = plain("{jiamusi:985} {dianjiang:7623} {grade}\n{jiamusi:814} {grade}")
    assert told.splitlines()[1].endswith("one place alone, no grade")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{jiamusi:813}", "the data have no {jiamusi:813}"),
        ("{jiamusi:814} and {xianning:487}", "2 places and no grade"),
        ("{jiamusi:814} {changsha:5008} {grade}", "of which no pair has a grade"),
        ("{jiamusi:814|qoute}", "jiamusi:814 has no qoute"),
        ("{xianning:5774|time}", "xianning:5774 has no time"),
        ("{jiamusi:2701|gloss}", "jiamusi:2701 has no gloss"),
        ("{changsha:slot_ratio:2021|two}", "changsha:slot_ratio:2021 has no two"),
        ("{documents|time}", "documents has no time"),
    ],
)
def test_what_cannot_be_told_is_a_problem(line: str, said: str) -> None:
    with pytest.raises(Problems, match=re.escape(said)):
        tell(line)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(Problems) as caught:
        tell("{a:1} {a:2}\n{a:3}")
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_value_can_be_told(language: str) -> None:
    rows = pd.concat([views.load(), views.load_derived()])["id"]
    told = plain("\n".join(f"{{{id}}}" for id in rows), language).splitlines()
    assert len(told) == len(rows)
    assert not [text for text in told if not text or re.search(r"nan|#", text)]


def test_a_quote_is_text_and_never_markup(project: Path) -> None:
    path = project / "data" / "curated" / "observations.csv"
    quote = "每千名老年人拥有养老床位数(张) |⏎32"
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace(f"{quote},", "[x](y) <b>*|*</b>,"), "utf-8-sig")
    told = tell("{jiamusi:814|quote}", project)
    assert told == r"\[x\](y) \<b\>\*\|\*\</b\>"
