"""Prose: every number phrase of a text, with the clause that it stands in.

In: a raw text, number words and units. Out: candidates; time and kind are left to the
reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from compare.base.problems import raise_any, write_scratch
from compare.base.quantities import Lexicon
from compare.codebook.book import Codebook, load_codebook
from compare.documents.text import Document, load_documents, squeeze
from compare.readings.candidates import (
    Candidate,
    Span,
    beside,
    has_digit,
    mended,
    numerals,
    placed,
    suggest,
)
from compare.readings.layouts import find_body, propose_tables

CLAUSE = re.compile(r"[^,。;:!?、,;:!?\n]+")


def propose_prose(
    document: Document, book: Codebook, *, skip: Iterable[str] = ()
) -> list[Candidate]:
    r"""Give every number phrase of the prose, with the clause it stands in.

    Parameters
    ----------
    document
        Raw text; page marks are read over, and positions stay those of the raw text. A
        numeral in characters counts before a unit.
    book
        Number words, units of the crosswalk, repairs, and layouts, which say what is a
        table and no prose.
    skip
        Patterns of numerals that state nothing (years, ages, headings), as exclusions
        declare them, and of page furniture; tried in the text's script and simplified.

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
    >>> from compare.codebook.book import find_root, load_codebook
    >>> text = Document("a", "到2025年,托位達到2萬個左右,建設三個中心。", "")
    >>> rows = propose_prose(text, load_codebook(find_root()), skip=[r"\d{4}年"])
    >>> [(row.id, row.label_stated, row.value_stated, row.unit_stated) for row in rows]
    [('a:11', '托位', '2萬', '個'), ('a:19', '建設', '三', '個')]
    >>> rows[0].hedge_stated, rows[0].quote
    ('左右', '托位達到2萬個左右')
    """
    whole, positions = mended(document, book)
    bodies = [
        find_body(whole, layout)
        for layout in book.layouts
        if layout.doc == document.doc
    ]
    raise_any(problem for _, lost in bodies for problem in lost)
    spans = [body for body, _ in bodies]
    for pattern in skip:
        for text in (whole.text, whole.folded):
            spans += [match.span() for match in re.finditer(pattern, text)]
    barred = bytearray(len(whole.text))
    for start, end in spans:
        barred[start:end] = b"x" * (end - start)
    units = {row.unit_stated for row in book.crosswalk if row.unit_stated}
    known = [*book.words.measures, *units]
    return [
        placed(candidate, document, positions)
        for clause in CLAUSE.finditer(whole.text)
        for candidate in _read_clause(whole, clause.span(), book.words, barred, known)
    ]


def _read_clause(
    document: Document,
    clause: Span,
    words: Lexicon,
    barred: bytearray,
    units: Sequence[str],
) -> Iterator[Candidate]:
    """Give the candidates of one clause of prose."""
    origin, text, left = clause[0], document.text[slice(*clause)], 0
    for found in numerals(words).finditer(text):
        at, behind = found.span()
        if any(barred[origin + at : origin + behind]):
            continue
        hedge, unit, stop = beside(text, (at, behind), units, words)
        if not (unit or found[0] in words.universals or has_digit(found[0])):
            continue
        label = squeeze(text[left:at])
        while hedges := [word for word in words.before if label.endswith(word)]:
            label = label.removesuffix(max(hedges, key=len))
        begin, end = (left, stop) if label else (at, len(text))
        begin += len(text[begin:]) - len(text[begin:].lstrip())
        yield Candidate(
            id=f"{document.doc}:{origin + at}",
            label_stated=label or squeeze(text[stop:]),
            value_stated=found[0],
            hedge_stated=hedge,
            unit_stated=unit,
            quote=document.quote(origin + begin, origin + end),
            quote_start=str(origin + begin),
            quote_end=str(origin + end),
        )
        left = stop


def write_proposals(root: Path, doc: str) -> Path:
    """Write candidate readings of a document, with ranked indicators, for a person.

    Returns
    -------
    Path
        ``build/proposals_<doc>.csv``.

    Raises
    ------
    Problems
        The document is not in ``documents.csv``, or a layout does not fit it.
    """
    book = load_codebook(root)
    documents, problems = load_documents(root, [doc])
    raise_any(problems)
    furniture = [pattern for pattern, _ in book.repairs(doc, "furniture")]
    candidates = [
        *propose_tables(documents[doc], book),
        *propose_prose(documents[doc], book, skip=furniture),
    ]
    rows = []
    for row in sorted(candidates, key=Candidate.rank):
        suggested = suggest(row.label_stated, book.crosswalk, doc=doc)
        indicators = " ".join(item.indicator for item in suggested)
        rows.append(row.model_dump() | {"indicators": indicators})
    path = root / "build" / f"proposals_{doc}.csv"
    write_scratch(path, rows)
    return path
