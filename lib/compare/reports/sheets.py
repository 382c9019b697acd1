"""Sheets: cells, widths, print and bytes of a spreadsheet, whatever stands in it.

In: texts, numbers and links. Out: cells that run nothing: text stays text, numbers are
numbers, and the file has the same bytes on every run.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from compare.base.files import archive
from compare.base.tables import FORMULA_SIGNS
from compare.reports.width import half_ems

FONT = "Microsoft YaHei"
INK, PALE, LINK = "1F2933", "6B7280", "0B5394"
BODY = Font(name=FONT, size=10, color=INK)
QUIET = Font(name=FONT, size=10, color=PALE)
LINKED = Font(name=FONT, size=10, color=LINK, underline="single")
STRONG = Font(name=FONT, size=10, bold=True, color=INK)
TITLE = Font(name=FONT, size=15, bold=True, color=INK)
HEAD = PatternFill("solid", fgColor="E5E7EB")
NONE, RULE = Border(), Border(bottom=Side("thin", color="9CA3AF"))
EDGE = Border(left=Side("thin", color="9CA3AF"))
TOP = Alignment(vertical="top", wrap_text=True)
PLAIN = Alignment(vertical="top")
RIGHT = Alignment(vertical="top", horizontal="right")
CENTRE = Alignment(vertical="top", horizontal="center")
ACROSS = Alignment(vertical="center", horizontal="centerContinuous")
NARROWEST, WIDEST = 7, 52
LINE, TALLEST = 14.5, 400
A3, A4 = 8, 9
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def put(
    cell: Cell,
    content: str | float,
    font: Font = BODY,
    alignment: Alignment = TOP,
    *,
    link: str = "",
) -> None:
    """Write text as text and numbers as numbers; what is missing stays empty.

    A link is a file, ``#`` and a place in it, or ``#`` and a place in this workbook.
    """
    cell.font, cell.alignment = LINKED if link else font, alignment
    if isinstance(content, str):
        if content:
            cell.value = ESCAPED.sub("_x005F_", UNSEEN.sub("\ufffd", content))
            cell.data_type, cell.number_format = "s", "@"
            cell.quotePrefix = content.startswith(FORMULA_SIGNS)
    elif content == content:
        cell.value = content
        cell.number_format = number_format(float(content))
    if link:
        file, _, place = link.partition("#")
        cell.hyperlink = Hyperlink("", target=file or None, location=place)


def put_heads(
    sheet: Worksheet, number: int, heads: Iterable[str], border: Border = RULE
) -> None:
    """Fill a row with the heads of columns."""
    for column, text in enumerate(heads, start=1):
        cell = sheet.cell(number, column)
        put(cell, text, STRONG)
        cell.fill, cell.border = HEAD, border


def to_sheet(name: str, number: int = 1) -> str:
    """Link to a row of a sheet."""
    return f"#'{name}'!A{number}"


def number_format(number: float, form: str = "#", sign: str = "") -> str:
    """Format that shows the decimals of a number, in its form, before its sign.

    Examples
    --------
    >>> number_format(55.0, "≥#", "%"), number_format(0.55), number_format(30000.0)
    ('"≥"#,##0"%"', '#,##0.00', '#,##0')
    """
    exponent = int(Decimal(repr(number)).normalize().as_tuple().exponent)
    digits = f"#,##0.{'0' * -exponent}".removesuffix(".")
    before, _, after = form.partition("#")
    return digits.join(f'"{text}"' if text else "" for text in (before, sign + after))


def width(contents: Iterable[Any]) -> float:
    """Width of a column that shows its contents, in characters."""
    longest = max(half_ems("" if cell != cell else str(cell)) for cell in contents)
    return min(WIDEST, max(NARROWEST, longest + 3))


def set_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    """Set the widths of the columns, from the first on."""
    for column, room in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = room


def set_height(sheet: Worksheet, cells: Iterable[Cell]) -> None:
    """Make a row as tall as its wrapped text; not every program does so by itself."""
    lines, number = 1, 0
    for cell in cells:
        number = cell.row
        if isinstance(cell.value, str) and cell.alignment.wrap_text:
            room = sheet.column_dimensions[cell.column_letter].width - 1
            lines = max(lines, math.ceil(half_ems(cell.value) / room))
    sheet.row_dimensions[number].height = min(TALLEST, LINE * lines + 2)


def set_table(sheet: Worksheet, first: int, column: str, *, pages: int = 1) -> None:
    """Filter all rows from the first on, and keep their two heads in view."""
    last = sheet.cell(sheet.max_row, sheet.max_column).coordinate
    sheet.auto_filter.ref = f"A{first - 1}:{last}"
    sheet.freeze_panes = f"{column}{first}"
    print_setup(sheet, f"{first - 2}:{first - 1}", pages=pages)


def print_setup(
    sheet: Worksheet, titles: str, *, pages: int = 1, paper: int = A3
) -> None:
    """Print some pages wide, heads on every page; A4 stands upright."""
    sheet.page_setup.orientation = "portrait" if paper == A4 else "landscape"
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
    sheet.print_title_rows = titles
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"


def saved(made: Workbook, day: str) -> bytes:
    """Bytes of a workbook without a trace of when and where it was made."""
    made.properties.created = made.properties.modified = datetime.fromisoformat(day)
    file = io.BytesIO()
    ExcelWriter(made, zipfile.ZipFile(file, "w")).save()
    with zipfile.ZipFile(file) as written:
        return archive({name: written.read(name) for name in written.namelist()})
