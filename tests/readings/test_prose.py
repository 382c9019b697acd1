"""Prose: every number phrase is offered with its clause, and written for a person."""

import dataclasses
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from conftest import bytes_of, put, table
from typer.testing import CliRunner

from compare.__main__ import app
from compare.base.problems import Problems
from compare.base.tables import natural
from compare.codebook.book import Codebook
from compare.codebook.models import Damage, Layout
from compare.documents.text import NEWLINE, Document
from compare.project import Project
from compare.readings.candidates import Candidate
from compare.readings.prose import propose_prose, write_proposals

MARK = Damage(doc="a", pattern=r"\n\d+、", effect="page_mark", matches="1")


def prose_in(book: Codebook, text: str, units: str = "") -> list[Candidate]:
    """Candidates of a text, with these units besides the measure words."""
    judged = [book.crosswalk[0].model_copy(update={"unit_stated": units})]
    alone = dataclasses.replace(book, crosswalk=judged, layouts=[], damage=[MARK])
    return propose_prose(Document("a", text, ""), alone)


def brief(candidates: Iterable[Candidate]) -> list[tuple[str, str, str]]:
    return [(row.id, row.label_stated, row.value_stated) for row in candidates]


@pytest.mark.parametrize(
    ("text", "unit", "label", "value", "hedge", "printed", "quote"),
    [
        ("占比不低于55%。", "%", "占比", "55", "不低于", "%", "占比不低于55%"),
        ("床位達到3萬餘張,", "张", "床位", "3萬", "餘", "張", "床位達到3萬餘張"),
        ("对近3万余名老人", "名", "对", "3万", "近…余", "名", "对近3万余名"),
        ("100个示范点。", "个", "示范点", "100", "", "个", "100个示范点"),
        (
            "每户20至30平方米",
            "平方米",
            "每户",
            "20至30",
            "",
            "平方米",
            "每户20至30平方米",
        ),
        ("月探\n15、访率100%", "%", "月探访率", "100", "", "%", "月探⏎15、访率100%"),
        ("机构全部达标", "", "机构", "全部", "", "", "机构全部"),
    ],
)
def test_a_clause_gives_value_hedge_unit_and_a_guess_of_the_label(
    toy_book: Codebook,
    text: str,
    unit: str,
    label: str,
    value: str,
    hedge: str,
    printed: str,
    quote: str,
) -> None:
    [row] = prose_in(toy_book, text, unit)
    cells = (row.label_stated, row.value_stated, row.hedge_stated, row.unit_stated)
    assert (*cells, row.quote) == (label, value, hedge, printed, quote)


def test_the_second_number_of_a_clause_begins_behind_the_first(
    toy_book: Codebook,
) -> None:
    rows = prose_in(toy_book, "从2个增至5个以上的县")
    assert [(row.label_stated, row.quote) for row in rows] == [
        ("从", "从2个"),
        ("增至", "增至5个以上"),
    ]


def test_numerals_in_characters_count_only_before_a_measure_word_or_unit(
    toy_book: Codebook,
) -> None:
    text = "一老一小,三个中心,五项任务,六床"
    assert brief(prose_in(toy_book, text)) == [
        ("a:5", "中心", "三"),
        ("a:10", "任务", "五"),
    ]
    assert brief(prose_in(toy_book, text, "床"))[2:] == [("a:15", "", "六")]


def test_skipped_patterns_and_tables_give_no_candidates(toy_book: Codebook) -> None:
    text = "到2025年65歲以上有7人。T:甲 |\n9 |\n完8人"
    layout = Layout(
        doc="a",
        in_table="T",
        shape="pipes",
        start="T:",
        end="完",
        holds="label target:2025",
    )
    book = dataclasses.replace(toy_book, layouts=[layout], damage=[])
    document = Document("a", text, "")
    rows = propose_prose(document, book, skip=[r"\d{4}年", r"\d+岁"])
    assert [row.value_stated for row in rows] == ["7", "8"]
    everything = propose_prose(document, dataclasses.replace(book, layouts=[]))
    assert [row.value_stated for row in everything] == re.findall(r"\d+", text)
    with pytest.raises(Problems, match="«T:» stands 0 times"):
        propose_prose(Document("a", "7人", ""), book)


@pytest.mark.parametrize("doc", ["jiachuan", "yiqiao"])
def test_a_candidate_stands_where_it_says(doc: str, toy_project: Project) -> None:
    document = toy_project.documents[doc]
    rows = propose_prose(document, toy_project.book)
    assert len(rows) > 10
    for row in rows:
        start, end = int(row.quote_start), int(row.quote_end)
        offset = int(row.id.partition(":")[2])
        assert document.text[start:end] == row.quote.replace(NEWLINE, "\n"), row.id
        assert document.text.startswith(row.value_stated, offset), row.id
        assert start <= offset <= end - len(row.value_stated), row.id


def propose(doc: str, root: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["propose", doc, "--root", str(root)])
    return result.exit_code, result.stdout, result.stderr


def test_propose_writes_candidates_with_ranked_indicators_and_nothing_else(
    toy: Path,
) -> None:
    before = bytes_of(toy / "data")
    assert propose("yiqiao", toy) == (0, "wrote build/proposals_yiqiao.csv\n", "")
    assert bytes_of(toy / "data") == before
    rows = table(toy / "build" / "proposals_yiqiao.csv")
    assert list(rows[0]) == [*Candidate.columns(), "indicators"]
    ids = [row["id"] for row in rows]
    assert ids == sorted(ids, key=natural)
    found = {row["id"]: row for row in rows}
    beds, share = found["yiqiao:88"], found["yiqiao:147"]
    assert (beds["label_stated"], beds["quote"]) == (
        "養老床位",
        "養老床位⏎- 2 -⏎1800張",
    )
    assert share["hedge_stated"] == "超過" and share["time_period"] == ""
    assert share["indicators"].split()[0] == "nursing_bed_share"
    table_row = found["yiqiao:323"]
    assert (table_row["in_table"], table_row["obligation"]) == ("專欄", "約束性")


def test_propose_reads_a_document_that_nobody_has_read(toy: Path) -> None:
    for folder in ("", "r1", "r2", "exclusions", "adjudications"):
        (toy / "data" / "readings" / folder / "yiqiao.csv").unlink()
    assert propose("yiqiao", toy)[0] == 0
    rows = {row["id"]: row for row in table(toy / "build" / "proposals_yiqiao.csv")}
    assert rows["yiqiao:88"]["indicators"].startswith("eldercare_beds")


def test_furniture_gives_no_candidates(toy: Path) -> None:
    rows = table(write_proposals(toy, "jiachuan"))
    assert "浏览次数" in (toy / "data" / "raw" / "jiachuan.txt").read_text("utf-8")
    assert not any("浏览次数" in row["quote"] for row in rows)


def test_propose_for_an_unknown_document_or_layout_is_refused(toy: Path) -> None:
    code, out, told = propose("nowhere", toy)
    assert (code, out) == (1, "") and "data/raw/nowhere.txt: no such file." in told
    layout = {"in_table": "专栏2"}
    put(toy, "data/codebook/layouts.csv", layout, start="没有这句")
    code, out, told = propose("jiachuan", toy)
    assert (code, out) == (1, "") and "«没有这句» stands 0 times" in told
    assert not (toy / "build" / "proposals_jiachuan.csv").exists()
