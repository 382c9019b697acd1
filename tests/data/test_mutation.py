"""What the check catches: change cells of real readings, remove rows, and see.

The share that is caught is printed (``pytest -s``), and so is what the raw text alone
cannot contradict.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest

from compare.base.problems import Problem
from compare.codebook.book import Codebook
from compare.readings.agreement import verify_adjudicated
from compare.readings.numerals import tally
from compare.readings.plan import Plan
from compare.readings.readings import Reading, verify

from .conftest import World

pytestmark = pytest.mark.slow

EVERY = 5
UNITS = ("%", "张", "個", "人", "家")
COMPARATORS = ("=", ">=", "<", "~")
BY_TEXT = ("value", "value_stated", "comparator", "quote_start", "quote_end", "id")


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


def unsettled(plan: Plan, rows: Sequence[Reading], book: Codebook) -> list[Problem]:
    """What the two readings say against other final rows."""
    own = book.only(plan.doc)
    return list(verify_adjudicated(plan.doc, rows, own, plan.two))


def uncounted(plan: Plan, rows: Sequence[Reading], book: Codebook) -> list[Problem]:
    """What the numerals of the text say against other final rows."""
    return list(tally(plan.document, rows, plan.exclusions, book.words)[1])


def names(problems: Sequence[Problem], row: Reading) -> bool:
    """Whether a problem names the numeral, or the label of a blank cell."""
    wanted = row.value_stated or row.label_stated
    return any(wanted in problem.what for problem in problems)


def test_changed_cells_are_caught(world: World) -> None:
    tried: Counter[str] = Counter()
    by_text: Counter[str] = Counter()
    missed = []
    for one in world.checked.plans:
        plan, rows = one.plan, one.plan.readings
        for place, row in list(enumerate(rows))[::EVERY]:
            for field, changed in mutations(row):
                tried[field] += 1
                if verify([changed], plan.document, world.book):
                    by_text[field] += 1
                    continue
                altered = [*rows[:place], changed, *rows[place + 1 :]]
                if not unsettled(plan, altered, world.book):
                    missed.append((row.id, field))
    for field, count in tried.items():
        print(f"{field}: the raw text contradicts {by_text[field]} of {count} changes")
    total, text = sum(tried.values()), sum(by_text.values())
    print(f"caught {total - len(missed)} of {total}: {text} by the raw text alone, the")
    print("rest by the two readings. The raw text alone cannot contradict another")
    print("year that the document names, or a unit that its words happen to hold.")
    assert tried and not missed
    for field in BY_TEXT:
        assert by_text[field] == tried[field], field


@pytest.mark.slow
def test_removing_any_reading_is_caught_and_named(world: World) -> None:
    by_numeral, unnamed = 0, []
    for one in world.checked.plans:
        plan = one.plan
        for row in plan.readings:
            rest = [other for other in plan.readings if other.id != row.id]
            missing = uncounted(plan, rest, world.book)
            by_numeral += bool(missing)
            if not names([*missing, *unsettled(plan, rest, world.book)], row):
                unnamed.append(row.id)
    total = len(world.readings)
    print(f"{by_numeral} of {total} removals leave a numeral unaccounted for; the")
    print("others are second statements of a number, blank cells and universals, which")
    print("the two readings name.")
    assert not unnamed
    assert by_numeral > 0.9 * total


def test_removing_any_exclusion_is_caught_and_named(world: World) -> None:
    for one in world.checked.plans:
        plan = one.plan
        for place, _ in enumerate(plan.exclusions):
            rest = [*plan.exclusions[:place], *plan.exclusions[place + 1 :]]
            spoilt = dataclasses.replace(plan, exclusions=rest)
            problems = uncounted(spoilt, plan.readings, world.book)
            assert any("the numeral «" in problem.what for problem in problems)
