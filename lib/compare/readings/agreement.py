"""Reliability: two independent readings, every difference settled, agreement measured.

In: the readings and codings of ``r1`` and ``r2``, the adjudications, and the final
rows. Out: problems where a final row is not what the readers agreed on or what was
decided between them; and how far the two agree, for each document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Any

from compare.base.problems import Problem
from compare.base.tables import NUMBER, Codelist, Long, Refers, Row, column
from compare.codebook.book import Codebook
from compare.codebook.models import Worded, Wording
from compare.readings.readings import FOLDER, Reading

READERS = ("r1", "r2")
REMARKS = ("id", "reader", "note", "quote_start", "quote_end")
LATER = ("date_stated", "grade_stated")
MEASURES = {
    "value": attrgetter("value", "lower", "upper"),
    "comparator": attrgetter("comparator"),
    "unit_stated": attrgetter("unit_stated"),
    "time_period": attrgetter("time_period"),
    "kind": attrgetter("kind"),
}
Pairs = Sequence[tuple[Any, Any]]
CODED = ("object_id", "predicate_id")


class Coding(Worded):
    """Judgement of one coder on one wording."""

    predicate_id: Annotated[str, Codelist("predicate_id")] = column("SKOS relation")
    object_id: str = column("indicator, or NoTermFound")
    unit: Annotated[str, Refers("units")] = column("stated unit", empty=True)
    scope: Annotated[str, Codelist("scope")] = column("code of the part", empty=True)
    comment: str = column("why", empty=True)


class Adjudication(Row):
    """How a difference between two readers was settled."""

    key = ("id", "field")
    id: str = column("reading")
    field: str = column("column; empty for a row that was refused whole", empty=True)
    r1: Annotated[str, Long()] = column("what r1 wrote", empty=True)
    r2: Annotated[str, Long()] = column("what r2 wrote", empty=True)
    decision: Annotated[str, Long()] = column("what stands", empty=True)
    reason: str = column("why")


class CodingAdjudication(Worded):
    """How a difference between two coders was settled."""

    key = (*Worded.key, "field")
    field: str = column("column")
    r1: str = column("what r1 wrote", empty=True)
    r2: str = column("what r2 wrote", empty=True)
    decision: str = column("what stands", empty=True)
    reason: str = column("why")


class Agreement(Row):
    """How far two readers agree on one thing in one document."""

    key = ("doc", "measure")
    doc: Annotated[str, Refers("documents")] = column("document")
    measure: Annotated[str, Codelist("measure")] = column("what was compared")
    compared: str = column("statements or wordings compared", pattern=r"\d+")
    agreeing: str = column("on which both say the same", pattern=r"\d+")
    share: str = column("agreeing / compared", pattern=NUMBER)
    alpha: str = column(
        "Krippendorff's alpha, nominal; empty where it is undefined",
        pattern=NUMBER,
        empty=True,
    )


@dataclass(frozen=True)
class TwoReadings:
    """What both readers of one document wrote, and what was decided between them."""

    readings: Sequence[Mapping[str, Reading]]
    adjudications: Mapping[tuple[str, str], Adjudication]
    codings: Sequence[Mapping[Wording, Coding]]
    coding_adjudications: Mapping[tuple[str, ...], CodingAdjudication]


def verify_adjudicated(
    doc: str, rows: Sequence[Reading], book: Codebook, two: TwoReadings
) -> list[Problem]:
    """Hold the final rows against both readings and what was decided between them.

    Returns
    -------
    list of Problem
        A reading that is gone, one that nobody read, a cell that neither reader wrote
        and nobody decided, a doubt that both wrote and the row lost, and decisions
        about nothing.
    """
    final = {row.id: row for row in rows}
    first, second = two.readings
    refused = {id for id, field in two.adjudications if not field}
    problems = [
        _gone(first.get(id) or second[id])
        for id in (first.keys() | second.keys()) - final.keys() - refused
    ]
    used = {(id, "") for id in refused}
    for id, row in final.items():
        read = [one for one in (first.get(id), second.get(id)) if one]
        for field in Reading.columns():
            decision = two.adjudications.get((id, field))
            if decision:
                used.add((id, field))
            problems += _unsettled(row, field, read, decision)
    for id, field in two.adjudications.keys() - used:
        what = f"a decision on «{field or 'the row'}», but there is no such reading."
        wanted, where = "a decision on a row that stands.", f"{decisions(doc)} {id}"
        problems.append(Problem(f"{where}, field", what, wanted, "delete the row."))
    return problems + _verify_codings(book, two)


def _unsettled(
    row: Reading, field: str, read: Sequence[Reading], decision: Adjudication | None
) -> Iterator[Problem]:
    """Find a cell that is neither what both readers wrote nor what was decided."""
    cell = getattr(row, field)
    if decision or field not in REMARKS + LATER:
        stated = {getattr(one, field) for one in read}
        if decision:
            stated = {decision.decision}
        if stated != {cell}:
            yield _undecided(row, field, stated)
    elif field == "note" and not cell:
        doubts = [one.note for one in read if one.note]
        if len(doubts) == len(READERS):
            yield _lost_doubt(row, doubts)


def agreement(doc: str, two: TwoReadings) -> list[Agreement]:
    """Measure how far the two readers of a document agree.

    Returns
    -------
    list of Agreement
        ``found``: statements that both found, of all that either found. The other
        measures compare the statements, or the wordings, that both have.
    """
    first, second = two.readings
    both = [(first[id], second[id]) for id in first.keys() & second.keys()]
    found = len(first.keys() | second.keys())
    result = [_measure(doc, "found", found, len(both), None)] if found else []
    for name, said in MEASURES.items():
        result += _compare(
            doc, name, [(said(left), said(right)) for left, right in both]
        )
    coded, recoded = two.codings
    wordings = [(coded[key], recoded[key]) for key in coded.keys() & recoded.keys()]
    for name in CODED:
        codes = [
            (getattr(left, name), getattr(right, name)) for left, right in wordings
        ]
        result += _compare(doc, name, codes)
    return result


def alpha(pairs: Pairs) -> float | None:
    """Krippendorff's alpha of two coders for nominal codes.

    Returns
    -------
    float or None
        None for constant data, which have no alpha.

    Examples
    --------
    >>> alpha([("a", "a"), ("b", "b"), ("a", "b"), ("b", "b")])
    0.5333
    >>> alpha([("a", "a"), ("a", "a")]) is None
    True
    """
    names = sorted({code for pair in pairs for code in pair})
    if len(names) < 2:
        return None
    if all(left == right for left, right in pairs):
        return 1.0
    import krippendorff

    coders = [[names.index(pair[coder]) for pair in pairs] for coder in (0, 1)]
    return round(float(krippendorff.alpha(coders, level_of_measurement="nominal")), 4)


def _compare(doc: str, name: str, pairs: Pairs) -> list[Agreement]:
    """Measure pairs of codes; nothing where there are none."""
    same = sum(left == right for left, right in pairs)
    return [_measure(doc, name, len(pairs), same, alpha(pairs))] if pairs else []


def _measure(
    doc: str, name: str, compared: int, agreeing: int, coefficient: float | None
) -> Agreement:
    return Agreement(
        doc=doc,
        measure=name,
        compared=str(compared),
        agreeing=str(agreeing),
        share=f"{agreeing / compared:.4f}",
        alpha="" if coefficient is None else f"{coefficient:.4f}",
    )


def _verify_codings(book: Codebook, two: TwoReadings) -> list[Problem]:
    """Hold the accepted matches against both codings and the decisions."""
    problems = []
    for row in book.crosswalk:
        coded = [codings.get(row.wording) for codings in two.codings]
        if row.status != "accepted" or not all(coded):
            continue
        for field in (*CODED, "unit", "scope"):
            decision = two.coding_adjudications.get((*row.wording, field))
            stated = {getattr(one, field) for one in coded}
            wanted = {decision.decision} if decision else stated
            if wanted != {getattr(row, field)}:
                where = f"«{row.subject_label}» ({row.subject_source}), {field}"
                said = " and ".join(sorted(map(repr, stated)))
                problem = Problem(
                    f"data/codebook/crosswalk.csv {where}",
                    f"{getattr(row, field)!r}, but the coders say {said}.",
                    f"{' or '.join(sorted(map(repr, wanted)))}.",
                    "settle it in data/readings/adjudications/crosswalk.csv.",
                )
                problems.append(problem)
    return problems


def _gone(row: Reading) -> Problem:
    return Problem(
        f"data/readings/{row.doc}.csv {row.id}",
        f"«{row.quote[:40]}» with «{row.value_stated}» was read, but stands neither in "
        "the readings nor among the refused.",
        "every statement that a reader found, or the reason why it is refused.",
        f"restore the row, or refuse it in {decisions(row.doc)}.",
    )


def _undecided(row: Reading, field: str, stated: set[str]) -> Problem:
    found = " and ".join(sorted(map(repr, stated))) or "nothing: neither read it"
    return Problem(
        f"data/readings/{row.doc}.csv {row.id}, {field}",
        f"{getattr(row, field)!r}, but the readers say {found}.",
        "what both read, or a decision between them.",
        f"write the decision to {decisions(row.doc)}.",
    )


def _lost_doubt(row: Reading, doubts: Sequence[str]) -> Problem:
    return Problem(
        f"data/readings/{row.doc}.csv {row.id}, note",
        f"empty, but both readers remark: «{doubts[0]}» and «{doubts[1]}».",
        "the doubt that both wrote, or a decision on note that says why it is none.",
        f"write it into note, or the reason to {decisions(row.doc)}.",
    )


def decisions(doc: str) -> str:
    """File that the decisions on a document stand in."""
    return f"{(FOLDER / 'adjudications' / doc).as_posix()}.csv"
