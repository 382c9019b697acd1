"""Workbook: everything that is compared, and what it stands on, for a spreadsheet.

In: a project folder. Out: one ``.xlsx`` file: a read-me, a comparison of the places for
each family of indicators, and the tables behind it. Numbers are numbers, text stays
text, and every value links to the sentence that states it in ``evidence.html``.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from compare.base.tables import FORMULA_SIGNS, natural
from compare.codebook.book import Codebook, Place, load_codebook
from compare.formats.formats import (
    COUNTS,
    EXPORTED,
    archive,
    read_text,
    records,
    typed,
)
from compare.reports.make import last_judgement
from compare.views import tables as views
from compare.views import words as wording
from compare.views.tables import NUMBERS, SEVERAL

EVIDENCE = "evidence.html"
README = "read-me"
FONT, HEADING = "Microsoft YaHei", "Microsoft YaHei"
INK, PALE, LINK = "1F2933", "6B7280", "0B5394"
BODY = Font(name=FONT, size=10, color=INK)
QUIET = Font(name=FONT, size=10, color=PALE)
LINKED = Font(name=FONT, size=10, color=LINK, underline="single")
STRONG = Font(name=HEADING, size=10, bold=True, color=INK)
TITLE = Font(name=HEADING, size=15, bold=True, color=INK)
HEAD = PatternFill("solid", fgColor="E5E7EB")
GRADES = {
    "A": PatternFill("solid", fgColor="BFE3D0"),
    "B": PatternFill("lightUp", fgColor="B7791F", bgColor="FFF4D6"),
    "C": PatternFill("solid", fgColor="D1D5DB"),
}
RULE = Border(bottom=Side("thin", color="9CA3AF"))
EDGE = Border(left=Side("thin", color="9CA3AF"))
TOP = Alignment(vertical="top", wrap_text=True)
PLAIN = Alignment(vertical="top")
RIGHT = Alignment(vertical="top", horizontal="right")
CENTRE = Alignment(vertical="top", horizontal="center")
ACROSS = Alignment(vertical="center", horizontal="centerContinuous")
NARROWEST, WIDEST = 7, 52
FIXED = ("指标", "Indicator", "单位 Unit", "类型 Kind")
FIXED_WIDTHS = (30, 30, 14, 12)
EACH = ("数值 Value", "时期 Time", "下限 Lower", "上限 Upper", "等级 Grade", "注 Notes")
EACH_WIDTHS = (12, 9, 8, 8, 7, 7)
LINE, TALLEST, PAGE = 14.5, 400, 300
FIRST_ROW = 4
NOTHING, DERIVED, REFUSED = "–", "derived", "不计算 refused"
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
TO_EVIDENCE = ("id", "left", "right", "inputs")
LEGENDS = ("grade", "kind", "comparator", "obs_status", "predicate_id", "verdict")
ABOUT = (
    "各地规划所列“一老一小”指标的可比整理。每个数值都链接到原文句子"
    "(与本文件同一文件夹的 evidence.html)。",
    "What the plans of several places state on care for the old and the very young, "
    "made comparable. Every value links to its sentence in evidence.html, in the "
    "folder of this file.",
    "规划数值是意图,不是结果;各地不是样本,不求平均,不跨等级排名,不编综合指数。",
    "Plan figures are intentions, not outcomes. The places are no sample: no average, "
    "no ranking across grades, no index.",
    "等级属于一对数值;对照表中每个数值旁所示为它所在各对中最好的等级,"
    "全部各对见 comparability。",
    "A grade belongs to a pair of values; beside a value stands the best grade of its "
    "pairs. All pairs are in the sheet comparability.",
    "对照表只列全域、精确或近似匹配的表述;数值前后的符号为原文限定词,下限与上限为其允许范围。",
    "Comparison sheets hold statements for the whole place with an exact or close "
    "match; signs around a number are the hedges of the text, bounds what they allow.",
    f"“{NOTHING}”表示该地未列此类数值;其余空缺写明原因。推算值(derived)不出自任何文件。",
    f"“{NOTHING}”: the place states nothing of this kind; other gaps say why. Derived "
    "values are ours and stand in no document.",
)


@dataclass(frozen=True)
class Entry:
    """One value of the comparison, reported or derived."""

    indicator: str
    kind: str
    doc: str
    time_period: str
    value: float
    lower: float
    upper: float
    stated: str
    shown_as: str
    grade: str
    remark: str
    id: str


@dataclass
class Footnotes:
    """Numbered remarks of one sheet; the same words get the same number."""

    texts: dict[str, int] = field(default_factory=dict)

    def mark(self, text: str) -> str:
        """Give the mark of a remark, none for an empty one."""
        return f"[{self.texts.setdefault(text, len(self.texts) + 1)}]" if text else ""


@dataclass(frozen=True)
class Links:
    """Where the text of a cell leads, by column."""

    inside: Mapping[str, Mapping[str, str]]
    evidence: frozenset[str]

    def to(self, column: str, text: str) -> Hyperlink | None:
        """Give the link of a cell, if it has one."""
        if column in TO_EVIDENCE:
            first = text.split(" ")[0]
            return to_evidence(first) if first in self.evidence else None
        location = self.inside.get(column, {}).get(text)
        return Hyperlink(ref="", location=location) if location else None


def workbook(root: Path) -> bytes:
    """Make the workbook of a project.

    Parameters
    ----------
    root
        Folder of the project; its curated tables are read from their files.

    Returns
    -------
    bytes
        An ``.xlsx`` file, the same on every run.
    """
    book = load_codebook(root)
    frames = {name: typed(read_text(root, name)) for name in EXPORTED}
    lists = _lists(root, book, frames)
    families = [row.family for row in book.families]
    entries = _entries(root, book, frames["derived"], best_grades(frames))
    names = {
        family: sheet_name(family, book)
        for family in families
        if any(book.indicators[entry.indicator].family == family for entry in entries)
    }
    links = _links(lists, names, frames)
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = README
    states = _states(root, families)
    for family, name in names.items():
        _compare(made.create_sheet(name), family, entries, states, links, book)
    for name, rows in lists.items():
        _list(made.create_sheet(name), rows, links, book)
    _read_me(sheet, names, lists, book)
    made.properties.creator = "compare"
    made.properties.title = "compare: 一老一小规划指标对照"
    return _saved(made, last_judgement(book))


def best_grades(frames: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Best grade of all pairs that a value is in, by the id of the value."""
    pairs = frames["comparability"]
    best: dict[str, str] = {}
    for side in ("left", "right"):
        for id, grade in zip(pairs[side], pairs["grade"], strict=True):
            best[id] = min(grade, best.get(id, grade))
    return best


