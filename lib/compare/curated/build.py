"""Build: the straight line from documents, readings and codebook to curated tables.

In: a project folder. Out: ``data/curated``, written all or nothing, and the account of
where every reading went. The plan is the unit: ``curate`` sees one document and is
pure, so any executor may map it over all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from compare.base import tables
from compare.base.problems import Problem, raise_any, write_scratch
from compare.codebook.book import Codebook, load_codebook
from compare.curated import (
    comparability,
    derived,
    facets,
    findings,
    observations,
    package,
)
from compare.curated.observations import Conservation, Observation
from compare.readings import (
    agreement,
    layouts,
    numerals,
    periods,
    readings,
    wordings,
)
from compare.readings.numerals import Tally
from compare.readings.plan import Plan, load_plans
from compare.readings.readings import Reading, decimal
from compare.readings.third import ThirdReading, third_reading

SCRATCH = Path("build")


@dataclass(frozen=True)
class Curated:
    """What one plan became.

    Parameters
    ----------
    plan
        The plan as it was read.
    tally
        Where its numerals went.
    problems
        Everything that keeps it from being curated; then there are no tables.
    unjudged
        The first reading of each wording that the crosswalk does not judge.
    conservation
        Where its readings went.
    tables
        Its rows of each curated table.
    """

    plan: Plan
    tally: Tally
    problems: Sequence[Problem] = ()
    unjudged: Sequence[Reading] = ()
    conservation: Conservation = Conservation(0, 0, 0, 0)
    tables: Mapping[str, Sequence[tables.Row]] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Everything that was loaded, verified and curated; ``third`` where it was read."""

    root: Path
    book: Codebook
    plans: Sequence[Curated]
    third: ThirdReading | None = None

    def rows(self, table: str) -> list[tables.Row]:
        """Rows of a curated table, of all plans."""
        return [row for plan in self.plans for row in plan.tables[table]]


def curate(plan: Plan, book: Codebook) -> Curated:
    """Verify, account, match, derive and check one plan.

    The codebook is what ``Codebook.only`` leaves: nothing of another document.
    """
    counted, problems = numerals.tally(
        plan.document, plan.readings, plan.exclusions, book.words
    )
    problems += readings.verify(plan.readings, plan.document, book)
    problems += periods.check_periods(plan, book)
    problems += [*_check_damage(plan, book), *_guessed(plan, book)]
    problems += agreement.verify_adjudicated(plan.doc, plan.readings, book, plan.two)
    problems += observations.unstated(plan.readings, book)
    problems += layouts.cross_check(plan.document, plan.readings, book)
    unjudged = observations.unmatched(plan.readings, book)
    if problems or unjudged:
        return Curated(plan, counted, problems, unjudged)
    typed = readings.typed(plan.readings, book.words)
    frame, kept = observations.harmonize(typed, book)
    observed = observations.to_rows(frame)
    problems = [
        *_implausible(observed, book),
        *_doubtful_zeros(observed),
        *_contradicted(observed, book),
        *_lost(plan.doc, kept),
    ]
    if problems:
        return Curated(plan, counted, problems)
    statements = derived.statements_of(observed, book)
    computed = derived.derive(statements, book)
    return Curated(
        plan,
        counted,
        conservation=kept,
        tables={
            "observations": observed,
            "derived": computed,
            "reliability": agreement.agreement(plan.doc, plan.two),
            "accounts": [_accounted(plan, kept, counted)],
            "findings": findings.find(statements, book),
            "comparability": facets.facets_of(observed, computed, book),
        },
    )


def check(root: Path, *, executor: Executor | None = None) -> Checked:
    """Load everything, verify it, and compute the curated tables without writing.

    An executor maps ``curate`` over the plans; without one they follow each other.

    Raises
    ------
    Problems
        Every problem of codebook, documents, readings and crosswalk. Wordings
        without a crosswalk row are also written as stubs to ``build/unmatched.csv``.
    """
    book = load_codebook(root)
    plans, problems = load_plans(root, book)
    mapped = executor.map if executor else map
    curated = list(mapped(curate, plans, [book.only(plan.doc) for plan in plans]))
    unjudged = [reading for plan in curated for reading in plan.unjudged]
    if unjudged:
        stubs = [observations.stub(reading) for reading in unjudged]
        write_scratch(root / SCRATCH / "unmatched.csv", stubs)
    problems += [problem for plan in curated for problem in plan.problems]
    problems += [
        observations.without_row(reading, book.crosswalk) for reading in unjudged
    ]
    problems += [*wordings.check_wordings(plans), *wordings.check_qualifiers(book)]
    problems += comparability.check_facets(book)
    third, unsettled = third_reading(root, book)
    problems += unsettled
    raise_any([*problems, *_check_files(root, book)])
    checked = Checked(root, book, curated, third)
    raise_any(_led_nowhere(checked))
    return checked


def build(
    root: Path, *, executor: Executor | None = None
) -> tuple[Checked, list[Path]]:
    """Write the curated tables, from what ``check`` gives.

    Returns
    -------
    Checked, list of Path
        What was built from what, and the files whose bytes are new.

    Raises
    ------
    Problems
        As ``check``; then nothing is written.
    """
    checked = check(root, executor=executor)
    rows = {name: checked.rows(name) for name in package.TABLES}
    files = package.curated_files(rows, checked.book)
    return checked, tables.replace_files({root / path: files[path] for path in files})


