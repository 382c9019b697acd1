"""Propose: candidate readings of a document, by layout, for a person to judge.

In: a raw text, the number words, and ``layouts.csv``, which says where each table
begins and ends and what its columns are. Out: candidate readings with exact positions,
ranked indicator suggestions, and how well all this agrees with the signed readings.
Nothing here writes results: tables read by rule check the people's reading of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from compare import tables
from compare.codebook import FOLDER, NO_TERM, Match
from compare.documents import NEWLINE, Document, fold, squeeze
from compare.problems import Problem, raise_any
from compare.quantities import Lexicon, adjacent_hedges
from compare.readings import OMISSION, Reading
from compare.tables import PERIOD, Long, Refers, Row, column

LAYOUTS = f"{FOLDER.as_posix()}/layouts.csv"
DIFFERENCES = f"{FOLDER.as_posix()}/layout_differences.csv"
GAPS = {"pipes": r"\s*\|\s*", "lines": r"\s*\n\s*", "run_on": ""}
PROSE = "prose"
ROW = "row"
COLUMN = rf"(number|label|area|obligation|other|[a-z]+:{PERIOD})"
CLAUSE = re.compile(r"(?:\n\d+、|[^,。;:!?、,;:!?\n])+")
COMPARED = (
    "label_stated",
    "value_stated",
    "hedge_stated",
    "unit_stated",
    "time_period",
    "kind",
    "area_stated",
    "obligation",
    "flow_stated",
    "in_table",
    "quote_start",
    "quote_end",
)


class Layout(Row):
    """How a table, or the prose, of a document is printed."""

    key = ("doc", "in_table")
    doc: Annotated[str, Refers("documents")] = column("document")
    in_table: str = column("name of the table; empty for the prose", empty=True)
    shape: str = column(
        "pipes: | behind each cell; lines: a cell a line, blanks leave no trace; "
        "run_on: nothing between cells; or prose",
        pattern="|".join([*GAPS, PROSE]),
    )
    start: str = column("text up to the first row, ⏎ for newlines", empty=True)
    end: str = column("first text behind the last row, ⏎ for newlines", empty=True)
    holds: str = column(
        "what each column holds; a value column is kind:time_period",
        pattern=f"{COLUMN}( {COLUMN})*",
        empty=True,
    )
    label: str = column("label of all values, where rows are areas", empty=True)
    total: str = column("row that is the whole place, where rows are areas", empty=True)
    unit: str = column("unit printed once for the whole table", empty=True)
    units: str = column("units printed beside values or in brackets", empty=True)
    flows: str = column("flow words that labels contain", empty=True)
    obligations: str = column("words of the obligation column", empty=True)
    headings: str = column("group headings glued to the next label", empty=True)
    blank: str = column("column taken as blank when a row lacks a value", empty=True)
    skip: str = column("patterns of numerals in prose that state nothing", empty=True)


class Explanation(Row):
    """Why a table read by rule differs from the signed reading."""

    key = ("id", "field")
    id: Annotated[str, Refers("readings")] = column("reading or candidate")
    field: str = column("column that differs; row when only one side has it")
    reason: str = column("why the signed reading is right")


class Candidate(Row):
    """One reading that a rule proposes; columns as in ``Reading``."""

    key = ("id",)
    id: str
    label_stated: str
    value_stated: str
    hedge_stated: str
    unit_stated: str
    time_period: str = ""
    kind: str = ""
    area_stated: str = ""
    obligation: str = ""
    flow_stated: str = ""
    in_table: str = ""
    quote: Annotated[str, Long()]
    quote_start: str
    quote_end: str


@dataclass(frozen=True)
class Difference:
    """A cell that a rule reads otherwise than the people who signed it."""

    id: str
    field: str
    proposed: str
    signed: str


@dataclass(frozen=True)
class Suggestion:
    """An indicator, and the judged wording that speaks for it."""

    indicator: str
    doc: str
    label: str
    score: float


@dataclass(frozen=True)
class Agreement:
    """How prose candidates of one document meet its signed readings.

    Parameters
    ----------
    signed, found
        Signed positions, and those of them that a candidate has.
    signed_digits, found_digits
        The same for values printed with digits.
    candidates
        Candidates; the others of them state nothing a person would sign.
    """

    signed: int
    found: int
    signed_digits: int
    found_digits: int
    candidates: int

    @property
    def recall(self) -> float:
        """Part of the signed values with digits that is proposed."""
        return self.found_digits / max(self.signed_digits, 1)

    @property
    def recall_of_all(self) -> float:
        """Part of all signed values that is proposed."""
        return self.found / max(self.signed, 1)

    @property
    def precision(self) -> float:
        """Part of the candidates that is signed."""
        return self.found / max(self.candidates, 1)


def load_layouts(root: Path) -> tuple[list[Layout], list[Explanation]]:
    """Rows of ``layouts.csv`` and ``layout_differences.csv``.

    Raises
    ------
    Problems
        A table is malformed.

    Examples
    --------
    >>> from compare.codebook import find_root
    >>> layouts, _ = load_layouts(find_root())
    >>> sorted({row.shape for row in layouts})
    ['lines', 'pipes', 'prose', 'run_on']
    """
    layouts, problems = tables.read(root / LAYOUTS, Layout, root)
    explained, found = tables.read(root / DIFFERENCES, Explanation, root)
    raise_any(problems + found)
    return layouts, explained


def propose_tables(
    document: Document, layouts: Iterable[Layout], words: Lexicon
) -> list[Candidate]:
    r"""Read the tables of a document by their layouts.

    Raises
    ------
    Problems
        A table is not where its layout says, or a row does not fit the columns.

    Examples
    --------
    >>> from compare.codebook import number_words
    >>> from compare.quantities import lexicon
    >>> layout = Layout(doc="a", in_table="T", shape="pipes", start="2025 |⏎", end="。",
    ...     holds="label target:2025", units="张")
    >>> text = Document("a", "2025 |\n养老\n床位(张) |\n≥35 |\n。", "")
    >>> [row] = propose_tables(text, [layout], lexicon(number_words()))
    >>> row.id, row.label_stated, row.hedge_stated, row.value_stated, row.unit_stated
    ('a:19', '养老床位(张)', '≥', '35', '张')
    >>> row.quote
    '养老⏎床位(张) |⏎≥35'
    """
    found: list[Candidate] = []
    problems: list[Problem] = []
    for layout in layouts:
        if layout.doc != document.doc or layout.shape == PROSE:
            continue
        start, end, lost = _body(document, layout)
        problems += lost
        pattern = _row_pattern(layout, words)
        while start < end:
            match = pattern.match(document.text, start, end)
            if match is None:
                problems.append(_unfit(document, layout, start, end))
                break
            found += _read_row(document, layout, match, words)
            start = match.end()
    raise_any(problems)
    return found


def propose_prose(
    document: Document,
    words: Lexicon,
    layouts: Iterable[Layout] = (),
    units: Collection[str] = (),
) -> list[Candidate]:
    """Give every number phrase of the prose, with its clause.

    Parameters
    ----------
    document
        Raw text.
    words
        Number words.
    layouts
        Say which parts are tables, where the prose begins and ends, and which numerals
        (years, ages, headings) state nothing. Without them all digits are proposed.
    units
        Known units. A numeral in characters counts only before one of them.

    Returns
    -------
    list of Candidate
        The label is a guess: what stands in the clause before the number, else behind
        it. Time and kind are left to the reader.

    Raises
    ------
    Problems
        A layout does not fit the document.

    Examples
    --------
    >>> from compare.codebook import number_words
    >>> from compare.quantities import lexicon
    >>> text = Document("a", "到2025年,托位達到2萬個左右,建設三個中心。", "")
    >>> layout = Layout(doc="a", shape="prose", skip=r"\\d{4}年")
    >>> rows = propose_prose(text, lexicon(number_words()), [layout], {"个"})
    >>> for row in rows:
    ...     print(row.id, row.label_stated, row.value_stated, row.hedge_stated,
    ...         row.unit_stated, row.quote)
    a:11 托位 2萬 左右 個 托位達到2萬個左右
    a:19 建設 三  個 建設三個
    """
    text = document.text
    own = [layout for layout in layouts if layout.doc == document.doc]
    barred, parts, problems = [], [(0, len(text))], []
    for layout in own:
        start, end, lost = _body(document, layout)
        problems += lost
        if layout.shape != PROSE:
            barred.append((start, end))
            continue
        parts = [(start, end)]
        barred += [
            match.span()
            for pattern in layout.skip.split()
            for match in re.finditer(pattern, text, re.MULTILINE)
        ]
    raise_any(problems)
    found = []
    for part in parts:
        for clause in CLAUSE.finditer(text, *part):
            found += _read_clause(document, clause.span(), words, barred, units)
    return found


def rank(
    label: str, crosswalk: Iterable[Match], *, doc: str = "", limit: int = 3
) -> list[Suggestion]:
    """Give the indicators whose judged wordings are nearest to a label.

    Parameters
    ----------
    label
        Wording as printed, in either script.
    crosswalk
        Judged wordings; only accepted ones with an indicator count.
    doc
        Document whose own wordings do not count.
    limit
        How many indicators, best first.

    Examples
    --------
    >>> from compare.codebook import find_root, load_codebook
    >>> book = load_codebook(find_root())
    >>> rank("養老機構護理型床位占比", book.crosswalk, doc="xianning")[0].indicator
    'nursing_bed_share'
    """
    parts = _parts(label)
    best: dict[str, Suggestion] = {}
    for row in crosswalk:
        if row.status != "accepted" or NO_TERM == row.object_id:
            continue
        if row.subject_source == doc:
            continue
        other = _parts(row.subject_label)
        score = 2 * len(parts & other) / max(len(parts) + len(other), 1)
        if score > best[row.object_id].score if row.object_id in best else score > 0:
            best[row.object_id] = Suggestion(
                row.object_id, row.subject_source, row.subject_label, score
            )
    return sorted(best.values(), key=lambda item: (-item.score, item.indicator))[:limit]


def compare_tables(
    candidates: Sequence[Candidate], readings: Iterable[Reading]
) -> list[Difference]:
    """List where tables read by rule and signed readings of them differ.

    Only tables that have candidates are compared, cell by cell for each id.
    """
    read = {(row.id.partition(":")[0], row.in_table) for row in candidates}
    proposed = {row.id: row for row in candidates}
    signed = {row.id: row for row in readings if (row.doc, row.in_table) in read}
    found = []
    for id in sorted(proposed.keys() | signed.keys(), key=tables.natural):
        left, right = proposed.get(id), signed.get(id)
        if left is None or right is None:
            ours = left.value_stated if left else ""
            theirs = right.value_stated if right else ""
            found.append(Difference(id, ROW, ours, theirs))
            continue
        cells = ((name, getattr(left, name), getattr(right, name)) for name in COMPARED)
        found += [Difference(id, *cell) for cell in cells if cell[1] != cell[2]]
    return found


def check_differences(
    differences: Iterable[Difference], explained: Sequence[Explanation]
) -> list[Problem]:
    """Problems with differences nobody explained, and explanations of none.

    Examples
    --------
    >>> print(check_differences([Difference("a:1", "kind", "target", "standard")], [])[0])
    data/readings/a.csv a:1, kind: the layout reads 'target', signed is 'standard'.
      Expected the same, or a row of data/codebook/layout_differences.csv.
      Do: read the row of the table again; correct the reading or the layout, or explain.
    """
    found = {(row.id, row.field): row for row in differences}
    reasons = {(row.id, row.field) for row in explained}
    return [
        Problem(
            f"data/readings/{row.id.partition(':')[0]}.csv {row.id}, {row.field}",
            f"the layout reads {row.proposed!r}, signed is {row.signed!r}.",
            f"the same, or a row of {DIFFERENCES}.",
            "read the row of the table again; correct the reading or the layout, or "
            "explain.",
        )
        for key, row in found.items()
        if key not in reasons
    ] + [
        Problem(
            f"{DIFFERENCES} row {number}",
            f"{row.id}, {row.field} does not differ.",
            "a difference between layout and signed reading.",
            "delete the row.",
        )
        for number, row in enumerate(explained, start=2)
        if (row.id, row.field) not in found
    ]


def measure(
    candidates: Iterable[Candidate], readings: Iterable[Reading]
) -> dict[str, Agreement]:
    """Hold prose candidates against signed readings of prose, by value position.

    Returns
    -------
    dict of Agreement
        By document, in the order of the readings.
    """
    proposed: dict[str, set[str]] = {}
    for candidate in candidates:
        doc = candidate.id.partition(":")[0]
        proposed.setdefault(doc, set()).add(candidate.id)
    signed: dict[str, dict[str, bool]] = {}
    for row in readings:
        digits = any(map(str.isdecimal, row.value_stated))
        signed.setdefault(row.doc, {})[f"{row.doc}:{row.offset}"] = digits
    return {
        doc: Agreement(
            len(ids),
            len(ids.keys() & proposed.get(doc, set())),
            sum(ids.values()),
            sum(digits and id in proposed.get(doc, ()) for id, digits in ids.items()),
            len(proposed.get(doc, ())),
        )
        for doc, ids in signed.items()
    }


def _body(document: Document, layout: Layout) -> tuple[int, int, list[Problem]]:
    """Find the span between the start and the end text of a layout."""
    begin, stop = (mark.replace(NEWLINE, "\n") for mark in (layout.start, layout.end))
    start = document.text.find(begin) + len(begin)
    end = document.text.find(stop, start) if stop else len(document.text)
    name = f"{LAYOUTS} {layout.doc} {layout.in_table or PROSE}"
    problems = [
        Problem(
            f"{name}, {field}",
            f"«{mark[:40]}» stands {count} times in data/raw/{document.doc}.txt.",
            expected,
            "copy the words from the document, ⏎ for each line break.",
        )
        for field, mark, count, wrong, expected in (
            (
                "start",
                layout.start,
                document.text.count(begin),
                bool(begin) and document.text.count(begin) != 1,
                "once.",
            ),
            ("end", layout.end, 0, end < 0, "once or more behind the start."),
        )
        if wrong
    ]
    return (0, 0, problems) if problems else (start, end, [])


def _unfit(document: Document, layout: Layout, start: int, end: int) -> Problem:
    return Problem(
        f"data/raw/{document.doc}.txt characters {start} to {end}",
        f"«{document.quote(start, min(start + 40, end))}» is no row of "
        f"{layout.in_table}.",
        f"the columns {layout.holds}.",
        f"complete units, headings, blank or end of the table in {LAYOUTS}.",
    )


def _row_pattern(layout: Layout, words: Lexicon) -> re.Pattern[str]:
    """Pattern of one table row; group ``c0`` is its first column, and so on."""
    gap, obligations = GAPS[layout.shape], _any(layout.obligations.split())
    stops = "|".join(filter(None, [r"\|", obligations]))
    shown = rf"(?:{'|'.join(map(_any, (words.inside,)))})?"
    cell = (
        rf"(?:{_any(words.before)})*(?:{_numeral(words).pattern}){shown}"
        rf"(?:{_any(layout.units.split())})?(?:{_any(words.after)})?"
    )
    forms = {
        "number": r"\d+",
        "label": rf"(?:(?!{stops}).)+?",
        "area": rf"(?:(?!{stops}).)+?",
        "obligation": obligations,
        "other": r"[^\n|]+",
    }
    parts = [rf"(?:\n\d+、|\s)*(?:{_any(layout.headings.split())})?"]
    for index, role in enumerate(layout.holds.split()):
        part = f"(?P<c{index}>{forms.get(role, cell)})"
        if ":" in role and layout.shape == "pipes":
            part += "?"
        part += gap
        parts.append(f"(?:{part})?" if role == layout.blank else part)
    return re.compile("".join(parts), re.DOTALL)


def _read_row(
    document: Document, layout: Layout, match: re.Match[str], words: Lexicon
) -> Iterator[Candidate]:
    """Give the candidates of one row, one for each value column."""
    roles = layout.holds.split()
    spans = {role: match.span(f"c{index}") for index, role in enumerate(roles)}
    name = spans.get("label") or spans["area"]
    area = squeeze(document.text[slice(*spans["area"])]) if "area" in spans else ""
    label = layout.label or squeeze(document.text[slice(*name)])
    units = layout.units.split()
    bracketed = [unit for unit in units if label.endswith((f"({unit})", f"（{unit}）"))]
    for role in roles:
        if ":" not in role:
            continue
        start, end = spans[role]
        blank = start < 0
        numeral = None if blank else _numeral(words).search(document.text, start, end)
        at = name[0] if numeral is None else numeral.start()
        hedge, unit = "", ""
        if numeral is not None:
            hedge, unit, _ = _beside(document.text, numeral.span(), units, words)
        if blank:
            end = spans.get("obligation", (0, match.end()))[1]
        kind, _, period = role.partition(":")
        yield Candidate(
            id=f"{document.doc}:{at}{'.blank' if blank else ''}",
            label_stated=label,
            value_stated=numeral[0] if numeral else "",
            hedge_stated=hedge,
            unit_stated=unit or "".join(bracketed) or layout.unit,
            time_period=period,
            kind=kind,
            area_stated="" if area == layout.total else area,
            obligation=document.text[slice(*spans.get("obligation", (0, 0)))],
            flow_stated=next((f for f in layout.flows.split() if f in label), ""),
            in_table=layout.in_table,
            quote=document.quote(name[0], end),
            quote_start=str(name[0]),
            quote_end=str(end),
        )


def _read_clause(
    document: Document,
    clause: tuple[int, int],
    words: Lexicon,
    barred: Collection[tuple[int, int]],
    units: Collection[str],
) -> Iterator[Candidate]:
    """Give the candidates of one clause."""
    text, (left, end) = document.text, clause
    for numeral in _numeral(words).finditer(text, *clause):
        at, behind = numeral.span()
        if any(start < behind and at < stop for start, stop in barred):
            continue
        hedge, unit, stop = _beside(text[:end], (at, behind), units, words)
        if not unit and not any(map(str.isdecimal, numeral[0])):
            continue
        label = squeeze(text[left:at])
        while found := [word for word in words.before if label.endswith(word)]:
            label = label.removesuffix(max(found, key=len))
        begin, finish = (left, stop) if label else (at, end)
        while text[begin].isspace():
            begin += 1
        yield Candidate(
            id=f"{document.doc}:{at}",
            label_stated=label or squeeze(text[stop:end]),
            value_stated=numeral[0],
            hedge_stated=hedge,
            unit_stated=unit,
            quote=document.quote(begin, finish),
            quote_start=str(begin),
            quote_end=str(finish),
        )
        left = stop


def _beside(
    text: str, span: tuple[int, int], units: Iterable[str], words: Lexicon
) -> tuple[str, str, int]:
    """Hedge and unit beside a number, and where they end."""
    start, end = span
    stop = end + len(_longest(text[end : end + 9], words.inside))
    rest = fold(text[stop : stop + 9])
    unit = text[stop : stop + len(_longest(rest, map(fold, units)))]
    found = adjacent_hedges(text, start, end, unit, words)
    order = [*words.before, *words.inside, *words.after]
    stop += len(unit)
    stop += len(_longest(text[stop:], words.after))
    return OMISSION.join(sorted(found, key=order.index)), unit, stop


def _numeral(words: Lexicon) -> re.Pattern[str]:
    """Pattern of a bare number phrase: range, number or dash."""
    number = words.number.pattern
    return re.compile(f"{words.span.pattern}|{number}|{_any(words.dashes)}")


def _parts(label: str) -> frozenset[str]:
    """Characters and pairs of neighbouring characters of a label, folded."""
    plain = fold(squeeze(label))
    return frozenset([*plain, *map("".join, zip(plain, plain[1:], strict=False))])


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _longest(text: str, words: Iterable[str]) -> str:
    return max((word for word in words if text.startswith(word)), key=len, default="")
