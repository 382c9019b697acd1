"""The workbook keeps every value, shows what it may mean, and runs nothing."""

import dataclasses
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from conftest import ROOT, table
from openpyxl.utils import range_boundaries

from compare.curated.groups import ORDER
from compare.project import COUNTS, NUMBERS, OF_VALUES, Project
from compare.reports.workbook import EVIDENCE, GROUPS, README, sheet_name, workbook
from compare.views.tables import statements

pytestmark = pytest.mark.slow

LISTS = (*OF_VALUES, "indicators", "crosswalk", "documents")
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("x")', "#N/A", "_x0041_"]


@pytest.fixture(scope="module")
def made(project: Project) -> bytes:
    return workbook(project)


@pytest.fixture(scope="module")
def read(made: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made))


def rows(sheet: Any) -> list[dict[str, Any]]:
    _, header, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def comparisons(read: Any) -> list[Any]:
    return [sheet for sheet in read if sheet.title not in (README, *LISTS)]


def lines(sheet: Any) -> list[Any]:
    _, first, _, last = range_boundaries(sheet.auto_filter.ref)
    return list(sheet.iter_rows(min_row=first + 1, max_row=last))


def test_the_same_bytes_on_every_run_and_no_date_of_the_run(
    project: Project, made: bytes
) -> None:
    assert workbook(project) == made
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert {entry.date_time[0] for entry in parts.infolist()} == {1980}
        core = parts.read("docProps/core.xml").decode()
    days = {row["mapping_date"] for row in table(ROOT / "data/codebook/crosswalk.csv")}
    assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {max(days)}


def test_every_table_and_every_stated_family_has_its_sheet(
    read: Any, project: Project
) -> None:
    book, codes = project.book, set(project.observations["indicator"])
    stated = {book.indicators[code].family for code in codes}
    named = [sheet_name(family, book) for family in book.families if family in stated]
    assert read.sheetnames == [README, *named, *LISTS]


@pytest.mark.parametrize("name", OF_VALUES)
def test_a_sheet_holds_every_cell_of_its_table(read: Any, name: str) -> None:
    expected = table(ROOT / "data" / "curated" / f"{name}.csv")
    found = {row["id"]: row for row in rows(read[name])}
    assert list(found) == [row["id"] for row in expected]
    for row in expected:
        for column, cell in row.items():
            number = column in (*NUMBERS, *COUNTS)
            wanted = float(cell) if cell and number else cell or None
            assert found[row["id"]][column] == wanted, (row["id"], column)


def test_another_project_has_a_workbook_of_its_own(toy_project: Project) -> None:
    read = openpyxl.load_workbook(io.BytesIO(workbook(toy_project)))
    assert read.sheetnames[0] == README and read.sheetnames[-len(LISTS) :] == [*LISTS]
    (sheet, *_) = comparisons(read)
    places = [place.both for place in toy_project.book.in_order]
    heads = [cell.value for cell in sheet[2] if cell.value]
    assert [head.partition(" (")[0] for head in heads] == places


def compared(project: Project) -> Any:
    """Derived values that stand beside statements."""
    return project.derived[project.derived["measure"] == "value"]


def test_every_statement_is_compared_with_its_number_and_its_link(
    read: Any, project: Project
) -> None:
    shown = {
        cell.hyperlink.location: cell
        for sheet in comparisons(read)
        for line in lines(sheet)
        for cell in line
        if cell.hyperlink is not None and cell.hyperlink.target == EVIDENCE
    }
    stated = statements(project, project.book.indicators).to_dict("records")
    for row in stated:
        cell = shown[row["ids"].split("; ")[0]]
        if row["value"] == row["value"]:
            assert cell.value == row["value"]
            hedge = project.book.label("comparator_form", row["comparator"], "zh")
            for sign in hedge.split("#"):
                assert sign in cell.number_format
        else:
            assert isinstance(cell.value, str)
    first = {row["ids"].split("; ")[0] for row in stated}
    assert shown.keys() == first | set(compared(project).index)


def test_a_value_that_is_no_number_is_shown_in_words(read: Any) -> None:
    cells = (cell for sheet in comparisons(read) for row in sheet for cell in row)
    shown = {cell.hyperlink.location: cell.value for cell in cells if cell.hyperlink}
    assert shown["changsha:3137"] == "2 – 3"
    assert shown["changsha:slot_ratio:2021"] == "1.5 – 2.4"
    assert shown["changsha:slots_used:2021"] == "37.6 – 62.7%"
    assert shown["jiamusi:1859"] == "未填 blank"
    assert shown["jiamusi:814"] == 32


def test_a_refusal_is_shown_as_one(read: Any, project: Project) -> None:
    ratios = compared(project)
    refused = set(ratios.index[ratios["refused"] == "yes"])
    cells = [
        cell for sheet in comparisons(read) for row in lines(sheet) for cell in row
    ]
    found = [
        cell.value
        for cell in cells
        if cell.hyperlink and cell.hyperlink.location in refused
    ]
    assert found == ["不计算 refused"] * len(refused) and found


def test_no_place_is_left_without_a_word(read: Any, project: Project) -> None:
    for sheet in comparisons(read):
        heads = [cell.value for cell in sheet[3]]
        values = [place for place, head in enumerate(heads) if head == "数值 Value"]
        assert len(values) == len(project.book.documents)
        for line in lines(sheet):
            assert all(line[place].value not in (None, "") for place in values)