def _check_files(root: Path, book: Codebook) -> Iterator[Problem]:
    """Check that every file of readings belongs to a declared document."""
    for path in sorted((root / readings.FOLDER).glob("*.csv")):
        if path.stem not in book.documents:
            where = path.relative_to(root).as_posix()
            what = f"no document is called {path.stem!r}."
            remedy = "add the row, or move the file away."
            yield Problem(where, what, "a row of data/codebook/documents.csv.", remedy)


def _check_damage(plan: Plan, book: Codebook) -> Iterator[Problem]:
    """Check that every declared damage occurs as often as it says."""
    for number, row in tables.numbered(book.damage):
        found = len(re.findall(row.pattern, plan.document.text))
        if found != int(row.matches):
            where = f"data/codebook/damage.csv row {number}"
            what = f"«{row.pattern}» occurs {found} times in {row.doc}."
            remedy = "read the text again, then update or delete the row."
            yield Problem(where, what, f"{row.matches}, as declared.", remedy)


def _guessed(plan: Plan, book: Codebook) -> Iterator[Problem]:
    """Find values whose unit a repair of the text gives, and that nobody doubts."""
    doubted = {row.id for row in book.corrections}
    repaired = [
        match.span()
        for pattern, _ in book.repairs(plan.doc, "lost_character")
        for match in re.finditer(pattern, plan.document.text)
    ]
    for row in plan.readings:
        start, end = row.span
        touched = any(left <= end and start < right for left, right in repaired)
        if touched and not row.unit_stated and row.id not in doubted:
            yield Problem(
                f"{(readings.FOLDER / plan.doc).as_posix()}.csv {row.id}, unit_stated",
                f"the text has lost characters at «{row.quote[:40]}».",
                "a doubt (status U): what a repair adds is a guess.",
                "say in data/codebook/corrections.csv what was added.",
            )


def _implausible(
    observations: Iterable[Observation], book: Codebook
) -> Iterator[Problem]:
    """Find values outside the bounds of their indicator."""
    for row in observations:
        indicator = book.indicators[row.indicator]
        low, high = decimal(indicator.lower), decimal(indicator.upper)
        lower, upper = decimal(row.lower), decimal(row.upper)
        below = low is not None and lower is not None and lower < low
        above = high is not None and upper is not None and upper > high
        if below or above:
            yield Problem(
                f"data/readings/{row.doc}.csv {row.id}, value",
                f"{row.lower} to {row.upper} {row.unit} for {row.indicator}.",
                f"{indicator.lower or '…'} to {indicator.upper or '…'}.",
                "read the sentence again; correct the unit in the crosswalk, or "
                "widen the bounds in indicators.csv.",
            )


def _doubtful_zeros(observations: Iterable[Observation]) -> Iterator[Problem]:
    """Find baselines of zero in tables that do not say what they may mean."""
    for row in observations:
        zero = row.kind == "baseline" and row.value == "0" and row.in_table
        if zero and not row.note:
            yield Problem(
                f"data/readings/{row.doc}.csv {row.id}, note",
                "empty, though a baseline of 0 may mean none, or not counted.",
                "the doubt in the row itself.",
                "write it into note.",
            )


def _contradicted(
    observations: Iterable[Observation], book: Codebook
) -> Iterator[Problem]:
    """Find cells of the coverage that deny what an observation states."""
    stated = {row.indicator: row.id for row in observations}
    families = {book.indicators[code].family: id for code, id in stated.items()}
    for row in book.coverage:
        id = stated.get(row.subject)
        if row.status == "out_of_scope":
            id = id or families.get(row.subject)
        if id:
            yield Problem(
                f"data/codebook/coverage.csv {row.doc}, {row.subject}",
                f"{row.status!r}, but {id} states it.",
                "a reason only where the document states nothing.",
                "delete the row, or read the sentence again.",
            )


def _lost(doc: str, kept: Conservation) -> Iterator[Problem]:
    if not kept.holds():
        what = (
            f"{kept.readings} readings, but {kept.observations} observations, "
            f"{kept.without_counterpart} without counterpart and "
            f"{kept.undecided} undecided."
        )
        wanted = "every reading in exactly one of the three."
        remedy = "report it: this is a fault of the program."
        yield Problem(f"data/readings/{doc}.csv", what, wanted, remedy)


def _led_nowhere(checked: Checked) -> Iterator[Problem]:
    """Find headline values and aliases that lead to no value, and aliases of one."""
    observed = {getattr(row, "id", "") for row in checked.rows("observations")}
    known = observed | {getattr(row, "id", "") for row in checked.rows("derived")}
    for number, row in tables.numbered(checked.book.headlines):
        if row.id not in observed:
            where = f"data/codebook/headlines.csv row {number}"
            remedy = "copy the id from data/curated/observations.csv."
            yield Problem(where, f"{row.id} is no observation.", remedy=remedy)
    for number, alias in tables.numbered(checked.book.aliases.values()):
        if alias.id not in known or alias.alias in known:
            where = f"data/codebook/aliases.csv row {number}"
            what = f"{alias.alias} is to lead to {alias.id}."
            wanted = "an id that is no value any more, and one that is."
            remedy = "copy the id from data/curated, or delete the row."
            yield Problem(where, what, wanted, remedy)


def _accounted(plan: Plan, kept: Conservation, tally: Tally) -> package.Accounted:
    return package.Accounted(
        doc=plan.doc,
        sha256=plan.document.sha256,
        readings=str(kept.readings),
        observations=str(kept.observations),
        without_counterpart=str(kept.without_counterpart),
        undecided=str(kept.undecided),
        numerals=str(tally.numerals),
        numerals_in_readings=str(tally.in_readings),
        numerals_excluded=str(sum(tally.excluded.values())),
    )
