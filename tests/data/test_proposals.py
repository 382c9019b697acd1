"""Proposals by rule, held against what people signed in the real plans.

``floors.csv`` holds what the rules reached when units and patterns came from the other
documents only, as for a new one: recall of digits, recall of all, precision.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import table
from readings.fit import measure

from compare.codebook.models import NO_TERM
from compare.curated.build import Checked
from compare.documents.text import NEWLINE
from compare.readings.candidates import Candidate, suggest
from compare.readings.layouts import propose_tables
from compare.readings.plan import Plan
from compare.readings.prose import propose_prose

from .conftest import World

FLOORS = {row["doc"]: row for row in table(Path(__file__).with_name("floors.csv"))}
Plans = Mapping[str, Plan]


@pytest.fixture(scope="module")
def plans(checked: Checked) -> Plans:
    return {one.plan.doc: one.plan for one in checked.plans}


def prose_of(doc: str, plans: Plans, checked: Checked) -> list[Candidate]:
    """Read a document as if it were new: only the others' units and patterns."""
    book = checked.book
    others = [row for row in book.crosswalk if row.subject_source != doc]
    skip = [
        row.pattern
        for other, plan in plans.items()
        for row in plan.exclusions
        if other != doc
    ]
    skip += [pattern for pattern, _ in book.repairs(doc, "furniture")]
    known = dataclasses.replace(book, crosswalk=others)
    return propose_prose(plans[doc].document, known, skip=skip)


@pytest.mark.parametrize("doc", FLOORS)
def test_prose_candidates_do_not_fall_behind(
    doc: str, plans: Plans, checked: Checked
) -> None:
    laid_out = {row.in_table for row in checked.book.layouts if row.doc == doc}
    signed = [row for row in plans[doc].readings if row.in_table not in laid_out]
    found = dataclasses.asdict(measure(prose_of(doc, plans, checked), signed)[doc])
    names = ("recall", "recall_of_all", "precision")
    fallen = [name for name in names if found[name] < float(FLOORS[doc][name])]
    assert not fallen, f"{doc}: {found}, floors {FLOORS[doc]}"


def test_every_table_of_many_rows_has_a_layout(world: World) -> None:
    sizes = Counter((row.doc, row.in_table) for row in world.readings if row.in_table)
    laid_out = {(row.doc, row.in_table) for row in world.book.layouts}
    assert {table for table, size in sizes.items() if size > 10} <= laid_out


def test_every_table_with_a_layout_is_read_as_it_is_signed(world: World) -> None:
    explained = {row.id for row in world.book.layout_differences}
    for one in world.checked.plans:
        proposed = propose_tables(one.plan.document, world.book)
        tables = {row.in_table for row in proposed}
        signed = [row for row in one.plan.readings if row.in_table in tables]
        assert [row.id for row in proposed] == [row.id for row in signed]
        for left, right in zip(proposed, signed, strict=True):
            cells = {name: getattr(right, name) for name in Candidate.columns()}
            assert left.id in explained or left.model_dump() == cells


def test_a_candidate_stands_where_it_says(plans: Plans, checked: Checked) -> None:
    for doc, plan in plans.items():
        text = plan.document.text
        tables = propose_tables(plan.document, checked.book)
        for row in [*tables, *prose_of(doc, plans, checked)]:
            start, end = int(row.quote_start), int(row.quote_end)
            offset = int(row.id.split(":")[1].removesuffix(".blank"))
            assert text[start:end] == row.quote.replace(NEWLINE, "\n"), row.id
            assert text.startswith(row.value_stated, offset), row.id
            assert start <= offset <= end - len(row.value_stated), row.id


def test_suggestions_find_the_indicator_of_most_wordings_of_other_documents(
    checked: Checked,
) -> None:
    accepted = [
        row
        for row in checked.book.crosswalk
        if row.status == "accepted" and row.object_id != NO_TERM
    ]
    homes: dict[str, set[str]] = {}
    for row in accepted:
        homes.setdefault(row.object_id, set()).add(row.subject_source)
    shared = [row for row in accepted if len(homes[row.object_id]) > 1]
    hits = [
        row.object_id
        in {
            found.indicator
            for found in suggest(row.subject_label, accepted, doc=row.subject_source)
        }
        for row in shared
    ]
    share = sum(hits) / len(hits)
    assert share >= 0.8, f"{share:.3f} of {len(hits)} wordings among the first three"
