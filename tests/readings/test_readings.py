"""Readings: nothing in a row is trusted, everything is held against the text."""

import dataclasses
import math

import pytest

from compare.base.problems import Problem
from compare.codebook.book import Codebook
from compare.documents.text import Document
from compare.project import Project
from compare.readings.readings import Reading, decimal, typed, verify

TEXT = (
    "二、发展目标\n"
    "到2025年,全市机构养老床位3万余张,护理型床位占比不低于55%。\n"
    "专栏1\n"
    "床位数 |\n— |\n32 |\n约束性 |\n"
    "托位数 |\n——\n4.5 |\n预期性 |\n"
    "长者近2万余名"
)


@pytest.fixture
def document() -> Document:
    return Document("test", TEXT, "")


def reading(printed: str, words: str, **cells: str) -> Reading:
    """A reading of TEXT: the first place where the quote stands."""
    start = TEXT.index(words)
    at = TEXT.index(printed, start) if printed else start
    row = {
        "id": f"test:{at}" + ("" if printed else ".blank"),
        "label_stated": "机构养老床位",
        "value_stated": printed,
        "value": printed,
        "comparator": "=",
        "kind": "target",
        "section": "二、发展目标",
        "quote": words.replace("\n", "⏎"),
        "quote_start": str(start),
        "quote_end": str(start + len(words)),
        "reader": "r1",
    }
    return Reading.model_validate(row | cells)


def beds(**cells: str) -> Reading:
    """The reading that the tests spoil."""
    row = {
        "value": "30000",
        "hedge_stated": "余",
        "comparator": "+",
        "unit_stated": "张",
        "time_period": "2025",
    }
    return reading("3万", "机构养老床位3万余张", **(row | cells))


def wrong(row: Reading, document: Document, book: Codebook) -> list[Problem]:
    return verify([row], document, book)


def test_a_row_that_says_what_stands_there_has_no_problem(
    document: Document, toy_book: Codebook
) -> None:
    assert wrong(beds(), document, toy_book) == []


@pytest.mark.parametrize(
    ("cells", "column", "what"),
    [
        ({"value": "3"}, "value", "«余3万»"),
        ({"value": ""}, "value", "''"),
        ({"lower": "30000"}, "lower", "'30000'"),
        ({"upper": "40000"}, "upper", "'40000'"),
        ({"comparator": "="}, "comparator", "'='"),
        ({"comparator": ">="}, "comparator", "'>='"),
        ({"hedge_stated": "左右", "comparator": "~"}, "hedge_stated", "but «余»"),
        ({"hedge_stated": "", "comparator": "="}, "hedge_stated", "«余» stands beside"),
        ({"hedge_stated": "大约"}, "hedge_stated", "«大约» is not a known hedge"),
        ({"unit_stated": "个"}, "unit_stated", "«个» does not stand in the quote"),
        ({"label_stated": "养老机构"}, "label_stated", "«养老机构»"),
        ({"label_stated": "机构…托位"}, "label_stated", "«托位»"),
        ({"flow_stated": "新增"}, "flow_stated", "«新增»"),
        ({"area_stated": "郊区"}, "area_stated", "«郊区» does not stand in the docu"),
        ({"scope_stated": "市本级"}, "scope_stated", "«市本级»"),
        ({"base_stated": "常住"}, "base_stated", "«常住»"),
        ({"ownership_stated": "公办"}, "ownership_stated", "«公办»"),
        ({"commitment_stated": "力争"}, "commitment_stated", "«力争»"),
        ({"section": "三、任务"}, "section", "«三、任务»"),
        ({"in_table": "专栏2"}, "in_table", "«专栏2»"),
        ({"obligation": "预期性"}, "obligation", "ends with «约束性»"),
    ],
)
def test_a_cell_that_the_text_does_not_say_is_a_problem(
    document: Document,
    toy_book: Codebook,
    cells: dict[str, str],
    column: str,
    what: str,
) -> None:
    problems = wrong(beds(**cells), document, toy_book)
    where = f"data/readings/test.csv row 2, {column}"
    (problem,) = [
        item for item in problems if item.where == where and what in item.what
    ]
    assert problem.expected and problem.remedy


def test_a_quote_that_stands_elsewhere_is_told_where(
    document: Document, toy_book: Codebook
) -> None:
    row = beds()
    start = int(row.quote_start)
    moved = row.model_copy(
        update={"quote_start": str(start - 1), "quote_end": str(int(row.quote_end) - 1)}
    )
    problem = wrong(moved, document, toy_book)[0]
    assert problem.where.endswith(", quote")
    assert f"write quote_start {start} and quote_end {row.quote_end}." in problem.remedy


def test_a_quote_that_stands_nowhere_must_be_read_again(
    document: Document, toy_book: Codebook
) -> None:
    changed = beds().model_copy(update={"quote": "机构养老床位4万余张"})
    problem = wrong(changed, document, toy_book)[0]
    assert "there stands «机构养老床位3万余张»" in problem.what
    assert "read the sentence again" in problem.remedy


@pytest.mark.parametrize("shift", [-1, 1, 6])
def test_an_id_that_does_not_point_at_the_value_is_a_problem(
    document: Document, toy_book: Codebook, shift: int
) -> None:
    row = beds()
    moved = row.model_copy(update={"id": f"test:{row.offset + shift}"})
    problems = wrong(moved, document, toy_book)
    assert [item for item in problems if item.where.endswith("row 2, id")]


