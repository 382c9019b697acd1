"""The workbook keeps every value, shows what it may mean, and runs nothing."""

import io
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import ROOT, edit, table
from openpyxl.utils import range_boundaries

from compare.codebook.book import Codebook, load_codebook
from compare.reports.workbook import EVIDENCE, GRADES, README, sheet_name, workbook
from compare.views import tables as views
from compare.views.tables import NUMBERS

LISTS = (
    "observations",
    "derived",
    "findings",
    "comparability",
    "indicators",
    "crosswalk",
    "documents",
)
OBSERVATIONS = "data/curated/observations.csv"
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("x")', "#N/A", "_x0041_"]


@pytest.fixture(scope="module")
def made() -> bytes:
    return workbook(ROOT)


@pytest.fixture(scope="module")
def read(made: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(made))


@pytest.fixture(scope="module")
def words() -> Codebook:
    return load_codebook(ROOT)


def rows(sheet: Any) -> list[dict[str, Any]]:
    _, header, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def comparisons(read: Any) -> list[Any]:
    return [sheet for sheet in read if sheet.title not in (README, *LISTS)]


def lines(sheet: Any) -> list[Any]:
    _, first, _, last = range_boundaries(sheet.auto_filter.ref)
    return list(sheet.iter_rows(min_row=first + 1, max_row=last))


def test_the_same_bytes_on_every_run_and_no_date_of_the_run(made: bytes) -> None:
    assert workbook(ROOT) == made
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert {entry.date_time[0] for entry in parts.infolist()} == {1980}
        core = parts.read("docProps/core.xml").decode()
    days = {row["mapping_date"] for row in table(ROOT / "data/codebook/crosswalk.csv")}
    assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {max(days)}


def test_every_table_and_every_stated_family_has_its_sheet(
    read: Any, words: Codebook
) -> None:
    stated = {words.indicators[code].family for code in views.load(ROOT)["indicator"]}
    families = [row.family for row in words.families if row.family in stated]
    named = [sheet_name(family, words) for family in families]
    assert read.sheetnames == [README, *named, *LISTS]


@pytest.mark.parametrize("name", LISTS[:4])
def test_a_sheet_holds_every_cell_of_its_table(read: Any, name: str) -> None:
    expected = table(ROOT / "data" / "curated" / f"{name}.csv")
    found = rows(read[name])
    key = "id" if "id" in expected[0] else "left"
    by_key = sorted(expected, key=str)
    assert len(found) == len(expected)
    for cells in by_key:
        same = [row for row in found if row[key] == cells[key]]
        assert any(
            all(
                row[column] is None
                if not cell
                else row[column] == float(cell)
                if column in (*NUMBERS, "quote_start", "quote_end")
                else row[column] == cell
                for column, cell in cells.items()
            )
            for row in same
        ), cells


def test_every_statement_is_compared_with_its_number_and_its_link(
    read: Any, words: Codebook
) -> None:
    shown = {
        cell.hyperlink.location: cell
        for sheet in comparisons(read)
        for line in lines(sheet)
        for cell in line
        if cell.hyperlink is not None and cell.hyperlink.target == EVIDENCE
    }
    statements = views.statements(words.indicators, ROOT)
    row: Any
    for row in statements.itertuples():
        cell = shown[row.ids.split("; ")[0]]
        if row.value == row.value:
            assert cell.value == row.value
            hedge = words.label("comparator_form", row.comparator, "zh")
            for sign in hedge.split("#"):
                assert sign in cell.number_format
        else:
            assert isinstance(cell.value, str)
    derived = views.load_derived(ROOT)
    compared = derived.loc[derived["measure"] == "value", "id"]
    assert shown.keys() == {ids.split("; ")[0] for ids in statements["ids"]} | set(
        compared
    )


