"""Propose: candidate readings of a document, by layout, for a person to judge.

In: a raw text, the number words, and ``layouts.csv``, which says where each table
begins and ends and what its columns hold. Out: candidates with exact positions, ranked
indicators, and how well all this agrees with the signed readings. Nothing here writes
results: tables read by rule cross-check what people read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from compare.base import tables
from compare.base.problems import Problem, raise_any
from compare.base.quantities import Lexicon, adjacent_hedges
from compare.base.tables import PERIOD, Long, Refers, Row, column
from compare.codebook.book import FOLDER, NO_TERM, Codebook, Match, check_codes
from compare.documents.text import NEWLINE, Document, fold, mend, squeeze
from compare.readings.readings import OMISSION, Reading

LAYOUTS = f"{FOLDER.as_posix()}/layouts.csv"
DIFFERENCES = f"{FOLDER.as_posix()}/layout_differences.csv"
GAPS = {"pipes": r"\s*\|\s*", "lines": r"\s*(?:\n\s*|\Z)", "run_on": ""}
VALUE = f"[a-z]+:{PERIOD}"
CLAUSE = re.compile(r"[^,。;:!?、,;:!?\n]+")
Span = tuple[int, int]
Repairs = Iterable[tuple[str, str]]


class Layout(Row):
    """How a table of a document is printed."""

    key = ("doc", "in_table")
    doc: Annotated[str, Refers("documents")] = column("document")
    in_table: str = column("name of the table")
    shape: str = column(
        "pipes: | behind each cell; lines: a line for each cell, none for a blank one; "
        "run_on: nothing between cells",
        pattern="|".join(GAPS),
    )
    start: str = column("text up to the first row, ⏎ for newlines")
    end: str = column("first text behind the last row, ⏎ for newlines", empty=True)
    holds: str = column(
        "what each column holds; kind:time_period for values",
        pattern=f"(number )?(label|area)( (obligation|other|{VALUE}))*",
    )
    label: str = column("label of all values, where rows are areas", empty=True)
    total: str = column("row for the whole place, where rows are areas", empty=True)
    unit: str = column("unit printed once for the whole table", empty=True)
    units: str = column("units printed behind values or in brackets", empty=True)
    flows: str = column("flow words that stand in labels", empty=True)
    obligations: str = column("words of the obligation column", empty=True)
    headings: str = column("group headings glued to the next label", empty=True)
    blank: str = column("value column that a line may leave out", empty=True)


class Explanation(Row):
    """Why a table as read by rule differs from its signed readings."""

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
    """How the prose candidates of one document meet its signed readings.

    Parameters
    ----------
    candidates, signed
        How many positions each side has.
    recall, recall_of_all
        Part of the signed values that is proposed: of those with digits, of all.
    precision
        Part of the candidates that is signed.
    """

    candidates: int
    signed: int
    recall: float
    recall_of_all: float
    precision: float


def load_layouts(root: Path, book: Codebook) -> tuple[list[Layout], list[Explanation]]:
    """Rows of ``layouts.csv`` and ``layout_differences.csv``.

    Raises
    ------
    Problems
        A table is malformed or names an unknown document.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> layouts, _ = load_layouts(find_root(), load_codebook(find_root()))
    >>> sorted({row.shape for row in layouts})
    ['lines', 'pipes', 'run_on']
    """
    layouts, problems = tables.read(root / LAYOUTS, Layout, root)
    explained, found = tables.read(root / DIFFERENCES, Explanation, root)
    raise_any([*problems, *found, *check_codes(LAYOUTS, layouts, book)])
    return layouts, explained


def propose_tables(
    document: Document,
    layouts: Iterable[Layout],
    words: Lexicon,
    repairs: Repairs = (),
) -> list[Candidate]:
    r"""Read the tables of a document by their layouts.

    Parameters
    ----------
    document, layouts, words
        Raw text, layouts of any documents, number words.
    repairs
        Page marks to read over; positions stay those of the raw text.

    Raises
    ------
    Problems
        A table is not where its layout says, or a row does not fit the columns.

    Examples
    --------
    >>> from compare.codebook.book import number_words
    >>> from compare.base.quantities import lexicon
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
    whole, positions = _mended(document, repairs)
    for layout in layouts:
        if layout.doc != document.doc:
            continue
        (start, end), lost = _body(whole, layout)
        problems += lost
        pattern = _row_pattern(layout, words)
        while start < end:
            match = pattern.match(whole.text, start, end)
            if match is None:
                problems.append(_unfit(whole, layout, start))
                break
            found += _read_row(whole, layout, match, words)
            start = match.end()
    raise_any(problems)
    return [_placed(candidate, document, positions) for candidate in found]