def number_format(number: float, form: str = "#", sign: str = "") -> str:
    """Spreadsheet format that shows a number as its words and digits ask for.

    Parameters
    ----------
    number
        Sets the decimals: as many as it has.
    form
        How its comparator is written, ``#`` for the number.
    sign
        What stands behind the number, such as ``%``.

    Examples
    --------
    >>> number_format(55.0, "≥#", "%"), number_format(0.55), number_format(30000.0)
    ('"≥"#,##0"%"', '#,##0.00', '#,##0')
    """
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    before, _, after = form.partition("#")
    return _quoted(before) + digits + _quoted(sign + after)


def sheet_name(family: str, book: Codebook) -> str:
    """Name of a comparison sheet: its code and its Chinese name, at most 31 long."""
    (label,) = [row.label_zh for row in book.families if row.family == family]
    return re.sub(r"[\[\]:*?/\\]", " ", f"{family} {label}")[:31]


def to_evidence(id: str) -> Hyperlink:
    """Link to a value on the evidence page."""
    return Hyperlink(ref="", target=EVIDENCE, location=id)


def _quoted(text: str) -> str:
    return f'"{text}"' if text else ""


def _lists(
    root: Path, book: Codebook, frames: Mapping[str, pd.DataFrame]
) -> dict[str, list[dict[str, Any]]]:
    """Rows of the sheets behind the comparison, in the order of the sheets."""
    grades = best_grades(frames)
    lists = {name: records(frame) for name, frame in frames.items()}
    for name in ("observations", "derived"):
        lists[name] = [
            row | {"grade": grades.get(row["id"], "")}
            for row in sorted(lists[name], key=lambda row: natural(row["id"]))
        ]
    families = [row.family for row in book.families]
    accounts = read_text(root, "accounts").set_index("doc").to_dict("index")
    return lists | {
        "indicators": sorted(
            (row.model_dump() for row in book.indicators.values()),
            key=lambda row: (families.index(row["family"]), row["indicator"]),
        ),
        "crosswalk": [row.model_dump() for row in book.crosswalk],
        "documents": [
            book.documents[place.doc].model_dump() | _as_texts(accounts[place.doc])
            for place in book.places
        ],
    }


