"""Wordings: one decision for one word, in all plans.

In: the final rows and the decisions of every plan. Out: a problem for each word that
is kept in one row and dropped from another without a ruling that both cite.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from compare.base.problems import Problem
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
