"""Layouts: tables of documents, read by the rules that ``layouts.csv`` declares.

In: a raw text, the number words, and where each table begins and ends and what its
columns hold. Out: candidates, which cross-check what people read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from compare.base import tables
from compare.base.problems import Problem, Problems, raise_any
from compare.base.quantities import Lexicon, any_of
from compare.codebook.book import FOLDER, Codebook
from compare.codebook.models import SHAPES, Explanation, Layout
from compare.documents.text import NEWLINE, Document, fold, squeeze
from compare.readings.candidates import (
    Candidate,
    Span,
    beside,
    mended,
    numerals,
    placed,
)
from compare.readings.readings import Reading

LAYOUTS = f"{FOLDER.as_posix()}/layouts.csv"
DIFFERENCES = f"{FOLDER.as_posix()}/layout_differences.csv"
Differences = dict[tuple[str, str], tuple[str, str]]
GAPS = dict(zip(SHAPES, (r"\s*\|\s*", r"\s*(?:\n\s*|\Z)", ""), strict=True))


def propose_tables(document: Document, book: Codebook) -> list[Candidate]:
    r"""Read the tables of a document by their layouts.

    Page marks are read over, and positions stay those of the raw text.

    Raises
    ------
    Problems
        A table is not where its layout says, or a row does not fit the columns.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from compare.codebook.book import find_root, load_codebook
    >>> layout = Layout(doc="a", in_table="T", shape="pipes", start="2025 |⏎", end="。",
    ...     holds="label target:2025", units="张")
    >>> book = replace(load_codebook(find_root()), layouts=[layout])
    >>> text = Document("a", "2025 |\n养老\n床位(张) |\n≥35 |\n。", "")
    >>> [row] = propose_tables(text, book)
    >>> row.id, row.label_stated, row.hedge_stated, row.value_stated, row.unit_stated
    ('a:19', '养老床位(张)', '≥', '35', '张')
    >>> row.quote
    '养老⏎床位(张) |⏎≥35'
    """
    found: list[Candidate] = []
    problems: list[Problem] = []
    whole, positions = mended(document, book)
    for layout in book.layouts:
        if layout.doc != document.doc:
            continue
        (start, end), lost = find_body(whole, layout)
        problems += lost
        pattern = _row_pattern(layout, book.words)
        while start < end:
            match = pattern.match(whole.text, start, end)
            if match is None:
                problems.append(_unfit(whole, layout, start))
                break
            found += _read_row(whole, layout, match, book.words)
            start = match.end()
    raise_any(problems)
    return [placed(candidate, document, positions) for candidate in found]


def compare_tables(
    candidates: Sequence[Candidate], readings: Iterable[Reading]
) -> Differences:
    """Find where tables read by rule and the signed readings of them differ.

    Every table that has candidates is compared, cell by cell for each id.

    Returns
    -------
    dict
        Id and column (``row`` where only one side has it) → what the rule reads, and
        what is signed.
    """
    compared = {row.in_table for row in candidates}
    proposed = {row.id: row for row in candidates}
    signed = {row.id: row for row in readings if row.in_table in compared}
    found: Differences = {}
    for id in sorted(proposed.keys() | signed.keys(), key=tables.natural):
        left, right = proposed.get(id), signed.get(id)
        if left and right:
            for name in Candidate.columns():
                cells = getattr(left, name), getattr(right, name)
                if cells[0] != cells[1]:
                    found[id, name] = cells
        else:
            values = [row.value_stated if row else "" for row in (left, right)]
            found[id, "row"] = (values[0], values[1])
    return found


def check_differences(
    differences: Differences, explained: Sequence[Explanation]
) -> list[Problem]:
    """Problems with differences nobody explained, and explanations of none.

    Examples
    --------
    >>> print(*check_differences({("a:1", "kind"): ("target", "standard")}, []))
    data/readings/a.csv a:1, kind: the layout reads 'target', signed is 'standard'.
      Expected the same, or a row of data/codebook/layout_differences.csv.
      Do: read the table again; correct the reading or the layout, or explain it.
    """
    reasons = {(row.id, row.field) for row in explained}
    return [
        Problem(
            f"data/readings/{id.partition(':')[0]}.csv {id}, {field}",
            f"the layout reads {proposed!r}, signed is {signed!r}.",
            f"the same, or a row of {DIFFERENCES}.",
            "read the table again; correct the reading or the layout, or explain it.",
        )
        for (id, field), (proposed, signed) in differences.items()
        if (id, field) not in reasons
    ] + [
        Problem(
            f"{DIFFERENCES} row {number}",
            f"{row.id}, {row.field} does not differ.",
            "a difference between layout and signed reading.",
            "delete the row.",
        )
        for number, row in tables.numbered(explained)
        if (row.id, row.field) not in differences
    ]


def cross_check(
    document: Document, rows: Sequence[Reading], book: Codebook
) -> list[Problem]:
    """Read every declared table by its layout and hold the signed readings against it.

    Returns
    -------
    list of Problem
        Tables that do not fit their layout, differences that nobody explained, and
        explanations of none.
    """
    try:
        differences = compare_tables(propose_tables(document, book), rows)
    except Problems as found:
        return found.problems
    return check_differences(differences, book.layout_differences)


def find_body(document: Document, layout: Layout) -> tuple[Span, list[Problem]]:
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
    gap, obligations = GAPS[layout.shape], any_of(layout.obligations.split())
    stops = rf"\||{obligations}" if obligations else r"\|"
    name = f"(?:(?!{stops}).)+?"
    value = (
        f"(?:{any_of(words.before)})*(?:{numerals(words).pattern})"
        f"(?:{any_of(words.inside)})?(?:{any_of(layout.units.split())})?"
        f"(?:{any_of(words.after)})?"
    )
    forms = {"number": r"\d+", "label": name, "area": name}
    forms |= {"obligation": obligations, "other": r"[^\n|]+"}
    pattern = rf"\s*(?:{any_of(layout.headings.split())})?"
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
        if found := numerals(words).search(cell):
            at, value = start + found.start(), found[0]
            hedge, unit, _ = beside(cell, found.span(), units, words)
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
