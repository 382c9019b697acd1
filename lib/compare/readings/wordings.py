"""Wordings: one decision for one word, in all plans.

In: the final rows and the decisions of every plan, and the crosswalk. Out: a problem
for each word that is kept in one row and dropped from another without a ruling that
both cite, and for each that makes a wording narrower or wider than its indicator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from compare.base import tables
from compare.base.problems import Problem
from compare.codebook.book import Codebook
from compare.codebook.checks import HERE
from compare.codebook.models import COMPARED
from compare.documents.text import fold
from compare.readings.agreement import decisions
from compare.readings.plan import Plan

CONDITIONS = (
    *("hedge_stated", "unit_stated", "scope_stated", "area_stated", "base_stated"),
    *("ownership_stated", "flow_stated", "commitment_stated"),
)
RULING = re.compile(r"R\d+")
Reasons = Mapping[str, str]


def check_wordings(plans: Iterable[Plan]) -> Iterator[Problem]:
    """Find words that were decided two ways, in one document or in two.

    A word is kept where a row has it in a column of a condition, and dropped where a
    reader wrote it there and the decision is an empty cell. Both stand only where the
    decisions on all of these rows cite one ruling.
    """
    kept: dict[tuple[str, str], dict[str, str]] = {}
    dropped: dict[tuple[str, str], dict[str, str]] = {}
    for plan in plans:
        for field, word, id, reason in _kept(plan):
            kept.setdefault((field, word), {})[id] = reason
        for field, word, id, reason in _dropped(plan):
            dropped.setdefault((field, word), {})[id] = reason
    for key in sorted(dropped.keys() & kept.keys()):
        reasons = [*dropped[key].values(), *kept[key].values()]
        if not set.intersection(*(set(RULING.findall(why)) for why in reasons)):
            yield _decided_twice(*key, dropped[key], kept[key])


def check_qualifiers(book: Codebook) -> Iterator[Problem]:
    """Find wordings that are compared though they say more or less than the indicator.

    A word of the list ``qualifier`` that stands only in the wording, or only in the
    indicator's name, makes the wording narrower or wider; a ruling may say otherwise.
    """
    qualifiers = book.codes.get("qualifier", {}).keys()
    for number, row in tables.numbered(book.crosswalk):
        indicator = book.indicators.get(row.object_id)
        accepted = row.status == "accepted" and row.predicate_id in COMPARED
        if not (indicator and accepted) or row.ruling:
            continue
        said = fold(row.subject_label + row.scope_stated)
        known = fold(indicator.label_zh + indicator.includes)
        for word in sorted(qualifiers):
            if (word in said) != (word in known):
                here = "wording" if word in said else "indicator"
                yield Problem(
                    f"{HERE}/crosswalk.csv row {number}, predicate_id",
                    f"{row.predicate_id!r}, but «{word}» stands in the {here} only.",
                    "a match that is not compared, or a ruling that says why it is.",
                    "read the sentence; judge it broad or narrow, or cite a ruling.",
                )


def _kept(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """Column, word, reading and reason for each word that stands in a row."""
    for row in plan.readings:
        for field in CONDITIONS:
            if word := fold(getattr(row, field)):
                decision = plan.two.adjudications.get((row.id, field))
                yield field, word, row.id, decision.reason if decision else ""


def _dropped(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """Column, word, reading and reason for each word that was decided away."""
    for (id, field), decision in plan.two.adjudications.items():
        if field in CONDITIONS and not decision.decision:
            for word in sorted({fold(decision.r1), fold(decision.r2)} - {""}):
                yield field, word, id, decision.reason


def _decided_twice(field: str, word: str, dropped: Reasons, kept: Reasons) -> Problem:
    first = next(iter(dropped))
    return Problem(
        f"{decisions(first.partition(':')[0])} {first}, {field}",
        f"«{word}» is dropped at {_some(dropped)} and kept at {_some(kept)}.",
        "one decision for a word, or one ruling that the reasons of all rows cite.",
        "decide alike, or write the ruling to DECISIONS.md and cite it in each reason.",
    )


def _some(rows: Reasons) -> str:
    """Name the first three of some readings, and how many more there are."""
    ids: Sequence[str] = list(rows)
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return f"{', '.join(ids[:3])}{more}"
