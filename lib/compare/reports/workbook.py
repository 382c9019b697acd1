"""Workbook: everything that is compared, and what it stands on, for a spreadsheet.

In: an open project. Out: one ``.xlsx`` file: a read-me, a comparison of the places for
each family of indicators, and the tables behind it. Numbers are numbers, text stays
text, and every value links to the sentence that states it in ``evidence.html``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from operator import itemgetter

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from compare.base.intervals import last_year
from compare.codebook.book import Codebook
from compare.curated.groups import ORDER
from compare.project import OF_VALUES, Project
from compare.reports import sheets
from compare.reports.sheets import put, to_sheet
from compare.reports.width import half_ems
from compare.views.tables import statements
from compare.views.words import SEVERAL, Row, Words, filled

EVIDENCE, README = "evidence.html", "read-me"
GROUPS = {
    "equal": PatternFill("solid", fgColor="BFE3D0"),
    "care": PatternFill("lightUp", fgColor="B7791F", bgColor="FFF4D6"),
    "apart": PatternFill("solid", fgColor="D1D5DB"),
}
FIXED = (30, 30, 14, 12)
EACH = {"value": 12, "time_period": 9, "lower": 8, "upper": 8, "group": 7, "notes": 7}
PAGE, ABOUT_LINE = 300, 118
FIRST_ROW, FIRST = 4, 3
NOTHING, DERIVED, USUAL = "–", "derived", "A"
LEGENDS = (
    *("group", "kind", "comparator", "obs_status", "predicate_id", "verdict"),
    "outcome",
)
Line = tuple[str, str, tuple[Row | None, ...]]
Links = Mapping[str, Mapping[str, str]]
Lists = Mapping[str, pd.DataFrame]


def workbook(project: Project) -> bytes:
    """Make the workbook of a project.

    Returns
    -------
    bytes
        An ``.xlsx`` file, the same on every run.
    """
    book, lists, entries = project.book, _lists(project), _entries(project)
    stated = {book.indicators[row["indicator"]].family for row in entries}
    names = {code: sheet_name(code, book) for code in book.families if code in stated}
    links = _links(lists, names)
    made = Workbook()
    first = made.worksheets[0]
    first.title = README
    for family, name in names.items():
        _compare(made.create_sheet(name), family, entries, links, book)
    for name, frame in lists.items():
        _list(made.create_sheet(name), frame, links, book)
    _read_me(first, names, lists, book)
    title = book.codes["workbook"]["title"]
    made.properties.creator = title.label_en
    made.properties.title = f"{title.label_en}: {title.label_zh}"
    return sheets.saved(made, book.last_judgement())


def sheet_name(family: str, book: Codebook) -> str:
    """Name of a comparison sheet: its code and its Chinese name, at most 31 long."""
    label = book.families[family].label_zh
    return re.sub(r"[\[\]:*?/\\]", " ", f"{family} {label}")[:31]


def _both(book: Codebook, codelist: str, codes: str) -> str:
    """Names of a code in both languages; of several codes, if the cell holds them."""
    known = book.codes[codelist]
    rows = [known[code] for code in codes.split(SEVERAL) if code]
    return SEVERAL.join(f"{row.label_zh} {row.label_en}" for row in rows)


def _said(book: Codebook, code: str) -> str:
    """Words of the workbook itself."""
    return _both(book, "workbook", code)


def _lists(project: Project) -> dict[str, pd.DataFrame]:
    """Tables behind the comparison, in the order of their sheets."""
    book = project.book
    lists = {name: project.table(name) for name in OF_VALUES}
    for name in ("observations", "derived"):
        groups = [_group(project, id) for id in lists[name]["id"]]
        reasons = [_reasons(project, id) for id in lists[name]["id"]]
        lists[name] = lists[name].assign(group=groups, reason=reasons)
    rows = {
        "indicators": [book.indicators[code] for code in book.by_family],
        "crosswalk": book.crosswalk,
        "documents": [book.documents[doc] for doc in book.order],
    }
    for name, models in rows.items():
        lists[name] = pd.DataFrame(row.model_dump() for row in models)
    lists["documents"] = lists["documents"].join(project.accounts, on="doc")
    return lists


def _group(project: Project, *ids: str) -> str:
    """Group that some values of one place are in; empty where they are in none."""
    known = [project.standings[id].group for id in ids if id in project.standings]
    return max(known, key=ORDER.index, default="")


def _reasons(project: Project, id: str) -> str:
    """Say in both languages why a value is compared with care, or not at all."""
    one = project.standings.get(id)
    told = [
        other.reason(language)
        for language in ("zh", "en")
        for other in (one.differences if one else ())
    ]
    return " ".join(told)


def _links(lists: Lists, names: Mapping[str, str]) -> Links:
    """Tell where codes lead, by the column that they stand in."""
    ids = (*lists["observations"]["id"], *lists["derived"]["id"])
    values = {id: f"{EVIDENCE}#{id}" for id in ids}
    indicators, documents = (
        {code: to_sheet(name, at) for at, code in enumerate(lists[name][key], FIRST)}
        for name, key in (("indicators", "indicator"), ("documents", "doc"))
    )
    return {
        **dict.fromkeys(("id", "inputs"), values),
        **dict.fromkeys(("indicator", "object_id"), indicators),
        **dict.fromkeys(("doc", "subject_source"), documents),
        "family": {family: to_sheet(name) for family, name in names.items()},
    }


def _entries(project: Project) -> list[Row]:
    """Give all that is compared, and how it is shown: statements, derived ratios."""
    book = project.book
    reported = statements(project, book.indicators)
    ratios = project.derived[project.derived["measure"] == "value"].reset_index()
    entries: list[Row] = []
    for shown, frame in ((_reported, reported), (_derived, ratios)):
        for row in frame.to_dict("records"):
            ids = row.get("ids", row["id"]).split(SEVERAL)
            entries.append({**row, "group": _group(project, *ids), **shown(row, book)})
    return entries


def _reported(row: Row, book: Codebook) -> Row:
    """Tell how a statement is shown, as a number or in words, and its remark."""
    words, shown, form = Words(book, "zh"), row["value"], ""
    if shown == shown:
        hedge = words.label("comparator_form", row["comparator"])
        form = sheets.number_format(shown, hedge, book.units[row["unit"]].symbol)
    elif row["comparator"] == "missing":
        shown = _both(book, "comparator_form", row["comparator"])
    else:
        shown = words.figure(row) or words.value(row)
    coded = ("scope", "obs_status", "obligation")
    remarks = [_both(book, name, row[name]) for name in coded if row[name] != USUAL]
    remark = SEVERAL.join(filter(None, [*remarks, row["note"]]))
    return {"shown": shown, "form": form, "remark": remark}


def _derived(row: Row, book: Codebook) -> Row:
    """Tell the same of a derived value."""
    shown, form = row["value"], ""
    if shown == shown:
        form = sheets.number_format(0.1, sign=book.units[row["unit"]].symbol)
    elif row["refused"]:
        shown = _said(book, "refused")
    else:
        ends = {name: round(row[name], 1) for name in ("lower", "upper")}
        shown = Words(book).figure({**row, **ends})
    remark = f"{row['formula']} ({row['inputs']}); {row['note']} {row['note_zh']}"
    return {"kind": DERIVED, "shown": shown, "form": form, "remark": remark}


def _compare(
    sheet: Worksheet, family: str, entries: Iterable[Row], links: Links, book: Codebook
) -> None:
    """Fill the comparison of one family: indicator and kind × place."""
    own = [row for row in entries if book.indicators[row["indicator"]].family == family]
    stated = {(row["indicator"], row["doc"]) for row in own if row["kind"] != DERIVED}
    filled_in = (row for row in own if row.get("comparator", "missing") != "missing")
    somewhere = {row["indicator"] for row in filled_in}
    notes: dict[str, int] = {}
    _compare_head(sheet, family, book)
    for number, (code, kind, line) in enumerate(_lines(own, book), FIRST_ROW):
        cells, derived, about = sheet[number], kind == DERIVED, book.indicators[code]
        unit = book.units[about.unit]
        put(cells[0], about.label_zh, link=links["indicator"][code])
        put(cells[1], about.label_en)
        put(cells[2], f"{unit.label_zh} {unit.label_en}")
        told = _said(book, "kind_derived") if derived else _both(book, "kind", kind)
        put(cells[3], told)
        for position, (doc, row) in enumerate(zip(book.order, line, strict=True)):
            first = len(FIXED) + position * len(EACH)
            cells[first].border = sheets.EDGE
            if row:
                _fill(cells[first : first + len(EACH)], row, notes, links, book)
            elif code in somewhere and (code, doc) not in stated:
                absence = _both(book, "state", book.absence(doc, code))
                put(cells[first], absence, sheets.QUIET)
            else:
                put(cells[first], NOTHING, sheets.QUIET, sheets.RIGHT)
        sheets.set_height(sheet, cells)
    sheets.set_table(sheet, FIRST_ROW, "C")
    number = sheet.max_row + 2
    if notes:
        put(sheet.cell(number, 1), _said(book, "notes"), sheets.STRONG)
    for text, mark in notes.items():
        put(sheet.cell(number + mark, 1), f"[{mark}] {text}", alignment=sheets.PLAIN)


def _lines(rows: Sequence[Row], book: Codebook) -> Iterator[Line]:
    """Lay values out: indicator, kind, and what stands beside each other, by document.

    Indicators that most places have something to say of come first, of each place the
    latest; one that states several years, or several parts, fills several lines.
    """
    pairs = {(row["indicator"], row["doc"]) for row in rows}
    places = Counter(code for code, _ in pairs)
    kinds = [*book.codes["kind"], DERIVED]

    def rank(row: Row) -> tuple[int, str, int, int]:
        code, year = row["indicator"], last_year(row["time_period"])
        return -places[code], code, kinds.index(row["kind"]), -year

    same = itemgetter("indicator", "kind")
    for (code, kind), group in groupby(sorted(rows, key=rank), same):
        found = list(group)
        of_each = ([row for row in found if row["doc"] == doc] for doc in book.order)
        for line in zip_longest(*of_each):
            yield code, kind, line


def _compare_head(sheet: Worksheet, family: str, book: Codebook) -> None:
    named, indicator = book.families[family], book.codes["workbook"]["indicator"]
    title = f"{named.label_zh} {named.label_en}"
    put(sheet["A1"], title, sheets.TITLE, sheets.PLAIN)
    put(sheet["E1"], f"← {README}", alignment=sheets.PLAIN, link=to_sheet(README))
    heads = ("unit", "kind", *[*EACH] * len(book.order))
    fixed = [indicator.label_zh, indicator.label_en]
    told = [*fixed, *(_said(book, code) for code in heads)]
    sheets.put_heads(sheet, FIRST_ROW - 1, told)
    sheets.set_widths(sheet, [*FIXED, *[*EACH.values()] * len(book.order)])
    above = [sheet.cell(FIRST_ROW - 2, column) for column in range(1, len(told) + 1)]
    for cell in above:
        cell.fill, cell.alignment = sheets.HEAD, sheets.ACROSS
    for cell, doc in zip(above[len(FIXED) :: len(EACH)], book.order, strict=True):
        place = book.place(doc)
        level = book.label("level", place.level, "zh")
        put(cell, f"{place.both} ({level})", sheets.STRONG, sheets.ACROSS)
    sheet.row_dimensions[1].height, sheet.row_dimensions[3].height = 26, 30


def _fill(
    cells: Sequence[Cell], row: Row, notes: dict[str, int], links: Links, book: Codebook
) -> None:
    """Fill the cells of one place in one line; the same remark gets the same number."""
    value, time, lower, upper, group, note = cells
    link = links["id"][row["id"]]
    put(value, row["shown"], alignment=sheets.RIGHT, link=link)
    if row["form"]:
        value.number_format = row["form"]
    put(time, row["time_period"] or _said(book, "undated"))
    for cell, end in ((lower, row["lower"]), (upper, row["upper"])):
        put(cell, end, alignment=sheets.RIGHT)
        if row["kind"] == DERIVED:
            cell.number_format = sheets.number_format(0.1)
    if row["group"] in GROUPS:
        sign = book.codes["group"][row["group"]].definition
        put(group, sign, sheets.STRONG, sheets.CENTRE)
        value.fill = group.fill = GROUPS[row["group"]]
    remark = f"{book.place(row['doc']).both}: {row['remark']}"
    mark = f"[{notes.setdefault(remark, len(notes) + 1)}]" if row["remark"] else ""
    put(note, mark)


def _list(sheet: Worksheet, frame: pd.DataFrame, links: Links, book: Codebook) -> None:
    """Fill a sheet with one table: Chinese names, names of the columns, rows."""
    columns = {str(name): book.heading(str(name)) for name in frame}
    sheets.put_heads(sheet, FIRST - 2, columns.values(), sheets.NONE)
    sheets.put_heads(sheet, FIRST - 1, columns)
    widths = [sheets.width([*head, *frame[head[0]]]) for head in columns.items()]
    sheets.set_widths(sheet, widths)
    for number, row in enumerate(frame.to_dict("records"), start=FIRST):
        cells = []
        for position, name in enumerate(columns, start=1):
            if row[name] != "":
                cells.append(sheet.cell(number, position))
                _write(cells[-1], name, row[name], links)
        sheets.set_height(sheet, cells)
    sheets.set_table(sheet, FIRST, "B", pages=math.ceil(sum(widths) / PAGE))
    sheet.print_title_cols = "A:A"


def _write(cell: Cell, column: str, content: str | float, links: Links) -> None:
    """Fill one cell of a table; of several ids, the first is linked."""
    if not isinstance(content, str):
        put(cell, content, alignment=sheets.RIGHT)
    elif column == "group":
        put(cell, content, sheets.STRONG, sheets.CENTRE)
        if content in GROUPS:
            cell.fill = GROUPS[content]
    else:
        first, _, _ = content.partition(" ")
        put(cell, content, link=links.get(column, {}).get(first, ""))


def _read_me(
    sheet: Worksheet, names: Mapping[str, str], lists: Lists, book: Codebook
) -> None:
    """Fill the first sheet: what this is, what is where, what signs mean."""
    said = book.codes["workbook"]
    title, compared = said["title"], said["compared"].label_en
    put(sheet["A1"], f"{title.label_zh} · {title.label_en}", sheets.TITLE, sheets.PLAIN)
    about = [row for code, row in said.items() if code.startswith("about")]
    texts = (text for row in about for text in (row.label_zh, row.label_en))
    for number, text in enumerate(texts, start=3):
        put(sheet.cell(number, 1), text)
        sheet.merge_cells(f"A{number}:C{number}")
        sheet.row_dimensions[number].height = 15 * (1 + half_ems(text) // ABOUT_LINE)
    heads = [_said(book, code) for code in ("sheets", "holds", "rows")]
    sheets.put_heads(sheet, sheet.max_row + 2, heads)
    holds = {
        name: filled(compared, book.families[family].label_en)
        for family, name in names.items()
    }
    holds |= {name: _said(book, name) for name in lists}
    for number, (name, text) in enumerate(holds.items(), sheet.max_row + 1):
        put(sheet.cell(number, 1), name, link=to_sheet(name))
        put(sheet.cell(number, 2), text)
        count = len(lists[name]) if name in lists else ""
        put(sheet.cell(number, 3), count, alignment=sheets.RIGHT)
    for codelist in LEGENDS:
        _legend(sheet, codelist, book)
    sheets.set_widths(sheet, (34, 76, 10))
    sheet.sheet_view.showGridLines = False
    sheet.row_dimensions[1].height = 24
    sheets.print_setup(sheet, "1:1", paper=sheets.A4)
    sheet.page_setup.fitToHeight = 1


def _legend(sheet: Worksheet, codelist: str, book: Codebook) -> None:
    """Explain the codes of a list, below what the sheet holds."""
    heads = (f"{book.heading(codelist)} {codelist}", _said(book, "name"), "")
    sheets.put_heads(sheet, sheet.max_row + 2, heads)
    rows = book.codes[codelist].items()
    for number, (code, row) in enumerate(rows, sheet.max_row + 1):
        put(sheet.cell(number, 1), code, sheets.STRONG, sheets.CENTRE)
        if codelist == "group" and code in GROUPS:
            sheet.cell(number, 1).fill = GROUPS[code]
        more = f" ({row.definition})" if row.definition else ""
        put(sheet.cell(number, 2), f"{row.label_zh} · {row.label_en}{more}")
