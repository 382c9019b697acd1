"""Tables by rule reproduce the signed readings; prose by rule overlooks little."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from compare.base.problems import Problems
from compare.base.tables import render
from compare.codebook.book import FOLDER, NO_TERM, find_root, load_codebook
from compare.documents.text import NEWLINE, Document, load_documents
from compare.readings.candidates import (
    Agreement,
    Candidate,
    Explanation,
    Layout,
    check_differences,
    compare_tables,
    load_layouts,
    measure,
    propose_prose,
    propose_tables,
    rank,
)
from compare.readings.numerals import load_exclusions
from compare.readings.readings import Reading, load_readings

ROOT = find_root()
BOOK = load_codebook(ROOT)
LAYOUTS, EXPLAINED = load_layouts(ROOT, BOOK)
DOCUMENTS, _ = load_documents(ROOT, sorted(BOOK.documents))
READINGS, _ = load_readings(ROOT, DOCUMENTS)
EXCLUSIONS, _ = load_exclusions(ROOT, DOCUMENTS, BOOK)
TABLES = [
    candidate
    for doc, document in DOCUMENTS.items()
    for candidate in propose_tables(
        document, LAYOUTS, BOOK.words, BOOK.repairs(doc, "page_mark")
    )
]
LAID_OUT = {(row.doc, row.in_table) for row in LAYOUTS}
SIGNED = [row for row in READINGS if (row.doc, row.in_table) in LAID_OUT]
# Recall of digits, recall of all, precision: what the rules reached on 2026-11-21 when
# units and patterns come from the other four documents, as for a sixth one.
FLOORS = {
    "changsha": (0.98, 0.98, 0.59),
    "dianjiang": (1.0, 0.94, 0.61),
    "jiamusi": (1.0, 1.0, 0.56),
    "jingdezhen": (1.0, 1.0, 0.48),
    "xianning": (1.0, 0.96, 0.65),
}


def prose_of(doc: str) -> list[Candidate]:
    """Read a document as if it were new: only the others' units and patterns."""
    others = [row for row in BOOK.crosswalk if row.subject_source != doc]
    units = {row.unit_stated for row in others if row.unit_stated}
    skip = [
        row.pattern
        for other, rows in EXCLUSIONS.items()
        for row in rows
        if other != doc and row.pattern
    ]
    skip += [pattern for pattern, _ in BOOK.repairs(doc, "furniture")]
    marks = BOOK.repairs(doc, "page_mark")
    return propose_prose(DOCUMENTS[doc], BOOK.words, LAYOUTS, units, skip, marks)


def tables_of(text: str, **cells: str) -> list[Candidate]:
    layout = Layout.model_validate({"doc": "a", "in_table": "T", "start": "T:"} | cells)
    document = Document("a", text, "")
    return propose_tables(document, [layout], BOOK.words, [(r"\n\d+、", "")])


def prose_in(text: str, units: Iterable[str] = ()) -> list[Candidate]:
    document = Document("a", text, "")
    marks = [(r"\n\d+、", "")]
    return propose_prose(document, BOOK.words, units=units, repairs=marks)


def brief(candidates: Iterable[Candidate]) -> list[tuple[str, str, str]]:
    return [(row.id, row.label_stated, row.value_stated) for row in candidates]


def changed(row: Reading, **cells: str) -> list[Reading]:
    """Give the signed rows with one of them changed."""
    return [row.model_copy(update=cells) if each is row else each for each in SIGNED]


@pytest.mark.parametrize(("doc", "table"), sorted(LAID_OUT))
def test_a_table_read_by_its_layout_is_the_signed_table(doc: str, table: str) -> None:
    ours = [row for row in TABLES if row.in_table == table and row.id.startswith(doc)]
    theirs = [row for row in SIGNED if (row.doc, row.in_table) == (doc, table)]
    assert [row.id for row in ours] == [row.id for row in theirs]
    for left, right in zip(ours, theirs, strict=True):
        signed = {name: getattr(right, name) for name in Candidate.columns()}
        assert left.model_dump() == signed


def test_all_tables_are_reproduced_without_an_unexplained_difference() -> None:
    assert Counter(row.id.partition(":")[0] for row in TABLES) == {
        "jiamusi": 206,
        "dianjiang": 48,
        "jingdezhen": 14,
    }
    problems = check_differences(compare_tables(TABLES, READINGS), EXPLAINED)
    assert problems == [], "\n".join(map(str, problems))


@pytest.mark.parametrize("doc", sorted(DOCUMENTS))
def test_a_candidate_stands_where_it_says(doc: str) -> None:
    text = DOCUMENTS[doc].text
    own = [row for row in TABLES if row.id.startswith(f"{doc}:")]
    for row in [*own, *prose_of(doc)]:
        start, end = int(row.quote_start), int(row.quote_end)
        offset = int(row.id.split(":")[1].removesuffix(".blank"))
        assert text[start:end] == row.quote.replace(NEWLINE, "\n"), row.id
        assert text.startswith(row.value_stated, offset), row.id
        assert start <= offset <= end - len(row.value_stated), row.id


