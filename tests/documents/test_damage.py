"""Each damage of the texts held is read by a declared rule, from the real text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compare.codebook.book import find_root, load_codebook
from compare.curated.build import check
from compare.documents.text import fold, load_documents, mend

ROOT = find_root(Path(__file__).parents[2])
BOOK = load_codebook(ROOT)
DOCUMENTS, _ = load_documents(ROOT, sorted(BOOK.documents))


@pytest.mark.parametrize(
    ("doc", "printed", "read_as"),
    [
        ("dianjiang", "垫江府办发〔202250", "垫江府办发〔2022〕50号"),
        ("dianjiang", "20221018日", "2022年10月18日"),
        ("dianjiang", ",利性托育服务机构3", ",营利性托育服务机构3家"),
        ("dianjiang", "工程12智慧敬老院,2智慧", "工程,12个智慧敬老院,2个智慧"),
        ("jingdezhen", "项目于20\n5、20年9月23日", "项目于2020年9月23日"),
        ("jingdezhen", "截至2020年\n9、底", "截至2020年底"),
        ("jingdezhen", "二三五年远景目标", "二〇三五年远景目标"),
        ("jingdezhen", "达到50以上的单位", "达到50%以上的单位"),
        ("xianning", "社會信用信息共享平合", "社會信用信息共享平台"),
    ],
)
def test_a_damaged_place_is_read_as_declared(
    doc: str, printed: str, read_as: str
) -> None:
    text = DOCUMENTS[doc].text
    assert text.count(printed) == 1
    mended, positions = mend(text, BOOK.repairs(doc))
    assert read_as in mended
    assert len(positions) == len(mended)
    assert positions[mended.index(read_as)] == text.index(printed)


def test_page_marks_are_all_there_in_order_and_all_left_out() -> None:
    text = DOCUMENTS["jingdezhen"].text
    [(pattern, _)] = BOOK.repairs("jingdezhen", "page_mark")
    marks = [int(re.sub(r"\D", "", mark)) for mark in re.findall(pattern, text)]
    assert marks == list(range(1, 47))
    assert "\n" not in mend(text, [(pattern, "")])[0]


def test_site_furniture_and_lost_tables_of_one_document_are_declared() -> None:
    text = DOCUMENTS["changsha"].text
    mended, _ = mend(text, BOOK.repairs("changsha"))
    assert text.count("图片.png") == 2 and "图片.png" not in mended
    assert "最新简报" in text and "最新简报" not in mended
    assert "中智北京" not in mended and "发文日期" not in mended
    assert mended.lstrip().startswith("长沙市人民政府 关于印发")


def test_a_search_in_simplified_finds_a_traditional_text() -> None:
    text = DOCUMENTS["xianning"].text
    assert "每千名老人床位数" not in text
    folded = fold(text)
    assert len(folded) == len(text)
    start = folded.index("每千名老人床位数")
    assert text[start : start + 8] == "每千名老人床位數"


def test_every_document_says_how_good_its_text_is_and_why() -> None:
    for source in BOOK.documents.values():
        assert source.quality in ("green", "yellow", "red")
        assert len(source.quality_note) > 40
    assert BOOK.documents["changsha"].quality == "red"


def test_damage_that_no_longer_occurs_stops_the_build(tmp_path: Path) -> None:
    import shutil

    from compare.base.problems import Problems

    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data/codebook/damage.csv"
    path.write_bytes(
        path.read_bytes().replace("平合,slip".encode(), "平河,slip".encode())
    )
    with pytest.raises(Problems, match="occurs 0 times in xianning"):
        check(tmp_path)
