"""Checks: the codebook held against itself.

In: its rows and the loaded book. Out: problems with codes, keys, factors, formulas and
judgements that contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from compare.base import tables
from compare.base.intervals import names_in
from compare.base.problems import Problem, near, raise_any
from compare.base.tables import PERIOD, Codelist, Refers, Row
from compare.codebook.models import (
    NO_TERM,
    Area,
    Code,
    Match,
    ReferenceLine,
    Word,
    Wording,
)
from compare.codebook.rules import Rule
from compare.codebook.units import unconvertible

if TYPE_CHECKING:
    from compare.codebook.book import Codebook

HERE = "data/codebook"


def check_book(book: Codebook, rows: Mapping[str, Sequence[Row]]) -> list[Problem]:
    """Problems of a codebook whose tables are each well formed."""
    problems = [
        problem
        for name, table in rows.items()
        for problem in check_codes(f"{HERE}/{name}.csv", table, book)
    ]
    problems += _check_crosswalk(book)
    problems += _check_units(book)
    problems += _check_keys(book)
    problems += _check_questions(book)
    problems += _check_lines(book)
    problems += _check_outcomes(book)
    for name in ("derivations", "finding_rules"):
        problems += _check_rules(f"{HERE}/{name}.csv", rows[name], book)
    return problems


def check_codes(name: str, rows: Iterable[Row], book: Codebook) -> list[Problem]:
    """Problems with cells that are not codes of their list or keys of their table."""
    problems = []
    allowed: dict[tuple[type[Row], str], Collection[str] | None] = {}
    for number, row in tables.numbered(rows):
        model = type(row)
        for field, mark in tables.tagged(model, Codelist | Refers).items():
            if (model, field) not in allowed:
                allowed[model, field] = _codes(mark, book)
            cell, codes = getattr(row, field), allowed[model, field]
            if cell and codes is not None and cell not in codes:
                where = f"{name} row {number}, {field}"
                problems.append(unknown(where, cell, codes))
    return problems


def _codes(mark: Codelist | Refers, book: Codebook) -> Collection[str] | None:
    """Codes that a cell may hold; None where its table is no part of the codebook."""
    if isinstance(mark, Codelist):
        return book.codes.get(mark.name, {}).keys()
    table: Mapping[str, Row] | None = getattr(book, mark.table, None)
    return None if table is None else table.keys()


def _check_crosswalk(book: Codebook) -> Iterator[Problem]:
    accepted: dict[Wording, int] = {}
    for number, row in tables.numbered(book.crosswalk):
        place = f"{HERE}/crosswalk.csv row {number}"
        yield from _check_match(place, row, book)
        if row.status == "rejected":
            continue
        other = accepted.setdefault(row.wording, number)
        if other != number:
            what = f"«{row.subject_label}» is judged already in row {other}."
            wanted = "one row for a wording, besides rejected ones."
            yield Problem(place, what, wanted, "reject one of the two.")


def _check_match(place: str, row: Match, book: Codebook) -> Iterator[Problem]:
    """Check one judgement: its indicator, its reason, its unit."""
    indicator = book.indicators.get(row.object_id)
    if not indicator and row.object_id != NO_TERM:
        yield unknown(f"{place}, object_id", row.object_id, book.indicators)
        return
    decided = row.status == "accepted" and indicator is not None
    if not row.comment and not (decided and row.predicate_id == "exactMatch"):
        what = f"empty, though «{row.subject_label}» is no plain exact match."
        wanted = "the reason in one sentence."
        yield Problem(f"{place}, comment", what, wanted, "write why.")
    if not (decided and indicator):
        return
    if not row.unit:
        yield Problem(f"{place}, unit", "empty.", "the stated unit.", "fill it in.")
        return
    stated, kept = book.units.get(row.unit), book.units.get(indicator.unit)
    if stated and kept and stated.dimension != kept.dimension:
        yield unconvertible(f"{place}, unit", stated, kept)


def check_words(rows: Iterable[Row]) -> list[Problem]:
    """Check that the meaning of a number word is what its role asks for."""
    number, comparator = (r"\d+", "a number"), (r"=|[<>]=?|~|\+|\.\.", "a comparator")
    wanted = {
        **dict.fromkeys(("digit", "ten", "multiplier"), number),
        **dict.fromkeys(("universal", "remainder"), number),
        **dict.fromkeys(("before", "inside", "after"), comparator),
        "period": (PERIOD, "a time period"),
        "date": (r"0|1|0?\.\d+", "a part from 0 to 1"),
    }
    return [
        Problem(
            f"{HERE}/number_words.csv row {place}, meaning",
            f"{row.meaning!r} for the {row.role} «{row.word}».",
            f"{wanted[row.role][1]}.",
            "correct the meaning, or the role.",
        )
        for place, row in tables.numbered(rows)
        if isinstance(row, Word) and row.role in wanted
        if not re.fullmatch(wanted[row.role][0], row.meaning)
    ]


def _check_units(book: Codebook) -> Iterator[Problem]:
    """Check factors, and what doubts say."""
    for number, unit in tables.numbered(book.units.values()):
        if not Decimal(unit.factor):
            where, wanted = (
                f"{HERE}/units.csv row {number}",
                "a number other than zero.",
            )
            what, remedy = f"{unit.factor!r}.", "correct the factor."
            yield Problem(f"{where}, factor", what, wanted, remedy)
    for number, doubt in tables.numbered(book.corrections):
        if doubt.obs_status != "U":
            where, what = (
                f"{HERE}/corrections.csv row {number}",
                f"{doubt.obs_status!r}.",
            )
            wanted = "'U': the program sets every other status by itself."
            remedy = "write 'U', or delete the row."
            yield Problem(f"{where}, obs_status", what, wanted, remedy)


def _check_keys(book: Codebook) -> Iterator[Problem]:
    """Check cells that lead to a key of one of several tables."""
    subjects = book.indicators.keys() | book.families.keys()
    columns = [
        ("areas", "part_of", book.areas.values(), book.areas.keys()),
        ("coverage", "subject", book.coverage, subjects),
    ]
    for name, column, rows, known in columns:
        for number, row in tables.numbered(rows):
            cell = getattr(row, column)
            if cell and cell not in known:
                where = f"{HERE}/{name}.csv row {number}, {column}"
                yield unknown(where, cell, known)


def _check_rules(name: str, rows: Iterable[Row], book: Codebook) -> Iterator[Problem]:
    """Check the indicators, kinds and formulas of rules."""
    kinds = book.codes["kind"]
    for number, row in tables.numbered(rows):
        assert isinstance(row, Rule)
        place = f"{name} row {number}"
        codes = [(letter, code) for letter, code, _ in row.named()]
        for field, code in [*codes, ("indicator", getattr(row, "indicator", "*"))]:
            if code != "*" and code not in book.indicators:
                yield unknown(f"{place}, {field}", code, book.indicators)
        for letter, _, named in row.named():
            for kind in set(named.split()) - kinds.keys():
                yield unknown(f"{place}, {letter}_kinds", kind, kinds)
        yield from _check_formula(place, row)


def _check_formula(place: str, row: Rule) -> Iterator[Problem]:
    formula = getattr(row, "formula", "")
    letters = {letter for letter, _, _ in row.named()} | {"years"}
    fault = ""
    try:
        if spare := names_in(formula) - letters if formula else set():
            fault = f"{formula!r} uses {', '.join(sorted(spare))}."
    except ValueError as error:
        fault = f"{error}."
    if fault:
        wanted = f"numbers, + - * / and {', '.join(sorted(letters))}."
        remedy = "correct the formula, or name the input."
        yield Problem(f"{place}, formula", fault, wanted, remedy)


def _check_questions(book: Codebook) -> Iterator[Problem]:
    """Check that a question has one unit, and that its derivations lead into it."""
    rules = {row.rule: row for row in book.derivations}
    answers: dict[str, list[str]] = {}
    for row in book.questions:
        if not row.rule:
            answers.setdefault(row.question, []).append(row.indicator)
    for number, row in tables.numbered(book.questions):
        place, own = f"{HERE}/questions.csv row {number}", answers.get(row.question, [])
        units = {book.indicators[code].unit for code in own if code in book.indicators}
        if not row.rule and len(units) > 1:
            what = f"indicators of {row.question} have the units {sorted(units)}."
            wanted, remedy = (
                "one unit for a question.",
                "name the derivation that leads.",
            )
            yield Problem(f"{place}, indicator", what, wanted, remedy)
        if not row.rule:
            continue
        rule = rules.get(row.rule)
        if rule is None:
            yield unknown(f"{place}, rule", row.rule, rules)
        elif rule.a != row.indicator or rule.indicator not in own:
            what = f"{row.rule} leads from {rule.a} to {rule.indicator}."
            wanted = f"from {row.indicator} to one of: {', '.join(own)}."
            yield Problem(f"{place}, rule", what, wanted, "name another derivation.")


def _check_outcomes(book: Codebook) -> Iterator[Problem]:
    """Check that every outcome of a finding counts as a verdict."""
    verdicts = book.codes.get("verdict", {})
    for code, row in book.codes.get("outcome", {}).items():
        if row.definition not in verdicts:
            where = f"{HERE}/codes.csv, outcome {code}, definition"
            yield unknown(where, row.definition, verdicts)


def _check_lines(book: Codebook) -> Iterator[Problem]:
    """Hold the label of a reference line against its columns."""
    for number, row in tables.numbered(book.reference_lines):
        place = f"{HERE}/reference_lines.csv row {number}"
        for column, label in (("label_zh", row.label_zh), ("label_en", row.label_en)):
            for said, cell in _mislabelled(row, label, book):
                what = f"«{label}» says {said}."
                remedy = "correct the label, or the column."
                yield Problem(f"{place}, {column}", what, f"{cell}.", remedy)


def _mislabelled(
    row: ReferenceLine, label: str, book: Codebook
) -> Iterator[tuple[str, str]]:
    """Find words of a label that say something else than a column, and its cell."""
    indicator = book.indicators.get(row.indicator)
    unit = book.units.get(indicator.unit) if indicator else None
    words = {**book.words.before, **book.words.inside, **book.words.after}
    said = {
        "year": (re.findall(r"\d{4}", label), row.time_period[:4]),
        "kind": (_named(label, book.codes["reference_kind"]), row.kind),
        "ref_area": (_named(label, book.areas), row.ref_area),
        "unit": (
            [other.symbol for other in book.units.values() if other.symbol in label],
            unit.symbol if unit else "",
        ),
        "comparator": (
            [words[word] for word in words if len(word) > 1 and word in label],
            row.comparator,
        ),
    }
    for column, (found, cell) in said.items():
        for one in dict.fromkeys(found):
            if one and one != cell and one != "=":
                yield one, f"{column} {cell}"


def _named(label: str, rows: Mapping[str, Code | Area]) -> list[str]:
    """Codes whose name, in either language, stands in a label."""
    return [
        code for code, row in rows.items() if any(name in label for name in _names(row))
    ]


def _names(row: Code | Area) -> tuple[str, str]:
    if isinstance(row, Area):
        return row.name_zh, row.name_en
    return row.label_zh, row.label_en


def asked(what: str, wanted: Iterable[str], allowed: Collection[str]) -> list[str]:
    """Give codes that somebody asked for; a text is one code.

    Raises
    ------
    Problems
        A code is unknown; the nearest one is named.
    """
    codes = [wanted] if isinstance(wanted, str) else list(wanted)
    raise_any(unknown(what, code, allowed) for code in codes if code not in allowed)
    return codes


def unknown(where: str, cell: str, allowed: Iterable[str]) -> Problem:
    """Say that a cell is no known code, and which code is nearest."""
    codes = sorted(allowed)
    nearest = near(cell, codes, 1)
    shown = ", ".join(codes[:12]) + (" …" if len(codes) > 12 else "")
    return Problem(
        where,
        f"{cell!r} is not a known code.",
        f"one of: {shown}.",
        f"write {nearest[0]!r}." if nearest else "write one of them, or add a row.",
    )