@pytest.mark.parametrize("doc", sorted(FLOORS))
def test_prose_candidates_do_not_fall_behind(doc: str) -> None:
    signed = [row for row in READINGS if row not in SIGNED and row.doc == doc]
    found = measure(prose_of(doc), signed)[doc]
    reached = (found.recall, found.recall_of_all, found.precision)
    fallen = [now < floor for now, floor in zip(reached, FLOORS[doc], strict=True)]
    assert not any(fallen), f"{doc}: {found}, floors {FLOORS[doc]}"


def test_every_document_has_floors_and_every_table_of_many_rows_a_layout() -> None:
    assert set(FLOORS) == set(DOCUMENTS)
    sizes = Counter((row.doc, row.in_table) for row in READINGS if row.in_table)
    assert {table for table, size in sizes.items() if size > 10} == LAID_OUT


@pytest.mark.parametrize("field", Candidate.columns()[1:])
def test_each_changed_cell_of_a_signed_row_is_a_difference(field: str) -> None:
    row = next(row for row in SIGNED if row.area_stated and row.in_table)
    rows = changed(row, **{field: getattr(row, field) + "0"})
    if field == "in_table":  # the row then belongs to no table that was read
        field = "row"
    assert [(item.id, item.field) for item in compare_tables(TABLES, rows)] == [
        (row.id, field)
    ]


def test_a_row_that_only_one_side_has_is_a_difference() -> None:
    row = SIGNED[0]
    [gone] = compare_tables(TABLES, SIGNED[1:])
    assert dataclasses.astuple(gone) == (row.id, "row", row.value_stated, "")
    spare = row.model_copy(update={"id": f"{row.doc}:1"})
    [more] = compare_tables(TABLES, [spare, *SIGNED])
    assert dataclasses.astuple(more) == (spare.id, "row", "", row.value_stated)


def test_a_difference_needs_an_explanation_and_an_explanation_a_difference() -> None:
    row = SIGNED[0]
    found = compare_tables(TABLES, changed(row, kind="standard"))
    reason = Explanation(id=row.id, field="kind", reason="because")
    [problem] = check_differences(found, [])
    assert str(problem).splitlines() == [
        f"data/readings/{row.doc}.csv {row.id}, kind: the layout reads "
        f"{row.kind!r}, signed is 'standard'.",
        "  Expected the same, or a row of data/codebook/layout_differences.csv.",
        "  Do: read the table again; correct the reading or the layout, or explain it.",
    ]
    assert check_differences(found, [reason]) == []
    [unused] = check_differences([], [reason])
    assert unused.where == "data/codebook/layout_differences.csv row 2"
    assert unused.remedy == "delete the row."


