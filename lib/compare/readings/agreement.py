"""Reliability: two independent readings, every difference settled, agreement measured.

In: the readings and codings of ``r1`` and ``r2``, the adjudications, and the final
rows. Out: problems where a final row is not what the readers agreed on or what was
decided between them; and how far the two agree, for each document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from compare.base import tables
from compare.base.problems import Problem
from compare.base.tables import NUMBER, Codelist, Long, Refers, Row, column
from compare.codebook.book import Codebook
from compare.readings.readings import FOLDER, Reading

READERS = ("r1", "r2")
REFUSED = "refused"
REMARKS = ("id", "reader", "note", "quote_start", "quote_end")
MEASURES = ("value", "comparator", "unit_stated", "time_period", "kind")
CODED = ("object_id", "predicate_id")


class Coding(Row):
    """Judgement of one coder on one wording."""

    key = ("subject_source", "subject_label", "scope_stated", "unit_stated")
    subject_source: Annotated[str, Refers("documents")] = column("document")
    subject_label: str = column("wording")
    scope_stated: str = column("words that fix which part is meant", empty=True)
    unit_stated: str = column("unit as printed", empty=True)
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


class CodingAdjudication(Row):
    """How a difference between two coders was settled."""

    key = (*Coding.key, "field")
    subject_source: Annotated[str, Refers("documents")] = column("document")
    subject_label: str = column("wording")
    scope_stated: str = column("words that fix which part is meant", empty=True)
    unit_stated: str = column("unit as printed", empty=True)
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
    """Rows of both readers, and what was decided between them."""

    readings: Mapping[str, Mapping[str, Reading]]
    adjudications: Mapping[tuple[str, str], Adjudication]
    codings: Mapping[str, Mapping[tuple[str, ...], Coding]]
    coding_adjudications: Mapping[tuple[str, ...], CodingAdjudication]


def load_two_readings(
    root: Path, docs: Iterable[str]
) -> tuple[TwoReadings, list[Problem]]:
    """Load both readings, both codings and the adjudications."""
    problems: list[Problem] = []
    readings: dict[str, dict[str, Reading]] = {reader: {} for reader in READERS}
    codings: dict[str, dict[tuple[str, ...], Coding]] = {}
    settled: dict[tuple[str, str], Adjudication] = {}
    for reader in READERS:
        for doc in docs:
            rows, found = tables.read(
                root / FOLDER / reader / f"{doc}.csv", Reading, root
            )
            readings[reader] |= {row.id: row for row in rows}
            problems += found
        coded, found = tables.read(
            root / FOLDER / reader / "crosswalk.csv", Coding, root
        )
        codings[reader] = {_wording(row): row for row in coded}
        problems += found
    folder = root / FOLDER / "adjudications"
    for doc in docs:
        decided, found = tables.read(folder / f"{doc}.csv", Adjudication, root)
        settled |= {(row.id, row.field): row for row in decided}
        problems += found
    recoded, found = tables.read(folder / "crosswalk.csv", CodingAdjudication, root)
    by_wording: dict[tuple[str, ...], CodingAdjudication] = {
        (*_wording(row), row.field): row for row in recoded
    }
    return TwoReadings(readings, settled, codings, by_wording), problems + found


def verify_adjudicated(
    rows: Sequence[Reading], book: Codebook, two: TwoReadings
) -> list[Problem]:
    """Hold the final rows against both readings and what was decided between them.

    Returns
    -------
    list of Problem
        A reading that is gone, one that nobody read, a cell that neither reader wrote
        and nobody decided, and decisions about nothing.
    """
    final = {row.id: row for row in rows}
    first, second = (two.readings[reader] for reader in READERS)
    refused = {id for id, field in two.adjudications if not field}
    problems = []
    for id in sorted((first.keys() | second.keys()) - final.keys() - refused):
        problems.append(_gone(first.get(id) or second[id]))
    used = {(id, "") for id in refused}
    for id, row in final.items():
        left, right = first.get(id), second.get(id)
        for field in Reading.columns():
            if field in REMARKS:
                continue
            stated = {getattr(one, field) for one in (left, right) if one}
            decision = two.adjudications.get((id, field))
            if decision:
                used.add((id, field))
                stated = {decision.decision}
            if stated != {getattr(row, field)}:
                problems.append(_undecided(row, field, stated))
    problems += [
        Problem(
            f"data/readings/adjudications/{id.partition(':')[0]}.csv {id}, field",
            f"a decision on «{field or 'the row'}», but there is no such reading.",
            "a decision on a row that stands.",
            "delete the row.",
        )
        for id, field in two.adjudications.keys() - used
    ]
    return problems + _verify_codings(book, two)


def agreement(docs: Iterable[str], two: TwoReadings) -> list[Agreement]:
    """Measure how far the two readers agree, for each document.

    Returns
    -------
    list of Agreement
        ``found``: statements that both found, of all that either found. The other
        measures compare the statements, or the wordings, that both have.
    """
    first, second = (two.readings[reader] for reader in READERS)
    coded, recoded = (two.codings[reader] for reader in READERS)
    result = []
    for doc in docs:
        own = [id for id in first.keys() | second.keys() if id.startswith(f"{doc}:")]
        both = [id for id in own if id in first and id in second]
        result.append(_measure(doc, "found", len(own), len(both), None))
        for name in MEASURES:
            pairs = [(_cell(first[id], name), _cell(second[id], name)) for id in both]
            result.append(_compare(doc, name, pairs))
        wordings = [key for key in coded.keys() & recoded.keys() if key[0] == doc]
        for name in CODED:
            codes = [
                (getattr(coded[key], name), getattr(recoded[key], name))
                for key in wordings
            ]
            result.append(_compare(doc, name, codes))
    return sorted(result, key=lambda row: row.place())


def alpha(pairs: Sequence[tuple[str, str]]) -> float | None:
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


def _cell(row: Reading, name: str) -> str:
    """Give what a reader says: for the value, the number or both ends of a range."""
    if name == "value":
        return f"{row.value} {row.lower} {row.upper}"
    return str(getattr(row, name))


def _compare(doc: str, name: str, pairs: Sequence[tuple[str, str]]) -> Agreement:
    same = sum(left == right for left, right in pairs)
    return _measure(doc, name, len(pairs), same, alpha(pairs))


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
        key = (row.subject_source, row.subject_label, row.scope_stated, row.unit_stated)
        coded = [two.codings[reader].get(key) for reader in READERS]
        if row.status != "accepted" or not all(coded):
            continue
        for field in (*CODED, "unit", "scope"):
            decision = two.coding_adjudications.get((*key, field))
            stated = {getattr(one, field) for one in coded}
            wanted = {decision.decision} if decision else stated
            if wanted != {getattr(row, field)}:
                problems.append(
                    Problem(
                        f"data/codebook/crosswalk.csv «{row.subject_label}» "
                        f"({row.subject_source}), {field}",
                        f"{getattr(row, field)!r}, but the coders say "
                        f"{' and '.join(sorted(map(repr, stated)))}.",
                        " or ".join(sorted(map(repr, wanted))) + ".",
                        "settle it in data/readings/adjudications/crosswalk.csv.",
                    )
                )
    return problems


def _gone(row: Reading) -> Problem:
    return Problem(
        f"data/readings/{row.doc}.csv {row.id}",
        f"«{row.quote[:40]}» with «{row.value_stated}» was read, but stands neither in "
        "the readings nor among the refused.",
        "every statement that a reader found, or the reason why it is refused.",
        f"restore the row, or refuse it in data/readings/adjudications/{row.doc}.csv.",
    )


def _undecided(row: Reading, field: str, stated: set[str]) -> Problem:
    found = " and ".join(sorted(map(repr, stated))) or "nothing: neither read it"
    return Problem(
        f"data/readings/{row.doc}.csv {row.id}, {field}",
        f"{getattr(row, field)!r}, but the readers say {found}.",
        "what both read, or a decision between them.",
        f"write the decision to data/readings/adjudications/{row.doc}.csv.",
    )


def _wording(row: Coding | CodingAdjudication) -> tuple[str, str, str, str]:
    return (row.subject_source, row.subject_label, row.scope_stated, row.unit_stated)