def _as_texts(cells: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): str(cell) for name, cell in cells.items()}


def _links(
    lists: Mapping[str, Sequence[Mapping[str, Any]]],
    names: Mapping[str, str],
    frames: Mapping[str, pd.DataFrame],
) -> Links:
    places = {
        sheet: {
            row[key]: f"'{sheet}'!A{number}"
            for number, row in enumerate(lists[sheet], start=3)
        }
        for sheet, key in (("indicators", "indicator"), ("documents", "doc"))
    }
    inside = {
        **dict.fromkeys(("indicator", "object_id"), places["indicators"]),
        **dict.fromkeys(("doc", "subject_source"), places["documents"]),
        "family": {family: f"'{name}'!A1" for family, name in names.items()},
    }
    known = pd.concat([frames["observations"]["id"], frames["derived"]["id"]])
    return Links(inside, frozenset(known))


def _entries(
    root: Path, book: Codebook, derived: pd.DataFrame, grades: Mapping[str, str]
) -> list[Entry]:
    """Give everything that the comparison shows: statements, and derived ratios."""
    reported = views.statements(book.indicators, root)
    entries = [_reported(row, grades, book) for row in reported.itertuples()]
    ratios = derived[derived["measure"] == "value"]
    return entries + [_derived(row, grades, book) for row in ratios.itertuples()]


def _reported(row: Any, grades: Mapping[str, str], book: Codebook) -> Entry:
    ids = row.ids.split(SEVERAL)
    letters = sorted(grades[id] for id in ids if id in grades)
    scope = _label(book, "scope", row.scope) if row.scope else ""
    doubt = "" if row.obs_status == "A" else _label(book, "obs_status", row.obs_status)
    duty = _label(book, "obligation", row.obligation) if row.obligation else ""
    sign = book.units[book.indicators[row.indicator].unit].symbol
    form, words = _hedged(row, sign, book)
    return Entry(
        indicator=row.indicator,
        kind=row.kind,
        doc=row.doc,
        time_period=row.time_period,
        value=row.value,
        lower=row.lower,
        upper=row.upper,
        stated=words,
        shown_as=number_format(row.value, form, sign) if row.value == row.value else "",
        grade=letters[0] if letters else "",
        remark=SEVERAL.join(part for part in (scope, doubt, duty, row.note) if part),
        id=ids[0],
    )


def _derived(row: Any, grades: Mapping[str, str], book: Codebook) -> Entry:
    sign = book.units[row.unit].symbol
    return Entry(
        indicator=row.indicator,
        kind=DERIVED,
        doc=row.id.partition(":")[0],
        time_period=row.time_period,
        value=row.value,
        lower=row.lower,
        upper=row.upper,
        stated=REFUSED if row.refused else f"{row.lower:.1f}–{row.upper:.1f}{sign}",
        shown_as=number_format(0.1, "#", sign),
        grade=grades.get(row.id, ""),
        remark=f"{row.formula} ({row.inputs}); {row.note} {row.note_zh}",
        id=row.id,
    )