def test_cells_over_several_lines_and_inner_spaces_are_joined() -> None:
    text = "T:\n1 |\n街道养老\n服务站(个) |\n12 |\n≥21 |\n约束性 |\n。"
    rows = tables_of(
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


def test_rows_of_areas_take_label_unit_and_flow_from_the_layout() -> None:
    rows = tables_of(
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


def test_dash_and_empty_cell_between_pipes_are_told_apart() -> None:
    rows = tables_of(
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


def test_a_blank_cell_without_trace_is_the_column_the_layout_names() -> None:
    first = ["1", "3岁以下", "管理率", "60%", "预期性", "县"]
    second = ["2", "占比", ">1%", "2%", "约束性", "县"]
    text = "\n\n".join(["T:", *first, *second, "。"])
    rows = tables_of(text, **LINES, blank="baseline:2021")
    assert brief(rows) == [
        ("a:7.blank", "3岁以下管理率", ""),
        ("a:18", "3岁以下管理率", "60"),
        ("a:39", "占比", "1"),
        ("a:43", "占比", "2"),
    ]
    assert rows[0].quote == "3岁以下⏎⏎管理率⏎⏎60%⏎⏎预期性"
    assert [row.unit_stated for row in rows] == ["", "%", "%", "%"]


def test_the_last_row_may_end_with_the_document() -> None:
    text = "T:\r\n1\r\n甲\r\n1%\r\n2%\r\n约束性\r\n县"
    rows = tables_of(text, **LINES | {"end": ""})
    assert [(row.label_stated, row.value_stated) for row in rows] == [
        ("甲", "1"),
        ("甲", "2"),
    ]


def test_a_short_row_is_a_problem_where_no_blank_is_declared() -> None:
    text = "T:\n1\n甲\n60%\n预期性\n县\n2\n乙\n1%\n2%\n约束性\n县\n。"
    with pytest.raises(Problems, match="«⏎1⏎甲⏎60%.*» at character 2 is no such row"):
        tables_of(text, **LINES)


def test_a_run_on_table_loses_headings_and_page_marks_but_no_label() -> None:
    rows = tables_of(
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
    text: str, cells: dict[str, str], message: str
) -> None:
    with pytest.raises(Problems, match=message):
        tables_of(text, **{"shape": "pipes", "holds": "label target:2025"} | cells)


@pytest.mark.parametrize(
    ("text", "units", "label", "value", "hedge", "unit", "quote"),
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
    text: str, units: str, label: str, value: str, hedge: str, unit: str, quote: str
) -> None:
    [row] = prose_in(text, units.split())
    cells = (row.label_stated, row.value_stated, row.hedge_stated, row.unit_stated)
    assert (*cells, row.quote) == (label, value, hedge, unit, quote)


def test_the_second_number_of_a_clause_begins_behind_the_first() -> None:
    rows = prose_in("从2个增至5个以上的县")
    assert [(row.label_stated, row.quote) for row in rows] == [
        ("从", "从2个"),
        ("增至", "增至5个以上"),
    ]


def test_numerals_in_characters_count_only_before_a_measure_word_or_unit() -> None:
    text = "一老一小,三个中心,五大方面,六床"
    assert brief(prose_in(text)) == [("a:5", "中心", "三"), ("a:10", "方面", "五")]
    assert brief(prose_in(text, ["床"]))[2:] == [("a:15", "", "六")]


def test_skipped_patterns_and_tables_give_no_candidates() -> None:
    text = "到2025年65歲以上有7人。T:甲 |\n9 |\n完8人"
    table = {"in_table": "T", "shape": "pipes", "start": "T:", "end": "完"}
    layout = Layout(doc="a", holds="label target:2025", **table)
    document = Document("a", text, "")
    rows = propose_prose(document, BOOK.words, [layout], skip=[r"\d{4}年", r"\d+岁"])
    assert [row.value_stated for row in rows] == ["7", "8"]
    everything = propose_prose(document, BOOK.words)
    assert [row.value_stated for row in everything] == re.findall(r"\d+", text)
    with pytest.raises(Problems, match="«T:» stands 0 times"):
        propose_prose(Document("a", "7人", ""), BOOK.words, [layout])


def test_agreement_counts_each_position_once() -> None:
    rows = [row for row in READINGS if row.id.startswith("changsha:3962")]
    assert [row.id for row in rows] == ["changsha:3962", "changsha:3962.2"]
    words = [row for row in READINGS if row.id == "changsha:2804"]  # 全部
    one = [row for row in prose_of("changsha") if row.id == "changsha:3962"]
    assert measure(one, [*rows, *words]) == {
        "changsha": Agreement(1, 2, recall=1.0, recall_of_all=0.5, precision=1.0)
    }
    assert measure([], rows)["changsha"] == Agreement(0, 1, 0.0, 0.0, 0.0)


def test_rank_names_the_wording_of_another_document() -> None:
    label = "每千人口拥有托位数"
    [own, *_] = rank(label, BOOK.crosswalk)
    [other, *_] = rank(label, BOOK.crosswalk, doc=own.doc)
    assert own.score == 1.0 and own.label == label
    assert other.doc != own.doc and other.score < 1.0
    assert other.indicator == own.indicator == "childcare_slots_per_1000_residents"


def test_rank_offers_neither_refused_judgements_nor_no_term() -> None:
    refused = [row for row in BOOK.crosswalk if row.status != "accepted"]
    unmatched = [row for row in BOOK.crosswalk if row.object_id == NO_TERM]
    assert refused and unmatched
    for row in [*refused, *unmatched]:
        assert rank(row.subject_label, [row]) == []
    assert rank("", BOOK.crosswalk) == []
    assert len(rank("养老床位", BOOK.crosswalk, limit=5)) == 5


def test_rank_finds_the_indicator_of_most_wordings_in_other_documents() -> None:
    accepted = [
        row
        for row in BOOK.crosswalk
        if row.status == "accepted" and row.object_id != NO_TERM
    ]
    known = {(row.object_id, row.subject_source) for row in accepted}
    shared = [
        row
        for row in accepted
        if any(
            code == row.object_id and doc != row.subject_source for code, doc in known
        )
    ]
    hits = [
        row.object_id
        in [
            found.indicator
            for found in rank(row.subject_label, accepted, doc=row.subject_source)
        ]
        for row in shared
    ]
    share = sum(hits) / len(hits)
    assert share >= 0.8, f"{share:.3f} of {len(hits)} wordings among the first three"


def test_a_layout_of_an_unknown_document_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    layout = LAYOUTS[0].model_copy(update={"doc": "atlantis"})
    (folder / "layouts.csv").write_bytes(render([layout], Layout))
    (folder / "layout_differences.csv").write_bytes(render([], Explanation))
    message = "layouts.csv row 2, doc: 'atlantis' is not a known code"
    with pytest.raises(Problems, match=message):
        load_layouts(tmp_path, BOOK)