def test_a_group_is_a_code_and_a_fill_with_its_reasons(
    read: Any, project: Project
) -> None:
    for name in ("observations", "derived"):
        header = [cell.value for cell in read[name][2]]
        for row in read[name].iter_rows(min_row=3):
            standing = project.standings.get(row[0].value)
            group, reason = (row[header.index(key)] for key in ("group", "reason"))
            assert (group.value or "") == (standing.group if standing else "")
            for one in standing.differences if standing else ():
                assert one.reason("zh") in reason.value
                assert one.reason("en") in reason.value
            if group.value in GROUPS:
                assert group.fill.fill_type == GROUPS[group.value].fill_type
                assert group.fill.fgColor.rgb == GROUPS[group.value].fgColor.rgb
    assert len({(fill.fill_type, fill.fgColor.rgb) for fill in GROUPS.values()}) == 3


def test_a_statement_made_twice_has_the_group_of_both(
    read: Any, project: Project
) -> None:
    signs = {code: row.definition for code, row in project.book.codes["group"].items()}
    stated = statements(project, project.book.indicators).to_dict("records")
    twice = {}
    for row in stated:
        ids = [id for id in row["ids"].split("; ") if id in project.standings]
        if len(ids) > 1:
            groups = (project.standings[id].group for id in ids)
            twice[ids[0]] = signs[max(groups, key=ORDER.index)] or None
    found = {}
    for sheet in comparisons(read):
        for line in lines(sheet):
            for cell, group in zip(line, line[4:], strict=False):
                if cell.hyperlink and cell.hyperlink.location in twice:
                    found[cell.hyperlink.location] = group.value
    assert found == twice and twice


def test_every_mark_has_its_footnote(read: Any) -> None:
    for sheet in comparisons(read):
        marks = {
            cell.value
            for line in lines(sheet)
            for cell in line
            if isinstance(cell.value, str) and re.fullmatch(r"\[\d+\]", cell.value)
        }
        last = range_boundaries(sheet.auto_filter.ref)[3]
        below = [sheet.cell(row, 1).value for row in range(last + 1, sheet.max_row + 1)]
        notes = {text.split(" ")[0] for text in below if text and text[0] == "["}
        assert notes == marks


def test_sheets_are_ready_to_filter_and_to_print(read: Any) -> None:
    for sheet in read:
        assert sheet.page_setup.fitToHeight is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows and "&P" in str(sheet.oddFooter.right.text)
        if sheet.title != README:
            assert sheet.freeze_panes and sheet.auto_filter.ref
            assert all(column.width for column in sheet.column_dimensions.values())
        fonts = {cell.font.name for row in sheet for cell in row if cell.value}
        assert fonts == {"Microsoft YaHei"}


def test_every_link_leads_somewhere(read: Any, project: Project) -> None:
    known = {*project.observations.index, *project.derived.index}
    inside = 0
    for sheet in read:
        for row in sheet.iter_rows():
            for cell in row:
                link = cell.hyperlink
                if link is None:
                    continue
                if link.target:
                    assert (link.target, link.location in known) == (EVIDENCE, True)
                    continue
                inside += 1
                name, _, place = link.location.rpartition("!")
                target = read[name.strip("'")][place]
                if sheet.title in ("observations", "crosswalk", "findings"):
                    assert target.value == cell.value
    assert inside > 1000


@pytest.fixture(scope="module")
def spoilt(project: Project) -> bytes:
    """The workbook of texts like formulas, and of a column more."""
    observations = project.observations.copy()
    for id, text in zip(observations.index, FORMULAS, strict=False):
        observations.loc[id, ["note", "quote"]] = text, f"{text}\x01"
    findings = project.findings.assign(more="seen")
    return workbook(
        dataclasses.replace(project, observations=observations, findings=findings)
    )


def test_text_stays_text(project: Project, spoilt: bytes) -> None:
    ids = dict(zip(project.observations.index, FORMULAS, strict=False))
    read = openpyxl.load_workbook(io.BytesIO(spoilt))["observations"]
    header = [cell.value for cell in read[2]]
    found = [row for row in read.iter_rows(min_row=3) if row[0].value in ids]
    assert len(found) == len(FORMULAS)
    for row in found:
        text = ids[row[0].value]
        note, quote = row[header.index("note")], row[header.index("quote")]
        assert (unescaped(note.value), note.data_type) == (text, "s")
        assert (unescaped(quote.value), quote.data_type) == (f"{text}\ufffd", "s")
        assert note.quotePrefix == (text[0] in "=+-@")
    with zipfile.ZipFile(io.BytesIO(spoilt)) as parts:
        sheets = [parts.read(part) for part in parts.namelist() if "/sheet" in part]
    assert sheets and not any(re.search(b"<f[ >]", sheet) for sheet in sheets)


def unescaped(text: str) -> str:
    """Text as a spreadsheet reads it (ECMA-376, 22.9.2.19)."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def test_a_further_column_becomes_a_further_column(spoilt: bytes) -> None:
    read = openpyxl.load_workbook(io.BytesIO(spoilt))["findings"]
    assert [cell.value for cell in read[2]][-1] == "more"
    assert read.cell(3, read.max_column).value == "seen"