def _hedged(row: Any, sign: str, book: Codebook) -> tuple[str, str]:
    """Form of a number with its hedge, and the words where there is no number."""
    if row.comparator == "..":
        ends = "–".join(map(wording.number, (row.lower, row.upper)))
        return "#", ends + sign
    form = book.label("comparator_form", row.comparator, "zh")
    if "#" in form:
        return form, form.replace("#", "?")
    return "#", _label(book, "comparator_form", row.comparator)


def _label(book: Codebook, codelist: str, codes: str) -> str:
    """Names of a code in both languages; of several codes, if the cell holds them."""
    known = book.codes[codelist]
    return SEVERAL.join(
        f"{known[code].label_zh} {known[code].label_en}"
        for code in codes.split(SEVERAL)
    )


def _states(root: Path, families: Sequence[str]) -> dict[tuple[str, str], str]:
    """Why a place has nothing for an indicator, by indicator and document."""
    table = views.coverage(families, root)
    keys = zip(table["indicator"], table["doc"], strict=True)
    return dict(zip(keys, table["state"], strict=True))


def _compare(
    sheet: Worksheet,
    family: str,
    entries: Sequence[Entry],
    states: Mapping[tuple[str, str], str],
    links: Links,
    book: Codebook,
) -> None:
    """Fill the comparison of one family: indicator and kind × place."""
    own = [row for row in entries if book.indicators[row.indicator].family == family]
    (named,) = [row for row in book.families if row.family == family]
    _compare_head(sheet, f"{named.label_zh} {named.label_en}", book)
    footnotes = Footnotes()
    number = FIRST_ROW
    for indicator in _most_stated_first(own):
        of_indicator = [entry for entry in own if entry.indicator == indicator]
        blank = {
            doc: _label(book, "state", states[indicator, doc])
            for doc in _without(of_indicator, book.places)
            if (indicator, doc) in states
        }
        for kind in [*book.codes["kind"], DERIVED]:
            of_kind = [entry for entry in of_indicator if entry.kind == kind]
            for line in _lines(of_kind):
                _name(sheet, number, indicator, kind, links, book)
                for position, place in enumerate(book.places):
                    column = len(FIXED) + 1 + position * len(EACH)
                    cells = sheet[number][column - 1 : column - 1 + len(EACH)]
                    empty = blank.get(place.doc, NOTHING)
                    _fill(cells, line.get(place.doc), empty, place, footnotes)
                _set_height(sheet, sheet[number])
                number += 1
    last = get_column_letter(sheet.max_column)
    sheet.auto_filter.ref = f"A{FIRST_ROW - 1}:{last}{number - 1}"
    _foot(sheet, number + 1, footnotes)
    sheet.freeze_panes = f"C{FIRST_ROW}"
    _print_setup(sheet, f"{FIRST_ROW - 2}:{FIRST_ROW - 1}")


def _without(entries: Iterable[Entry], places: Iterable[Place]) -> list[str]:
    """Documents of the places that have no entry, not even a blank one."""
    stated = {entry.doc for entry in entries if entry.kind != DERIVED}
    return [place.doc for place in places if place.doc not in stated]


def _most_stated_first(entries: Iterable[Entry]) -> list[str]:
    """Order indicators by how many places have something to say."""
    docs: dict[str, set[str]] = {}
    for entry in entries:
        docs.setdefault(entry.indicator, set()).add(entry.doc)
    return sorted(docs, key=lambda code: (-len(docs[code]), code))