def test_a_refusal_is_shown_as_one(read: Any) -> None:
    derived = views.load_derived(ROOT)
    refused = derived[(derived["measure"] == "value") & (derived["refused"] == "yes")]
    cells = [
        cell for sheet in comparisons(read) for row in lines(sheet) for cell in row
    ]
    found = [
        cell.value
        for cell in cells
        if cell.hyperlink and cell.hyperlink.location in set(refused["id"])
    ]
    assert len(found) == len(refused) and set(found) <= {"不计算 refused"}


def test_no_place_is_left_without_a_word(read: Any, words: Codebook) -> None:
    for sheet in comparisons(read):
        heads = [cell.value for cell in sheet[3]]
        values = [place for place, head in enumerate(heads) if head == "数值 Value"]
        assert len(values) == len(words.places)
        for line in lines(sheet):
            assert all(line[place].value not in (None, "") for place in values)


def test_a_grade_is_a_letter_and_a_fill_and_the_best_of_its_pairs(read: Any) -> None:
    pairs = table(ROOT / "data/curated/comparability.csv")
    best = {
        id: min(row["grade"] for row in pairs if id in (row["left"], row["right"]))
        for row in pairs
        for id in (row["left"], row["right"])
    }
    sheet = read["observations"]
    header = [cell.value for cell in sheet[2]]
    for row in sheet.iter_rows(min_row=3):
        id, grade = row[0].value, row[header.index("grade")]
        assert (grade.value or "") == best.get(id, "")
        if grade.value:
            assert grade.fill.fill_type == GRADES[grade.value].fill_type
            assert grade.fill.fgColor.rgb == GRADES[grade.value].fgColor.rgb
    assert len({(fill.fill_type, fill.fgColor.rgb) for fill in GRADES.values()}) == 3


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


def test_every_link_leads_somewhere(read: Any) -> None:
    known = set(views.load(ROOT)["id"]) | set(views.load_derived(ROOT)["id"])
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
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the data with texts like formulas, and with a column more."""
    root: Path = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "data", root / "data")

    def spoil(found: list[dict[str, str]]) -> None:
        for row, text in zip(found, FORMULAS, strict=False):
            row.update(note=text, quote=f"{text}\x01")

    edit(root, OBSERVATIONS, spoil)
    path = root / "data" / "curated" / "findings.csv"
    header, *others = path.read_text("utf-8-sig").splitlines()
    more = [f"{header},more", *(f"{line},seen" for line in others)]
    path.write_text("\n".join(more), "utf-8")
    (root / "made.xlsx").write_bytes(workbook(root))
    return root


def test_text_stays_text(spoilt: Path) -> None:
    ids = {
        row["id"]: row["note"] for row in table(spoilt / OBSERVATIONS)[: len(FORMULAS)]
    }
    content = (spoilt / "made.xlsx").read_bytes()
    read = openpyxl.load_workbook(io.BytesIO(content))["observations"]
    header = [cell.value for cell in read[2]]
    found = [row for row in read.iter_rows(min_row=3) if row[0].value in ids]
    assert len(found) == len(FORMULAS)
    for row in found:
        text = ids[row[0].value]
        note, quote = row[header.index("note")], row[header.index("quote")]
        assert (unescaped(note.value), note.data_type) == (text, "s")
        assert (unescaped(quote.value), quote.data_type) == (f"{text}\ufffd", "s")
        assert note.quotePrefix == (text[0] in "=+-@")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(part) for part in parts.namelist() if "/sheet" in part]
    assert sheets and not any(re.search(b"<f[ >]", sheet) for sheet in sheets)


def unescaped(text: str) -> str:
    """Text as a spreadsheet reads it (ECMA-376, 22.9.2.19)."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def test_a_further_column_becomes_a_further_column(spoilt: Path) -> None:
    read = openpyxl.load_workbook(spoilt / "made.xlsx")["findings"]
    assert [cell.value for cell in read[2]][-1] == "more"
    assert read.cell(3, read.max_column).value == "seen"
