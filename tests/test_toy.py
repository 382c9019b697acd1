"""The toy: every feature of a project occurs in it, so that tests can rest on it."""

import pytest
from conftest import TOY, table

from compare.codebook.book import TABLES
from compare.project import Project

OCCUR = {
    "codebook/aliases": {},
    "codebook/axes": {},
    "codebook/coverage": {"status": "lost_in_picture out_of_scope"},
    "codebook/crosswalk": {"status": "accepted rejected unsure"},
    "codebook/damage": {"effect": "furniture lost_character lost_table page_mark slip"},
    "codebook/documents": {"script": "simplified traditional"},
    "codebook/headlines": {},
    "codebook/layout_differences": {},
    "codebook/layouts": {"shape": "lines pipes run_on"},
    "codebook/places": {
        "fill": "filled hollow",
        "level": "county prefecture_level_city",
    },
    "codebook/reference_lines": {
        "kind": "actual rule target",
        "line": "dotted none solid",
    },
    "codebook/questions": {},
    "curated/derived": {
        "measure": "area_share change_per_year face_value gap growth implied multiple "
        "scenario value",
        "refused": "yes",
    },
    "curated/findings": {
        "verdict": "depends fails holds",
        "outcome": "agrees contradicts even keeps may_be_year no_year one_date "
        "plausible raises to_do two_dates unclear zero",
    },
    "curated/observations": {
        "absence": "blank dash",
        "base_stated": "常住 户籍",
        "commitment_stated": "预计",
        "comparator": "+ .. < <= = > >= missing ~",
        "flow_stated": "新增 累计",
        "hedge_stated": "不低于 不低於 不少於 不超过 以上 余 左右 超過 近 近…余",
        "in_words": "yes",
        "kind": "baseline projection standard target",
        "match_type": "broadMatch closeMatch exactMatch narrowMatch",
        "obligation": "binding indicative",
        "obs_status": "A D E F O U",
        "ref_area": "990100 990101 990122 990221",
        "scope": "city_level county_retained rural",
        "time_period": "2020 2021 2021/2025 2023 2024 2025",
    },
    "readings/adjudications/crosswalk": {},
    "readings/adjudications/jiachuan": {"field": "time_period"},
    "readings/adjudications/yiqiao": {"decision": "refused"},
}


@pytest.mark.parametrize("name", OCCUR)
def test_every_feature_occurs(name: str) -> None:
    rows = table(TOY / "data" / f"{name}.csv")
    assert rows
    for column, cells in OCCUR[name].items():
        assert sorted({row[column] for row in rows} - {""}) == sorted(cells.split())


@pytest.mark.parametrize("name", TABLES)
def test_no_table_of_the_codebook_is_empty(name: str) -> None:
    assert table(TOY / "data" / "codebook" / f"{name}.csv")


def test_the_texts_are_short_and_have_what_plans_have(toy_project: Project) -> None:
    texts = "".join(one.text for one in toy_project.documents.values())
    for one in toy_project.documents.values():
        assert 20 <= one.text.count("\n") <= 40
    for words in (
        "分别",
        "“十四五”",
        "全部",
        "四十三",
        "1.2亿",
        "20.5万",
        "2000至2500",
    ):
        assert texts.count(words) == 1, words
