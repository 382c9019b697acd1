"""Build: the straight line from documents, readings and codebook to curated tables.

In: a project folder. Out: ``data/curated``, written all or nothing, and the account of
where every reading went.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from compare.base import tables
from compare.base.problems import Problem, inert, raise_any
from compare.base.tables import Refers, Row, column, render, replace_files
from compare.codebook import book as codebook
from compare.codebook.book import Codebook, load_codebook
from compare.curated.comparability import Pair, compare_all
from compare.curated.derived import Derived, derive
from compare.curated.findings import Finding, find
from compare.curated.observations import (
    Conservation,
    Observation,
    harmonize,
    to_rows,
    unmatched,
    write_stubs,
)
from compare.documents.text import Document, load_documents
from compare.readings import numerals, readings
from compare.readings.agreement import (
    READERS,
    Adjudication,
    Agreement,
    Coding,
    CodingAdjudication,
    agreement,
    load_two_readings,
    verify_adjudicated,
)
from compare.readings.candidates import (
    Candidate,
    Explanation,
    Layout,
    cross_check,
    load_layouts,
    propose_prose,
    propose_tables,
    rank,
)
from compare.readings.readings import Reading, decimal, load_readings, typed, verify

CURATED = Path("data/curated")
SCRATCH = Path("build")


class Accounted(Row):
    """Where every reading and every numeral of a document went."""

    key = ("doc",)
    doc: Annotated[str, Refers("documents")] = column("document")
    sha256: str = column("checksum of the raw text", pattern="[0-9a-f]{64}")
    readings: str = column("statements read", pattern=r"\d+")
    observations: str = column("of these, in canonical terms", pattern=r"\d+")
    without_counterpart: str = column("declared without indicator", pattern=r"\d+")
    undecided: str = column("undecided in the crosswalk", pattern=r"\d+")
    numerals: str = column("numerals of the text", pattern=r"\d+")
    numerals_in_readings: str = column("of these, in a reading", pattern=r"\d+")
    numerals_excluded: str = column("of these, declared no statement", pattern=r"\d+")


CURATED_TABLES: Mapping[str, type[Row]] = {
    "observations": Observation,
    "derived": Derived,
    "reliability": Agreement,
    "accounts": Accounted,
    "findings": Finding,
    "comparability": Pair,
}


@dataclass(frozen=True)
class Checked:
    """Everything that was loaded and verified."""

    root: Path
    book: Codebook
    documents: Mapping[str, Document]
    readings: list[Reading]
    observations: list[Observation]
    derived: list[Derived]
    account: Mapping[str, Conservation]
    numerals: list[numerals.Account]
    agreement: list[Agreement]
    findings: list[Finding]
    pairs: list[Pair]


def check(root: Path) -> Checked:
    """Load everything, verify it, and compute the curated tables without writing.

    Raises
    ------
    Problems
        Every problem of codebook, documents, readings and crosswalk. Wordings
        without a crosswalk row are also written as stubs to ``build/unmatched.csv``.
    """
    book = load_codebook(root)
    documents, problems = load_documents(root, sorted(book.documents))
    rows, unread = load_readings(root, book.documents)
    exclusions, found = numerals.load_exclusions(root, book.documents, book)
    two, unsettled = load_two_readings(root, sorted(book.documents))
    for doc in book.documents:
        own = [row for row in rows if row.doc == doc]
        problems += codebook.check_codes(f"data/readings/{doc}.csv", own, book)
    problems += verify(rows, documents, book)
    problems += _check_damage(documents, book) + _check_files(root, book)
    problems += cross_check(root, documents, rows, book)
    incomplete = unread + found + unsettled
    raise_any(problems + incomplete if incomplete else [])
    accounts, missing = numerals.account(documents, rows, exclusions, book.words)
    problems += missing + verify_adjudicated(rows, book, two)
    mismatches = unmatched(rows, book)
    if mismatches:
        write_stubs(rows, book, root / SCRATCH / "unmatched.csv")
    raise_any(problems + mismatches)
    frame, account = harmonize(typed(rows, book.words), book)
    observations = to_rows(frame)
    wrong = _implausible(observations, book) + _not_observed(observations, book)
    raise_any(wrong + _lost(account))
    derived = derive(observations, book)
    return Checked(
        root,
        book,
        documents,
        rows,
        observations,
        derived,
        account,
        accounts,
        agreement(sorted(book.documents), two),
        find(observations, book),
        compare_all(observations, derived, book),
    )


def build(root: Path) -> tuple[Checked, list[Path]]:
    """Write the curated tables.

    Returns
    -------
    Checked, list of Path
        What was built from what, and the files whose bytes are new.

    Raises
    ------
    Problems
        As ``check``; then nothing is written.
    """
    checked = check(root)
    return checked, replace_files(curated_files(checked))


def curated_files(checked: Checked) -> dict[Path, bytes]:
    """Bytes of every curated file."""
    folder = checked.root / CURATED
    rows: Mapping[str, Sequence[Row]] = {
        "observations": checked.observations,
        "derived": checked.derived,
        "reliability": checked.agreement,
        "accounts": _accounted(checked),
        "findings": checked.findings,
        "comparability": checked.pairs,
    }
    files = {
        folder / f"{name}.csv": render(rows[name], model)
        for name, model in CURATED_TABLES.items()
    }
    files[folder / "datapackage.json"] = _data_package(checked)
    return files


def known_tables(root: Path) -> dict[Path, type[Row]]:
    """Every table that people edit, with its row model."""
    edited: dict[Path, type[Row]] = {
        root / codebook.FOLDER / f"{name}.csv": model
        for name, model in codebook.TABLES.items()
    }
    edited[root / codebook.FOLDER / "layouts.csv"] = Layout
    edited[root / codebook.FOLDER / "layout_differences.csv"] = Explanation
    folder = root / readings.FOLDER
    models: Mapping[str, type[Row]] = {
        ".": Reading,
        "r1": Reading,
        "r2": Reading,
        "exclusions": numerals.Exclusion,
        "adjudications": Adjudication,
    }
    for name, model in models.items():
        edited |= dict.fromkeys(sorted((folder / name).glob("*.csv")), model)
    for reader in READERS:
        edited[folder / reader / "crosswalk.csv"] = Coding
    edited[folder / "adjudications" / "crosswalk.csv"] = CodingAdjudication
    return edited


def format_tables(root: Path) -> list[Path]:
    """Put back what a spreadsheet does to the edited tables.

    Returns
    -------
    list of Path
        The files whose bytes are new.

    Raises
    ------
    Problems
        A file that cannot be put back; then nothing is written.
    """
    contents: dict[Path, bytes] = {}
    problems: list[Problem] = []
    for path, model in known_tables(root).items():
        name = path.relative_to(root).as_posix()
        try:
            contents[path] = tables.tidy(path.read_bytes(), model)
        except FileNotFoundError:
            problems.append(
                Problem(name, "no such file.", remedy="restore it from git.")
            )
        except UnicodeDecodeError:
            problems.append(
                Problem(
                    name,
                    "its text is not UTF-8.",
                    "a file saved as «CSV UTF-8».",
                    "open it again in the spreadsheet and save it as «CSV UTF-8».",
                )
            )
        except ValueError as error:
            problems.append(
                Problem(
                    f"{name} row 1",
                    f"{error}.",
                    ",".join(model.columns()) + ".",
                    "restore the header or the column.",
                )
            )
    raise_any(problems)
    return replace_files(contents)


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
    layouts, _ = load_layouts(root, book)
    raise_any(problems)
    marks = book.repairs(doc, "page_mark")
    units = {row.unit_stated for row in book.crosswalk if row.unit_stated}
    furniture = [pattern for pattern, _ in book.repairs(doc, "furniture")]
    candidates = [
        *propose_tables(documents[doc], layouts, book.words, marks),
        *propose_prose(documents[doc], book.words, layouts, units, furniture, marks),
    ]
    path = root / SCRATCH / f"proposals_{doc}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*Candidate.columns(), "indicators"])
        for row in sorted(candidates, key=Candidate.place):
            ranked = rank(row.label_stated, book.crosswalk, doc=doc)
            cells = [getattr(row, name) for name in Candidate.columns()]
            indicators = " ".join(item.indicator for item in ranked)
            writer.writerow(map(inert, [*cells, indicators]))
    return path


def _check_files(root: Path, book: Codebook) -> list[Problem]:
    """Check that every file of readings belongs to a declared document."""
    return [
        Problem(
            path.relative_to(root).as_posix(),
            f"no document is called {path.stem!r}.",
            "a row of data/codebook/documents.csv.",
            "add the row, or move the file away.",
        )
        for path in sorted((root / readings.FOLDER).glob("*.csv"))
        if path.stem not in book.documents
    ]


def _check_damage(documents: Mapping[str, Document], book: Codebook) -> list[Problem]:
    """Check that every declared damage occurs as often as it says."""
    problems = []
    for number, row in tables.numbered(book.damage):
        if row.doc not in documents:
            continue
        found = len(re.findall(row.pattern, documents[row.doc].text))
        if found != int(row.matches):
            problems.append(
                Problem(
                    f"data/codebook/damage.csv row {number}",
                    f"«{row.pattern}» occurs {found} times in {row.doc}.",
                    f"{row.matches}, as declared.",
                    "read the text again, then update or delete the row.",
                )
            )
    return problems


def _implausible(observations: list[Observation], book: Codebook) -> list[Problem]:
    problems = []
    for row in observations:
        indicator = book.indicators[row.indicator]
        low, high = decimal(indicator.lower), decimal(indicator.upper)
        lower, upper = decimal(row.lower), decimal(row.upper)
        below = low is not None and lower is not None and lower < low
        above = high is not None and upper is not None and upper > high
        if below or above:
            problems.append(
                Problem(
                    f"data/readings/{row.doc}.csv {row.id}, value",
                    f"{row.lower} to {row.upper} {row.unit} for {row.indicator}.",
                    f"{indicator.lower or '…'} to {indicator.upper or '…'}.",
                    "read the sentence again; correct the unit in the crosswalk, or "
                    "widen the bounds in indicators.csv.",
                )
            )
    return problems


def _not_observed(observations: list[Observation], book: Codebook) -> list[Problem]:
    """Headline values that are no observation."""
    known = {row.id for row in observations}
    return [
        Problem(
            f"data/codebook/headlines.csv {row.position}",
            f"{row.id} is no observation.",
            remedy="copy the id from data/curated/observations.csv.",
        )
        for row in book.headlines
        if row.id not in known
    ]


def _lost(accounts: Mapping[str, Conservation]) -> list[Problem]:
    return [
        Problem(
            f"data/readings/{doc}.csv",
            f"{account.readings} readings, but {account.observations} observations, "
            f"{account.without_counterpart} without counterpart and "
            f"{account.undecided} undecided.",
            "every reading in exactly one of the three.",
            "report it: this is a fault of the program.",
        )
        for doc, account in accounts.items()
        if not account.holds()
    ]


def _accounted(checked: Checked) -> list[Accounted]:
    return [
        Accounted(
            doc=numerals.doc,
            sha256=checked.documents[numerals.doc].sha256,
            readings=str(kept.readings),
            observations=str(kept.observations),
            without_counterpart=str(kept.without_counterpart),
            undecided=str(kept.undecided),
            numerals=str(numerals.numerals),
            numerals_in_readings=str(numerals.in_readings),
            numerals_excluded=str(sum(numerals.excluded.values())),
        )
        for numerals in checked.numerals
        for kept in [checked.account[numerals.doc]]
    ]


def _data_package(checked: Checked) -> bytes:
    """Frictionless description of the curated tables, made from their models."""
    resources = tables.data_dictionary(
        {f"{name}.csv": model for name, model in CURATED_TABLES.items()}
    )
    package = {
        "name": "compare",
        "title": "What five Chinese places promise for the old and the very young",
        "description": "Statements of five plans in canonical terms, each with the "
        "verbatim sentence and its position.",
        "sources": [
            {
                "title": source.title,
                "path": f"../raw/{doc}.txt",
                "sha256": checked.documents[doc].sha256,
            }
            for doc, source in checked.book.documents.items()
        ],
        "resources": resources,
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8")