def _lines(entries: Sequence[Entry]) -> list[dict[str, Entry]]:
    """Put entries of one indicator and kind into lines, the latest of each place first.

    A place that states several years, or several parts, fills several lines.
    """
    lines: list[dict[str, Entry]] = []
    for entry in sorted(
        entries, key=lambda row: row.time_period.split("/")[-1], reverse=True
    ):
        free = [line for line in lines if entry.doc not in line]
        if not free:
            free = [{}]
            lines.append(free[0])
        free[0][entry.doc] = entry
    return lines


def _compare_head(sheet: Worksheet, title: str, book: Codebook) -> None:
    _put(sheet["A1"], title, TITLE, PLAIN)
    back = sheet["E1"]
    _put(back, "← read-me", LINKED, PLAIN)
    back.hyperlink = Hyperlink(ref="", location=f"'{README}'!A1")
    heads = [*FIXED, *EACH * len(book.places)]
    widths = [*FIXED_WIDTHS, *EACH_WIDTHS * len(book.places)]
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        cell = sheet.cell(FIRST_ROW - 1, column)
        _put(cell, head, STRONG, TOP)
        cell.fill, cell.border = HEAD, RULE
        sheet.column_dimensions[get_column_letter(column)].width = width
        above = sheet.cell(FIRST_ROW - 2, column)
        above.fill, above.alignment = HEAD, ACROSS
    for position, place in enumerate(book.places):
        cell = sheet.cell(FIRST_ROW - 2, len(FIXED) + 1 + position * len(EACH))
        level = book.label("level", book.documents[place.doc].level, "zh")
        _put(cell, f"{place.short_zh} {place.short_en} ({level})", STRONG, ACROSS)
    sheet.row_dimensions[1].height, sheet.row_dimensions[3].height = 26, 30


def _name(
    sheet: Worksheet,
    number: int,
    indicator: str,
    kind: str,
    links: Links,
    book: Codebook,
) -> None:
    """Fill the first cells of a line: what it is about."""
    row = book.indicators[indicator]
    unit = book.units[row.unit]
    known = kind in book.codes["kind"]
    words = (
        row.label_zh,
        row.label_en,
        f"{unit.label_zh} {unit.label_en}",
        _label(book, "kind", kind) if known else f"推算值 {kind}",
    )
    for column, text in enumerate(words, start=1):
        _put(sheet.cell(number, column), text, BODY, TOP)
    sheet.cell(number, 1).hyperlink = links.to("indicator", indicator)
    sheet.cell(number, 1).font = LINKED


def _fill(
    cells: Sequence[Cell],
    entry: Entry | None,
    empty: str,
    place: Place,
    footnotes: Footnotes,
) -> None:
    """Fill the cells of one place in one line."""
    value, time, lower, upper, grade, notes = cells
    value.border = EDGE
    if entry is None:
        _put(value, empty, QUIET, RIGHT if empty == NOTHING else TOP)
        return
    is_number = entry.value == entry.value
    _put(value, entry.value if is_number else entry.stated, LINKED, RIGHT)
    value.number_format = entry.shown_as if is_number else "@"
    value.hyperlink = to_evidence(entry.id)
    _put(time, entry.time_period or "未注明 undated", BODY, TOP)
    for cell, bound in ((lower, entry.lower), (upper, entry.upper)):
        _put(cell, bound, BODY, RIGHT)
        if entry.kind == DERIVED:
            cell.number_format = number_format(0.1)
    _put(grade, entry.grade, STRONG, CENTRE)
    if entry.grade in GRADES:
        value.fill = grade.fill = GRADES[entry.grade]
    remark = f"{place.short_zh} {place.short_en}: {entry.remark}" * bool(entry.remark)
    _put(notes, footnotes.mark(remark), BODY, TOP)