def propose_prose(
    document: Document,
    words: Lexicon,
    layouts: Iterable[Layout] = (),
    units: Iterable[str] = (),
    skip: Iterable[str] = (),
    repairs: Repairs = (),
) -> list[Candidate]:
    r"""Give every number phrase of the prose, with the clause it stands in.

    Parameters
    ----------
    document, words
        Raw text and number words. A numeral in characters counts before a unit.
    layouts
        Say what is a table and no prose.
    units
        Units beside the measure words.
    skip
        Patterns of numerals that state nothing (years, ages, headings), as exclusions
        declare them, and of page furniture; tried in the text's script and simplified.
    repairs
        Page marks to read over; positions stay those of the raw text.

    Returns
    -------
    list of Candidate
        The label is a guess: what stands in the clause before the number, else behind
        it. Time and kind are left to the reader.

    Raises
    ------
    Problems
        A table is not where its layout says.

    Examples
    --------
    >>> from compare.codebook.book import number_words
    >>> from compare.base.quantities import lexicon
    >>> text = Document("a", "到2025年,托位達到2萬個左右,建設三個中心。", "")
    >>> rows = propose_prose(text, lexicon(number_words()), skip=[r"\d{4}年"])
    >>> [(row.id, row.label_stated, row.value_stated, row.unit_stated) for row in rows]
    [('a:11', '托位', '2萬', '個'), ('a:19', '建設', '三', '個')]
    >>> rows[0].hedge_stated, rows[0].quote
    ('左右', '托位達到2萬個左右')
    """
    whole, positions = _mended(document, repairs)
    bodies = [_body(whole, layout) for layout in layouts if layout.doc == document.doc]
    raise_any(problem for _, lost in bodies for problem in lost)
    spans = [body for body, _ in bodies]
    for pattern in skip:
        for text in (whole.text, fold(whole.text)):
            spans += [match.span() for match in re.finditer(pattern, text)]
    barred = bytearray(len(whole.text))
    for start, end in spans:
        barred[start:end] = b"x" * (end - start)
    known = [*words.measures, *units]
    return [
        _placed(candidate, document, positions)
        for clause in CLAUSE.finditer(whole.text)
        for candidate in _read_clause(whole, clause.span(), words, barred, known)
    ]


def rank(
    label: str, crosswalk: Iterable[Match], *, doc: str = "", limit: int = 3
) -> list[Suggestion]:
    """Give the indicators whose judged wordings are nearest to a label, best first.

    Parameters
    ----------
    label
        Wording as printed, in either script.
    crosswalk
        Judged wordings; those accepted for an indicator count.
    doc
        Document whose own wordings do not count.
    limit
        How many indicators.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> book = load_codebook(find_root())
    >>> rank("養老機構護理型床位占比", book.crosswalk, doc="xianning")[0].indicator
    'nursing_bed_share'
    """
    parts = _parts(label)
    judged = [
        Suggestion(
            row.object_id,
            row.subject_source,
            row.subject_label,
            _likeness(parts, _parts(row.subject_label)),
        )
        for row in crosswalk
        if row.status == "accepted"
        and row.object_id != NO_TERM
        and row.subject_source != doc
    ]
    best: dict[str, Suggestion] = {}
    for item in sorted(judged, key=lambda item: (-item.score, item.doc, item.label)):
        if item.score > 0:
            best.setdefault(item.indicator, item)
    return list(best.values())[:limit]