def test_a_value_outside_of_its_quote_is_a_problem(
    document: Document, toy_book: Codebook
) -> None:
    row = beds()
    start = int(row.quote_start)
    short = row.model_copy(update={"quote": "机构养老", "quote_end": str(start + 4)})
    problems = wrong(short, document, toy_book)
    assert [item for item in problems if item.where.endswith("row 2, id")]


def test_words_that_are_no_number_are_a_problem(
    document: Document, toy_book: Codebook
) -> None:
    row = beds(value="55").model_copy(update={"value_stated": "3万余"})
    problems = wrong(row, document, toy_book)
    (problem,) = [item for item in problems if "number phrase" in item.what]
    assert problem.where.endswith(", value_stated") and "hedge" in problem.remedy


def test_a_blank_cell_is_a_reading_at_its_label(
    document: Document, toy_book: Codebook
) -> None:
    cells = {"label_stated": "床位数", "comparator": "missing", "absence": "blank"}
    assert wrong(reading("", "床位数", **cells), document, toy_book) == []
    as_zero = reading("", "床位数", **{**cells, "value": "0"})
    assert [item.where for item in wrong(as_zero, document, toy_book)] == [
        "data/readings/test.csv row 2, value"
    ]


def test_a_printed_dash_is_missing_and_no_number(
    document: Document, toy_book: Codebook
) -> None:
    cells = {
        "label_stated": "托位数",
        "comparator": "missing",
        "absence": "dash",
        "in_table": "专栏1",
        "value": "",
    }
    quote = "托位数 |\n——"
    assert wrong(reading("——", quote, **cells), document, toy_book) == []
    zero = reading("——", quote, **{**cells, "value": "0", "comparator": "="})
    columns = {
        item.where.rpartition(" ")[2] for item in wrong(zero, document, toy_book)
    }
    assert columns == {"value", "comparator"}


def test_hedges_that_contradict_each_other_leave_no_value(
    document: Document, toy_book: Codebook
) -> None:
    cells = {"label_stated": "长者", "hedge_stated": "近…余", "unit_stated": "名"}
    quote = "长者近2万余名"
    row = reading("2万", quote, **{**cells, "value": "", "comparator": "~"})
    assert wrong(row, document, toy_book) == []
    as_floor = reading("2万", quote, **{**cells, "value": "20000", "comparator": "+"})
    columns = {
        item.where.rpartition(" ")[2] for item in wrong(as_floor, document, toy_book)
    }
    assert columns == {"value", "comparator"}


def test_the_obligation_is_the_next_one_behind_the_value(
    document: Document, toy_book: Codebook
) -> None:
    cells = {"label_stated": "托位数", "in_table": "专栏1"}
    right = reading("4.5", "托位数 |\n——\n4.5", obligation="预期性", **cells)
    assert wrong(right, document, toy_book) == []
    other = right.model_copy(update={"obligation": "约束性"})
    assert [
        item.where.rpartition(" ")[2] for item in wrong(other, document, toy_book)
    ] == ["obligation"]


def test_the_obligation_of_a_traditional_text_is_known_too(
    document: Document, toy_book: Codebook
) -> None:
    traditional = Document("test", TEXT.replace("约束性", "約束性"), "")
    row = reading("32", "床位数 |\n— |\n32", label_stated="床位数", in_table="专栏1")
    for obligation, known in (("約束性", True), ("约束性", True), ("預期性", False)):
        cells = {"obligation": obligation}
        problems = wrong(row.model_copy(update=cells), traditional, toy_book)
        assert (problems == []) == known


def test_words_on_both_sides_of_a_page_mark_are_read_together(
    toy_project: Project,
) -> None:
    document = toy_project.documents["yiqiao"]
    book = toy_project.book.only("yiqiao")
    row = toy_project.readings["yiqiao:88"]
    assert "- 2 -" in row.quote and verify([row], document, book) == []
    unmended = dataclasses.replace(book, damage=[])
    split = row.model_copy(update={"label_stated": "養老床位1800"})
    assert verify([split], document, book) == []
    assert verify([split], document, unmended) != []


def test_rows_are_counted_as_in_their_file(
    document: Document, toy_book: Codebook
) -> None:
    spoilt = beds().model_copy(update={"value": "3"})
    problems = verify([beds(), spoilt], document, toy_book)
    assert [item.where for item in problems] == ["data/readings/test.csv row 3, value"]


def test_a_reading_in_the_file_of_another_document_is_a_problem(
    document: Document, toy_book: Codebook
) -> None:
    row = beds().model_copy(update={"id": "other:9"})
    (problem,) = wrong(row, document, toy_book)
    assert "'other:9' is a reading of another document" in problem.what
    assert problem.remedy == "move the row to other.csv."


def test_typed_readings_have_numbers_in_the_unit_as_printed(
    document: Document, toy_book: Codebook
) -> None:
    blank = {"label_stated": "床位数", "comparator": "missing", "absence": "blank"}
    frame = typed([beds(), reading("", "床位数", **blank)], toy_book.words)
    first, second = frame.to_dict("records")
    assert (first["doc"], first["value"]) == ("test", 30000)
    assert (first["lower"], first["upper"], first["upper_open"]) == (30000, 40000, True)
    assert math.isnan(second["value"]) and math.isnan(second["upper"])
    assert list(frame.columns)[1:-1] == Reading.columns()


def test_an_empty_cell_is_no_number() -> None:
    assert decimal("") is None and decimal("0") == 0


def test_a_project_without_readings_has_no_numbers(toy_book: Codebook) -> None:
    frame = typed([], toy_book.words)
    assert frame.empty and {"doc", "value", "lower", "upper"} <= set(frame.columns)