def _foot(sheet: Worksheet, first: int, footnotes: Footnotes) -> None:
    """Write the footnotes under the comparison, each over the width of the page."""
    if footnotes.texts:
        _put(sheet.cell(first, 1), "注 Notes", STRONG)
    for text, number in footnotes.texts.items():
        _put(sheet.cell(first + number, 1), f"[{number}] {text}", BODY, PLAIN)


def _list(
    sheet: Worksheet,
    rows: Sequence[Mapping[str, Any]],
    links: Links,
    book: Codebook,
) -> None:
    """Fill a sheet with one table: Chinese names, names of the columns, rows."""
    columns = list(rows[0])
    for position, name in enumerate(columns, start=1):
        _put(sheet.cell(1, position), book.heading(name), STRONG, TOP)
        _put(sheet.cell(2, position), name, STRONG, TOP)
        sheet.cell(1, position).fill = sheet.cell(2, position).fill = HEAD
        sheet.cell(2, position).border = RULE
        width = _width([name, book.heading(name), *(row[name] for row in rows)])
        sheet.column_dimensions[get_column_letter(position)].width = width
    for number, row in enumerate(rows, start=3):
        filled = []
        for position, name in enumerate(columns, start=1):
            if row[name] != "":
                filled.append(sheet.cell(number, position))
                _write(filled[-1], name, row[name], links)
        _set_height(sheet, filled)
    last = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A2:{last}{len(rows) + 2}"
    sheet.freeze_panes = "B3"
    wide = sum(
        sheet.column_dimensions[get_column_letter(i + 1)].width
        for i in range(len(columns))
    )
    _print_setup(sheet, "1:2", pages=math.ceil(wide / PAGE))
    sheet.print_title_cols = "A:A"


def _write(cell: Cell, column: str, content: Any, links: Links) -> None:
    """Fill one cell of a table."""
    if column in (*NUMBERS, *COUNTS) and not isinstance(content, str):
        _put(cell, content, BODY, RIGHT)
        return
    link = links.to(column, content) if content else None
    _put(cell, content, LINKED if link else BODY, TOP)
    if link:
        cell.hyperlink = link
    if column == "grade" and content in GRADES:
        cell.fill, cell.font, cell.alignment = GRADES[content], STRONG, CENTRE


