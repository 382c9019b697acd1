"""Sentences: every name becomes what the data say, and no comparison goes ungraded."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from compare.base.problems import Problems
from compare.codebook.models import Alias
from compare.project import Project
from compare.views.sentences import tell
from compare.views.words import Words

LINK = re.compile(r"\[([^\]]*)\]\(\.\./reports/evidence\.html#([^&)]+)&lang=(zh|en)\)")


Plain = Callable[..., str]


@pytest.fixture(scope="module")
def plain(project: Project) -> Plain:
    """Tell a text and leave the links out."""

    def told(text: str, language: str = "en") -> str:
        words = Words(project.book, language)
        return LINK.sub(r"\1", tell(project, text, words))

    return told


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
            "10,000,000 to 12,220,000",
            "1000万至1222万",
        ),
        ("{dianjiang:all_bed_ratio:2021}", "not computed", "不予推算"),
        ("{xianning:bed_ratio_against_beds:487}", "does not agree", "不符"),
        ("{jiamusi:pro_rata:2202|computed}", "72.25", "72.25"),
        ("{CN:nursing_bed_share:2024}", "65.7% (as reported)", "65.7%（据报道）"),
        ("{CN:nursing_bed_share:2025}", "55%", "55%"),
        ("{CN:nursing_bed_share:2024|time}", "2024", "2024"),
        ("{documents}", "5", "5"),
        ("nothing to fill", "nothing to fill", "nothing to fill"),
        ("2. plans until 2025 in `v1`", *["2. plans until 2025 in `v1`"] * 2),
    ],
)
def test_a_name_becomes_what_the_data_say(
    plain: Plain, text: str, english: str, chinese: str
) -> None:
    assert (plain(text), plain(text, "zh")) == (english, chinese)


def test_every_value_of_a_place_links_to_its_evidence(project: Project) -> None:
    text = "{jiamusi:814} {CN:nursing_bed_share:2024}\n{changsha:slot_ratio:2021}"
    told = tell(project, text, Words(project.book))
    assert [hit[1:] for hit in LINK.findall(told)] == [
        ("jiamusi:814", "en"),
        ("changsha:slot_ratio:2021", "en"),
    ]


@pytest.mark.parametrize(
    ("line", "grade"),
    [
        ("{xianning:2392} {changsha:5008} ({grade})", "comparable)"),
        (
            "{xianning:2392} {jiamusi:778} ({grade})",
            "compare with care: what is counted, over whom",
        ),
        (
            "{jiamusi:985} {dianjiang:7623} ({grade})",
            "not comparable: what is counted, over whom, which part or fund",
        ),
        ("{jiamusi:814} {jiamusi:819} ({grade})", "one place alone"),
        ("{documents} ({grade})", "no values compared"),
    ],
)
def test_a_line_tells_how_its_values_stand_together(
    plain: Plain, line: str, grade: str
) -> None:
    assert f"({grade}" in plain(line)


def test_a_derived_value_is_graded_by_what_it_was_computed_from(
    plain: Plain, project: Project
) -> None:
    gaps = "{dianjiang:gap:nursing_bed_share:2025} {jiamusi:gap:nursing_bed_share:2025}"
    groups = {project.standings[id].group for id in ("dianjiang:8870", "jiamusi:772")}
    assert groups == {"care"}
    assert "compare with care" in plain(f"{gaps} ({{grade}})")


def test_each_line_has_a_grade_of_its_own(plain: Plain) -> None:
    told = plain("{jiamusi:985} {dianjiang:7623} {grade}\n{jiamusi:814} {grade}")
    assert told.splitlines()[1].endswith("one place alone")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{jiamusi:813}", "the data have no {jiamusi:813}"),
        ("{jiamusi:814} and {xianning:487}", "2 places and no grade"),
        ("{jiamusi:814} {changsha:5008} {grade}", "of which no two compare"),
        ("{jiamusi:814|qoute}", "jiamusi:814 has no qoute"),
        ("{xianning:5774|time}", "xianning:5774 has no time"),
        ("{jiamusi:2701|gloss}", "jiamusi:2701 has no gloss"),
        ("{changsha:slot_ratio:2021|two}", "changsha:slot_ratio:2021 has no two"),
        ("{documents|time}", "documents has no time"),
        ("{jiamusi:814} of 36.4 beds", "the number 36 is typed in a sentence"),
        ("3. 共有４１７张床位", "the number ４１７ is typed in a sentence"),
    ],
)
def test_what_cannot_be_told_is_a_problem(plain: Plain, line: str, said: str) -> None:
    with pytest.raises(Problems, match=re.escape(said)):
        plain(line)


def test_a_reading_that_is_matched_to_nothing_cannot_be_told(
    plain: Plain, project: Project
) -> None:
    unmatched = sorted(project.readings.keys() - set(project.observations.index))
    with pytest.raises(Problems, match=f"{unmatched[0]} is matched to no indicator"):
        plain(f"{{{unmatched[0]}}}")


def test_all_problems_are_told_at_once(plain: Plain) -> None:
    with pytest.raises(Problems) as caught:
        plain("{a:1} {a:2}\n{a:3}")
    assert len(caught.value.problems) == 3


def test_an_id_of_old_is_told_and_linked_as_that_of_today(project: Project) -> None:
    alias = Alias(alias="jiamusi:1", id="jiamusi:814", note="")
    book = replace(project.book, aliases={alias.alias: alias})
    told = tell(replace(project, book=book), "{jiamusi:1}", Words(book))
    assert LINK.findall(told) == [("32", "jiamusi:814", "en")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_that_has_an_id_can_be_told(
    plain: Plain, project: Project, language: str
) -> None:
    ids = list(project.rows)
    told = plain("\n".join(f"{{{id}}}" for id in ids), language).splitlines()
    assert len(told) == len(ids)
    assert not [text for text in told if not text or re.search(r"nan|#", text)]


def test_a_quote_is_text_and_never_markup(project: Project) -> None:
    frame = project.observations.copy()
    frame.loc["jiamusi:814", "quote"] = "[x](y) <b>*|*</b>"
    spoiled = replace(project, observations=frame)
    told = tell(spoiled, "{jiamusi:814|quote}", Words(project.book))
    assert told == r"\[x\](y) \<b\>\*\|\*\</b\>"
