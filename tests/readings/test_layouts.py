"""Layouts: tables read by rule are the signed tables, or it is said why not."""

import dataclasses
from collections.abc import Iterable

import pytest

from compare.base.problems import Problems
from compare.codebook.book import Codebook
from compare.codebook.models import Damage, Explanation, Layout
from compare.curated.build import Checked
from compare.documents.text import Document
from compare.readings.candidates import Candidate
from compare.readings.layouts import (
    check_differences,
    compare_tables,
    cross_check,
    propose_tables,
)
from compare.readings.readings import Reading

EXPLAINED = {("jiachuan:611", "time_period"): ("2025", "2024")}


@pytest.fixture(scope="module")
def signed(toy_checked: Checked) -> list[Reading]:
    """Rows of the tables that were read by people."""
    rows = [row for one in toy_checked.plans for row in one.plan.readings]
    return [row for row in rows if row.in_table]


@pytest.fixture(scope="module")
def proposed(toy_checked: Checked) -> list[Candidate]:
    """Rows of the same tables, read by rule."""
    documents = [one.plan.document for one in toy_checked.plans]
    return [
        row
        for document in documents
        for row in propose_tables(document, toy_checked.book)
    ]


def laid_out(book: Codebook, **cells: str) -> Codebook:
    """The codebook with one layout and one page mark, both of the document a."""
    layout = Layout.model_validate({"doc": "a", "in_table": "T", "start": "T:"} | cells)
    mark = Damage(doc="a", pattern=r"\n\d+、", effect="page_mark", matches="1")
    return dataclasses.replace(book, layouts=[layout], damage=[mark])


def tables_of(book: Codebook, text: str, **cells: str) -> list[Candidate]:
    return propose_tables(Document("a", text, ""), laid_out(book, **cells))


def brief(candidates: Iterable[Candidate]) -> list[tuple[str, str, str]]:
    return [(row.id, row.label_stated, row.value_stated) for row in candidates]


def changed(rows: list[Reading], row: Reading, **cells: str) -> list[Reading]:
    """Give rows with one of them changed."""
    return [one.model_copy(update=cells) if one is row else one for one in rows]


def test_tables_of_every_shape_are_read_as_they_are_signed(
    proposed: list[Candidate], signed: list[Reading], toy_book: Codebook
) -> None:
    assert {row.shape for row in toy_book.layouts} == {"lines", "pipes", "run_on"}
    assert [row.id for row in proposed] == [row.id for row in signed]
    for left, right in zip(proposed, signed, strict=True):
        for name in Candidate.columns():
            if (right.id, name) not in EXPLAINED:
                assert getattr(left, name) == getattr(right, name)


def test_the_one_difference_is_explained(
    proposed: list[Candidate], signed: list[Reading], toy_checked: Checked
) -> None:
    assert compare_tables(proposed, signed) == EXPLAINED
    for one in toy_checked.plans:
        book = toy_checked.book.only(one.plan.doc)
        assert cross_check(one.plan.document, one.plan.readings, book) == []


@pytest.mark.parametrize("field", Candidate.columns()[1:])
def test_each_changed_cell_of_a_signed_row_is_a_difference(
    field: str, proposed: list[Candidate], signed: list[Reading]
) -> None:
    row = next(row for row in signed if row.area_stated)
    cell = getattr(row, field)
    rows = changed(signed, row, **{field: cell + "0"})
    wanted = {(row.id, field): (cell, cell + "0")}
    if field == "in_table":  # the row then belongs to no table that was read
        wanted = {(row.id, "row"): (row.value_stated, "")}
    assert compare_tables(proposed, rows) == EXPLAINED | wanted


def test_a_row_that_only_one_side_has_is_a_difference(
    proposed: list[Candidate], signed: list[Reading]
) -> None:
    row = signed[0]
    gone = {(row.id, "row"): (row.value_stated, "")}
    assert compare_tables(proposed, signed[1:]) == EXPLAINED | gone
    spare = row.model_copy(update={"id": f"{row.doc}:1"})
    more = {(spare.id, "row"): ("", row.value_stated)}
    assert compare_tables(proposed, [spare, *signed]) == EXPLAINED | more


def test_a_difference_needs_an_explanation_and_an_explanation_a_difference(
    proposed: list[Candidate], signed: list[Reading]
) -> None:
    row = signed[0]
    found = compare_tables(proposed, changed(signed, row, kind="standard"))
    known = [Explanation(id=id, field=field, reason="why") for id, field in EXPLAINED]
    reason = Explanation(id=row.id, field="kind", reason="because")
    [problem] = check_differences(found, known)
    assert str(problem).splitlines() == [
        f"data/readings/{row.doc}.csv {row.id}, kind: the layout reads "
        f"{row.kind!r}, signed is 'standard'.",
        "  Expected the same, or a row of data/codebook/layout_differences.csv.",
        "  Do: read the table again; correct the reading or the layout, or explain it.",
    ]
    assert check_differences(found, [*known, reason]) == []
    [unused] = check_differences({}, [reason])
    assert unused.where == "data/codebook/layout_differences.csv row 2"
    assert unused.remedy == "delete the row."