def _read_me(
    sheet: Worksheet,
    names: Mapping[str, str],
    lists: Mapping[str, Sequence[object]],
    book: Codebook,
) -> None:
    """Fill the first sheet: what this is, what is where, what signs mean."""
    _put(sheet["A1"], "“一老一小”规划指标对照 · compare", TITLE, PLAIN)
    number = 3
    for text in ABOUT:
        _put(sheet.cell(number, 1), text, BODY, TOP)
        sheet.merge_cells(
            start_row=number, end_row=number, start_column=1, end_column=3
        )
        sheet.row_dimensions[number].height = 15 * (1 + _ems(text) // 118)
        number += 1
    number = _heading(
        sheet, number + 1, "工作表 Sheets", "内容 What it holds", "行 Rows"
    )
    english = {row.family: row.label_en for row in book.families}
    contents: list[tuple[str, str, int | None]] = [
        (name, f"{english[family]}: comparison of the places", None)
        for family, name in names.items()
    ]
    contents += [(name, HOLDS[name], len(rows)) for name, rows in lists.items()]
    for name, text, count in contents:
        _put(sheet.cell(number, 1), name, LINKED, TOP)
        sheet.cell(number, 1).hyperlink = Hyperlink(ref="", location=f"'{name}'!A1")
        _put(sheet.cell(number, 2), text, BODY, TOP)
        _put(sheet.cell(number, 3), "" if count is None else count, BODY, RIGHT)
        number += 1
    for codelist in (name for name in LEGENDS if name in book.codes):
        name = book.heading(codelist)
        number = _heading(sheet, number + 1, f"{name} {codelist}", "名称 Name", "")
        for code, row in book.codes[codelist].items():
            _put(sheet.cell(number, 1), code, STRONG, CENTRE)
            if codelist == "grade":
                sheet.cell(number, 1).fill = GRADES[code]
            words = f"{row.label_zh} · {row.label_en}"
            more = f" ({row.definition})" if row.definition else ""
            _put(sheet.cell(number, 2), words + more, BODY, TOP)
            number += 1
    for column, width in (("A", 34), ("B", 76), ("C", 10)):
        sheet.column_dimensions[column].width = width
    sheet.sheet_view.showGridLines = False
    sheet.row_dimensions[1].height = 24
    _print_setup(sheet, "1:1", paper=9, orientation="portrait", pages=1)
    sheet.page_setup.fitToHeight = 1


HOLDS = {
    "observations": "全部观测值 every statement in canonical terms, with its quote",
    "derived": "推算值 arithmetic on observations, with formula and inputs; refusals",
    "findings": "核对结果 whether what a document states agrees with itself",
    "comparability": "可比性 every pair of values, its grade and the reason",
    "indicators": "指标定义 definitions of the indicators",
    "crosswalk": "用语对应 which wording means which indicator, and which does not",
    "documents": "文件 what each document is, what is missing, checksums, counts",
}


def _heading(sheet: Worksheet, number: int, *words: str) -> int:
    for column, text in enumerate(words, start=1):
        cell = sheet.cell(number, column)
        _put(cell, text, STRONG, TOP)
        cell.fill, cell.border = HEAD, RULE
    return number + 1


def _put(
    cell: Cell, content: str | float, font: Font, alignment: Alignment = TOP
) -> None:
    """Write text as text and numbers as numbers; what is missing stays empty."""
    cell.font, cell.alignment = font, alignment
    if isinstance(content, str):
        if content:
            cell.value = ESCAPED.sub("_x005F_", UNSEEN.sub("\ufffd", content))
            cell.data_type, cell.number_format = "s", "@"
            cell.quotePrefix = content.startswith(FORMULA_SIGNS)
    elif content == content:
        cell.value = content
        cell.number_format = number_format(float(content))


def _width(contents: Iterable[Any]) -> float:
    """Width of a column that shows its contents, in characters."""
    longest = max(_ems("" if cell != cell else str(cell)) for cell in contents)
    return min(WIDEST, max(NARROWEST, longest + 3))


def _set_height(sheet: Worksheet, cells: Iterable[Cell]) -> None:
    """Make a row as tall as its wrapped text; not every program does so by itself."""
    lines, number = 1, 0
    for cell in cells:
        number = cell.row
        if isinstance(cell.value, str) and cell.alignment.wrap_text:
            width = sheet.column_dimensions[cell.column_letter].width - 1
            lines = max(lines, math.ceil(_ems(cell.value) / width))
    sheet.row_dimensions[number].height = min(TALLEST, LINE * lines + 2)


def _ems(text: str) -> int:
    """Columns that a text takes: two for a Chinese character."""
    return len(text) + sum(unicodedata.east_asian_width(char) in "WFA" for char in text)


def _print_setup(
    sheet: Worksheet,
    titles: str,
    *,
    pages: int = 1,
    paper: int = 8,
    orientation: str = "landscape",
) -> None:
    """Print some pages wide (paper 8 is A3, 9 is A4), heads on every page."""
    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
    sheet.print_title_rows = titles
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"


def _saved(made: Workbook, day: str) -> bytes:
    """Bytes of the workbook without a trace of when and where it was made."""
    made.properties.created = datetime.fromisoformat(day)
    file = io.BytesIO()
    made.save(file)
    with zipfile.ZipFile(file) as written:
        parts = {name: written.read(name) for name in written.namelist()}
    core = "docProps/core.xml"
    parts[core] = re.sub(
        rb"(<dcterms:modified[^>]*>)[^<]*",
        rb"\g<1>" + f"{day}T00:00:00Z".encode(),
        parts[core],
    )
    return archive(parts)
