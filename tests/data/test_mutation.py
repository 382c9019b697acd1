"""What the check catches: change cells of real readings, remove rows, and see.

The share that is caught is printed (``pytest -s``), and so is what the raw text alone
cannot contradict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from compare.base.problems import Problem
from compare.codebook.book import Codebook, find_root, load_codebook
from compare.documents.text import Document, load_documents
from compare.readings.agreement import (
    TwoReadings,
    load_two_readings,
    verify_adjudicated,
)
from compare.readings.numerals import Exclusion, account, load_exclusions
from compare.readings.readings import Reading, load_readings, verify

ROOT = find_root(Path(__file__).parents[2])
EVERY = 5
UNITS = ("%", "张", "個", "人", "家")
COMPARATORS = ("=", ">=", "<", "~")


@pytest.fixture(scope="module")
def book() -> Codebook:
    return load_codebook(ROOT)


@pytest.fixture(scope="module")
def documents(book: Codebook) -> dict[str, Document]:
    return load_documents(ROOT, sorted(book.documents))[0]


@pytest.fixture(scope="module")
def rows(book: Codebook) -> list[Reading]:
    return load_readings(ROOT, book.documents)[0]


@pytest.fixture(scope="module")
def two(book: Codebook) -> TwoReadings:
    return load_two_readings(ROOT, sorted(book.documents))[0]


@pytest.fixture(scope="module")
def exclusions(book: Codebook) -> dict[str, list[Exclusion]]:
    return load_exclusions(ROOT, book.documents, book)[0]


def mutations(row: Reading) -> Iterator[tuple[str, Reading]]:
    """Change one cell of a row at a time, each to something that could be a slip."""
    if row.value:
        changed = str(Decimal(row.value) + 1)
        yield "value", row.model_copy(update={"value": changed})
        printed = row.value_stated.replace("1", "7").replace("0", "1")
        if printed != row.value_stated:
            yield "value_stated", row.model_copy(update={"value_stated": printed})
    unit = next(unit for unit in UNITS if unit != row.unit_stated)
    yield "unit_stated", row.model_copy(update={"unit_stated": unit})
    period = "2024" if row.time_period != "2024" else "2023"
    yield "time_period", row.model_copy(update={"time_period": period})
    comparator = next(code for code in COMPARATORS if code != row.comparator)
    yield "comparator", row.model_copy(update={"comparator": comparator})
    start, end = int(row.quote_start), int(row.quote_end)
    yield "quote_start", row.model_copy(update={"quote_start": str(start + 1)})
    yield "quote_end", row.model_copy(update={"quote_end": str(end - 1)})
    moved = row.id.replace(str(row.offset), str(row.offset + 1), 1)
    yield "id", row.model_copy(update={"id": moved})


def test_changed_cells_are_caught(
    rows: list[Reading],
    book: Codebook,
    documents: dict[str, Document],
    two: TwoReadings,
) -> None:
    tried: Counter[str] = Counter()
    by_text: Counter[str] = Counter()
    missed = []
    for place, row in list(enumerate(rows))[::EVERY]:
        for field, changed in mutations(row):
            tried[field] += 1
            if verify([changed], documents, book):
                by_text[field] += 1
            else:
                altered = [*rows[:place], changed, *rows[place + 1 :]]
                if not verify_adjudicated(altered, book, two):
                    missed.append((row.id, field))
    for field, count in tried.items():
        print(f"{field}: the raw text contradicts {by_text[field]} of {count} changes")
    total, text = sum(tried.values()), sum(by_text.values())
    print(f"caught {total - len(missed)} of {total}: {text} by the raw text alone, the")
    print("rest by the two readings. The raw text alone cannot contradict another")
    print("year that the document names, or a unit that its words happen to hold.")
    assert total >= 200
    assert not missed
    for field in (
        "value",
        "value_stated",
        "comparator",
        "quote_start",
        "quote_end",
        "id",
    ):
        assert by_text[field] == tried[field], field


def _own(rows: Sequence[Reading], doc: str) -> list[Reading]:
    return [row for row in rows if row.doc == doc]


def _names(problems: Sequence[Problem], row: Reading) -> bool:
    """Whether a problem names the numeral, or the label of a blank cell."""
    wanted = row.value_stated or row.label_stated
    return any(wanted in problem.what for problem in problems)


def test_removing_any_reading_is_caught_and_named(
    rows: list[Reading],
    book: Codebook,
    documents: dict[str, Document],
    exclusions: dict[str, list[Exclusion]],
    two: TwoReadings,
) -> None:
    by_numeral, unnamed = 0, []
    for row in rows:
        rest = [other for other in rows if other.id != row.id]
        document = {row.doc: documents[row.doc]}
        _, missing = account(document, _own(rest, row.doc), exclusions, book.words)
        by_numeral += bool(missing)
        if not _names([*missing, *verify_adjudicated(rest, book, two)], row):
            unnamed.append(row.id)
    print(f"{by_numeral} of {len(rows)} removals leave a numeral unaccounted for; the")
    print("others are second statements of a number, blank cells and universals, which")
    print("the two readings name.")
    assert not unnamed
    assert by_numeral > 0.9 * len(rows)


def test_removing_any_exclusion_is_caught_and_named(
    rows: list[Reading],
    book: Codebook,
    documents: dict[str, Document],
    exclusions: dict[str, list[Exclusion]],
) -> None:
    for doc, declared in exclusions.items():
        document = {doc: documents[doc]}
        for place, _ in enumerate(declared):
            rest = {doc: [*declared[:place], *declared[place + 1 :]]}
            _, problems = account(document, _own(rows, doc), rest, book.words)
            assert any("the numeral «" in problem.what for problem in problems)