def test_cells_over_several_lines_and_inner_spaces_are_joined(
    toy_book: Codebook,
) -> None:
    text = "T:\n1 |\n街道养老\n服务站(个) |\n12 |\n≥21 |\n约束性 |\n。"
    rows = tables_of(
        toy_book,
        text,
        shape="pipes",
        end="。",
        holds="number label baseline:2020 target:2025 obligation",
        units="个",
        obligations="约束性 预期性",
    )
    assert [row.label_stated for row in rows] == ["街道养老服务站(个)"] * 2
    assert [row.quote for row in rows] == [
        "街道养老⏎服务站(个) |⏎12",
        "街道养老⏎服务站(个) |⏎12 |⏎≥21",
    ]
    assert [
        (row.hedge_stated, row.value_stated, row.unit_stated, row.time_period, row.kind)
        for row in rows
    ] == [("", "12", "个", "2020", "baseline"), ("≥", "21", "个", "2025", "target")]
    assert {row.obligation for row in rows} == {"约束性"}


def test_rows_of_areas_take_label_unit_and_flow_from_the_layout(
    toy_book: Codebook,
) -> None:
    rows = tables_of(
        toy_book,
        "T:\n全 市 |\n30 |\n郊 区 |\n10 |\n。",
        shape="pipes",
        end="。",
        holds="area baseline:2021",
        label="累计床位",
        total="全市",
        unit="张",
        flows="新增 累计",
    )
    assert [row.area_stated for row in rows] == ["", "郊区"]
    assert {(row.label_stated, row.unit_stated, row.flow_stated) for row in rows} == {
        ("累计床位", "张", "累计")
    }


def test_dash_and_empty_cell_between_pipes_are_told_apart(toy_book: Codebook) -> None:
    rows = tables_of(
        toy_book,
        "T:\n占比 |\n—— |\n |\n15% |\n",
        shape="pipes",
        holds="label baseline:2020 target:2024 target:2025",
        units="%",
    )
    assert brief(rows) == [
        ("a:8", "占比", "——"),
        ("a:3.blank", "占比", ""),
        ("a:16", "占比", "15"),
    ]


LINES = {
    "shape": "lines",
    "end": "。",
    "holds": "number label baseline:2021 target:2025 obligation other",
    "units": "%",
    "obligations": "约束性 预期性",
}


def test_a_blank_cell_without_trace_is_the_column_the_layout_names(
    toy_book: Codebook,
) -> None:
    first = ["1", "3岁以下", "管理率", "60%", "预期性", "县"]
    second = ["2", "占比", "≥1%", "2%", "约束性", "县"]
    text = "\n\n".join(["T:", *first, *second, "。"])
    rows = tables_of(toy_book, text, **LINES, blank="baseline:2021")
    assert brief(rows) == [
        ("a:7.blank", "3岁以下管理率", ""),
        ("a:18", "3岁以下管理率", "60"),
        ("a:39", "占比", "1"),
        ("a:43", "占比", "2"),
    ]
    assert rows[0].quote == "3岁以下⏎⏎管理率⏎⏎60%⏎⏎预期性"
    assert [row.unit_stated for row in rows] == ["", "%", "%", "%"]


def test_the_last_row_may_end_with_the_document(toy_book: Codebook) -> None:
    text = "T:\r\n1\r\n甲\r\n1%\r\n2%\r\n约束性\r\n县"
    rows = tables_of(toy_book, text, **LINES | {"end": ""})
    assert [(row.label_stated, row.value_stated) for row in rows] == [
        ("甲", "1"),
        ("甲", "2"),
    ]


def test_a_short_row_is_a_problem_where_no_blank_is_declared(
    toy_book: Codebook,
) -> None:
    text = "T:\n1\n甲\n60%\n预期性\n县\n2\n乙\n1%\n2%\n约束性\n县\n。"
    with pytest.raises(Problems, match="«⏎1⏎甲⏎60%.*» at character 2 is no such row"):
        tables_of(toy_book, text, **LINES)


def test_a_run_on_table_loses_headings_and_page_marks_but_no_label(
    toy_book: Codebook,
) -> None:
    rows = tables_of(
        toy_book,
        "T:兜底覆盖率(%)100约束性\n18、机构养老养老机构床位占比55%约束性60岁以上()1预期性\n。",
        shape="run_on",
        end="。",
        holds="label target:2025 obligation",
        units="%",
        obligations="约束性 预期性",
        headings="兜底 机构养老",
    )
    assert brief(rows) == [
        ("a:10", "覆盖率(%)", "100"),
        ("a:32", "养老机构床位占比", "55"),
        ("a:45", "60岁以上()", "1"),
    ]
    assert [row.unit_stated for row in rows] == ["%", "%", ""]
    assert rows[1].quote == "养老机构床位占比55%"


@pytest.mark.parametrize(
    ("text", "cells", "message"),
    [
        ("甲 |\n1 |\n", {}, r"layouts.csv a T, start: «T:» stands 0 times"),
        ("T:T:甲 |\n1 |\n", {}, r"layouts.csv a T, start: «T:» stands 2 times"),
        ("T:甲 |\n1 |\n", {"end": "。"}, r"a T, end: «。» does not stand behind"),
        ("T:甲 |\n若干 |\n", {}, r"a T, holds: «甲 \|⏎若干 \|⏎» at character 2"),
        ("T:甲 |\n1套 |\n", {}, r"a T, holds: «甲 \|⏎1套 \|⏎» at character 2"),
    ],
)
def test_a_layout_that_does_not_fit_is_a_problem(
    toy_book: Codebook, text: str, cells: dict[str, str], message: str
) -> None:
    cells = {"shape": "pipes", "holds": "label target:2025"} | cells
    with pytest.raises(Problems, match=message):
        tables_of(toy_book, text, **cells)