def compare_tables(
    candidates: Sequence[Candidate], readings: Iterable[Reading]
) -> list[Difference]:
    """List where tables read by rule and the signed readings of them differ.

    Every table that has candidates is compared, cell by cell for each id.
    """
    compared = {(row.id.partition(":")[0], row.in_table) for row in candidates}
    proposed = {row.id: row for row in candidates}
    signed = {row.id: row for row in readings if (row.doc, row.in_table) in compared}
    found = []
    for id in sorted(proposed.keys() | signed.keys(), key=tables.natural):
        left, right = proposed.get(id), signed.get(id)
        if left and right:
            found += [
                Difference(id, name, ours, theirs)
                for name in Candidate.columns()
                if (ours := getattr(left, name)) != (theirs := getattr(right, name))
            ]
        else:
            values = [row.value_stated if row else "" for row in (left, right)]
            found.append(Difference(id, "row", *values))
    return found


def check_differences(
    differences: Sequence[Difference], explained: Sequence[Explanation]
) -> list[Problem]:
    """Problems with differences nobody explained, and explanations of none.

    Examples
    --------
    >>> found = [Difference("a:1", "kind", "target", "standard")]
    >>> print(*check_differences(found, []))
    data/readings/a.csv a:1, kind: the layout reads 'target', signed is 'standard'.
      Expected the same, or a row of data/codebook/layout_differences.csv.
      Do: read the table again; correct the reading or the layout, or explain it.
    """
    found = {(row.id, row.field) for row in differences}
    reasons = {(row.id, row.field) for row in explained}
    return [
        Problem(
            f"data/readings/{row.id.partition(':')[0]}.csv {row.id}, {row.field}",
            f"the layout reads {row.proposed!r}, signed is {row.signed!r}.",
            f"the same, or a row of {DIFFERENCES}.",
            "read the table again; correct the reading or the layout, or explain it.",
        )
        for row in differences
        if (row.id, row.field) not in reasons
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


def cross_check(
    root: Path,
    documents: Mapping[str, Document],
    rows: Sequence[Reading],
    book: Codebook,
) -> list[Problem]:
    """Read every declared table by its layout and hold the signed readings against it.

    Returns
    -------
    list of Problem
        Differences that nobody explained, and explanations of none.
    """
    layouts, explanations = load_layouts(root, book)
    candidates = [
        candidate
        for doc, document in documents.items()
        for candidate in propose_tables(
            document, layouts, book.words, book.repairs(doc, "page_mark")
        )
    ]
    held = [row for row in rows if row.doc in documents]
    return check_differences(compare_tables(candidates, held), explanations)


def measure(
    candidates: Iterable[Candidate], readings: Iterable[Reading]
) -> dict[str, Agreement]:
    """Hold prose candidates against signed readings of prose, by value position.

    Returns
    -------
    dict of Agreement
        By document, in the order of the readings.
    """
    proposed: dict[str, set[int]] = {}
    for candidate in candidates:
        doc, _, offset = candidate.id.partition(":")
        proposed.setdefault(doc, set()).add(int(offset))
    signed: dict[str, set[int]] = {}
    digits: dict[str, set[int]] = {}
    for row in readings:
        signed.setdefault(row.doc, set()).add(row.offset)
        if _has_digit(row.value_stated):
            digits.setdefault(row.doc, set()).add(row.offset)
    agreements = {}
    for doc, every in signed.items():
        ours, printed = proposed.get(doc, set()), digits.get(doc, set())
        agreements[doc] = Agreement(
            len(ours),
            len(every),
            len(ours & printed) / max(len(printed), 1),
            len(ours & every) / len(every),
            len(ours & every) / max(len(ours), 1),
        )
    return agreements


def _mended(document: Document, repairs: Repairs) -> tuple[Document, list[int]]:
    """Give the document without its page marks, and where each character stood."""
    text, positions = mend(document.text, repairs)
    return Document(document.doc, text, document.sha256), positions


def _placed(row: Candidate, document: Document, positions: list[int]) -> Candidate:
    """Give the candidate at its positions in the raw text."""
    start, end = positions[int(row.quote_start)], positions[int(row.quote_end) - 1] + 1
    offset, dot, blank = row.id.partition(":")[2].partition(".")
    return row.model_copy(
        update={
            "id": f"{document.doc}:{positions[int(offset)]}{dot}{blank}",
            "quote": document.quote(start, end),
            "quote_start": str(start),
            "quote_end": str(end),
        }
    )


def _body(document: Document, layout: Layout) -> tuple[Span, list[Problem]]:
    """Find what stands between the start and the end text of a layout."""
    begin, stop = (mark.replace(NEWLINE, "\n") for mark in (layout.start, layout.end))
    times = document.text.count(begin)
    start = document.text.find(begin) + len(begin)
    end = document.text.find(stop, start) if stop else len(document.text)
    if times == 1 and end >= 0:
        return (start, end), []
    name, mark, found = (
        ("end", layout.end, "does not stand behind the start")
        if times == 1
        else ("start", layout.start, f"stands {times} times")
    )
    return (0, 0), [
        Problem(
            f"{LAYOUTS} {layout.doc} {layout.in_table}, {name}",
            f"«{mark[:40]}» {found} in data/raw/{document.doc}.txt.",
            "words that stand there once.",
            "copy them from the document, ⏎ for each line break.",
        )
    ]


def _unfit(document: Document, layout: Layout, start: int) -> Problem:
    return Problem(
        f"{LAYOUTS} {layout.doc} {layout.in_table}, holds",
        f"«{document.quote(start, start + 40)}» at character {start} is no such row.",
        f"{layout.holds}.",
        "complete units, headings, obligations or blank, or correct the end.",
    )


def _row_pattern(layout: Layout, words: Lexicon) -> re.Pattern[str]:
    """Pattern of one table row; group ``c0`` is its first column, and so on."""
    gap, obligations = GAPS[layout.shape], _any(layout.obligations.split())
    stops = rf"\||{obligations}" if obligations else r"\|"
    name = f"(?:(?!{stops}).)+?"
    value = (
        f"(?:{_any(words.before)})*(?:{_numeral(words).pattern})"
        f"(?:{_any(words.inside)})?(?:{_any(layout.units.split())})?"
        f"(?:{_any(words.after)})?"
    )
    forms = {"number": r"\d+", "label": name, "area": name}
    forms |= {"obligation": obligations, "other": r"[^\n|]+"}
    pattern = rf"\s*(?:{_any(layout.headings.split())})?"
    for index, role in enumerate(layout.holds.split()):
        blank = "?" if ":" in role and layout.shape == "pipes" else ""
        cell = f"(?P<c{index}>{forms.get(role, value)}){blank}{gap}"
        pattern += f"(?:{cell})?" if role == layout.blank else cell
    return re.compile(pattern + r"\s*", re.DOTALL)


def _read_row(
    document: Document, layout: Layout, match: re.Match[str], words: Lexicon
) -> Iterator[Candidate]:
    """Give the candidates of one table row, one for each value column."""
    roles = layout.holds.split()
    spans = {role: match.span(f"c{index}") for index, role in enumerate(roles)}
    texts = {role: squeeze(document.text[slice(*span)]) for role, span in spans.items()}
    first = spans.get("label") or spans["area"]
    label, area = layout.label or texts["label"], texts.get("area", "")
    units = layout.units.split()
    in_brackets = (unit for unit in units if fold(label).endswith(f"({fold(unit)})"))
    row_unit = next(in_brackets, layout.unit)
    for role in filter(lambda role: ":" in role, roles):
        start, end = spans[role]
        at, value, hedge, unit = first[0], "", "", ""
        cell = document.text[start:end] if start >= 0 else ""
        if numeral := _numeral(words).search(cell):
            at, value = start + numeral.start(), numeral[0]
            hedge, unit, _ = _beside(cell, numeral.span(), units, words)
        else:
            end = spans.get("obligation", first)[1]
        kind, _, period = role.partition(":")
        yield Candidate(
            id=f"{document.doc}:{at}" if value else f"{document.doc}:{at}.blank",
            label_stated=label,
            value_stated=value,
            hedge_stated=hedge,
            unit_stated=unit or row_unit,
            time_period=period,
            kind=kind,
            area_stated="" if area == layout.total else area,
            obligation=texts.get("obligation", ""),
            flow_stated=next((f for f in layout.flows.split() if f in label), ""),
            in_table=layout.in_table,
            quote=document.quote(first[0], end),
            quote_start=str(first[0]),
            quote_end=str(end),
        )


def _read_clause(
    document: Document,
    clause: Span,
    words: Lexicon,
    barred: bytearray,
    units: Sequence[str],
) -> Iterator[Candidate]:
    """Give the candidates of one clause of prose."""
    origin, text, left = clause[0], document.text[slice(*clause)], 0
    for numeral in _numeral(words).finditer(text):
        at, behind = numeral.span()
        if any(barred[origin + at : origin + behind]):
            continue
        hedge, unit, stop = _beside(text, (at, behind), units, words)
        if not (unit or numeral[0] in words.universals or _has_digit(numeral[0])):
            continue
        label = squeeze(text[left:at])
        while found := [word for word in words.before if label.endswith(word)]:
            label = label.removesuffix(max(found, key=len))
        begin, end = (left, stop) if label else (at, len(text))
        begin += len(text[begin:]) - len(text[begin:].lstrip())
        yield Candidate(
            id=f"{document.doc}:{origin + at}",
            label_stated=label or squeeze(text[stop:]),
            value_stated=numeral[0],
            hedge_stated=hedge,
            unit_stated=unit,
            quote=document.quote(origin + begin, origin + end),
            quote_start=str(origin + begin),
            quote_end=str(origin + end),
        )
        left = stop


def _beside(
    text: str, number: Span, units: Iterable[str], words: Lexicon
) -> tuple[str, str, int]:
    """Hedge and unit beside a number, and where they end."""
    start, end = number
    stop = end + len(_longest(text[end:], words.inside))
    unit = text[stop : stop + len(_longest(fold(text[stop:]), map(fold, units)))]
    stop += len(unit)
    stop += len(_longest(text[stop:], words.after))
    order = [*words.before, *words.inside, *words.after]
    found = sorted(adjacent_hedges(text, start, end, unit, words), key=order.index)
    return OMISSION.join(found), unit, stop


def _numeral(words: Lexicon) -> re.Pattern[str]:
    """Pattern of a number phrase: range, number, universal or dash."""
    others = _any([*words.universals, *words.dashes])
    return re.compile(f"{words.span.pattern}|{words.number.pattern}|{others}")


def _has_digit(text: str) -> bool:
    return any(map(str.isdecimal, text))


def _parts(label: str) -> frozenset[str]:
    """Characters of a label and pairs of neighbours, folded."""
    plain = fold(squeeze(label))
    return frozenset([*plain, *map("".join, zip(plain, plain[1:], strict=False))])


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Part of two sets that they share (Dice)."""
    return 2 * len(left & right) / max(len(left) + len(right), 1)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _longest(text: str, words: Iterable[str]) -> str:
    return max((word for word in words if text.startswith(word)), key=len, default="")
