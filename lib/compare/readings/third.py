"""Third: what the wordings mean to a reader who does not know the codebook.

In: the labels that ``r3`` gave every wording freely, and their groups across places.
Out: how far groups and crosswalk agree, and a problem for each compared wording that
the third reading puts elsewhere and nobody settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path

from compare.base import tables
from compare.base.problems import Problem
from compare.base.tables import column
from compare.codebook.book import Codebook
from compare.codebook.models import COMPARED, Worded
from compare.readings.readings import FOLDER

LABELS = FOLDER / "r3" / "crosswalk.csv"
SETTLED = FOLDER / "adjudications" / "groups.csv"


class Label(Worded):
    """What a wording means to a reader who does not know the codebook."""

    label: str = column("what is measured, in free words")
    group: str = column("group of labels that mean the same", pattern=r"g\d+")
    comment: str = column("doubt", empty=True)


class Settled(Worded):
    """Why a wording keeps its indicator though the third reading puts it elsewhere."""

    reason: str = column("why")


@dataclass(frozen=True)
class ThirdReading:
    """How far the groups of the third reading and the crosswalk agree.

    Parameters
    ----------
    wordings
        Wordings that the crosswalk compares and the third reading labelled.
    groups
        How many groups they form.
    rand
        Adjusted Rand index of groups and indicators: 1 is the same partition, 0 chance.
    elsewhere
        Labels of the wordings that stand outside the main group of their indicator, or
        whose group is mainly another indicator's.
    """

    wordings: int
    groups: int
    rand: float
    elsewhere: Sequence[Label]

    def __str__(self) -> str:
        """One line for the command line."""
        return (
            f"third reading: {self.wordings} wordings in {self.groups} groups, "
            f"adjusted Rand index {self.rand:.2f}, {len(self.elsewhere)} differences, "
            "all settled"
        )


def third_reading(
    root: Path, book: Codebook
) -> tuple[ThirdReading | None, list[Problem]]:
    """Hold the third reading of a project against its crosswalk, where there is one.

    Returns
    -------
    ThirdReading or None, list of Problem
        None without a third reading; a problem for each difference that nobody
        settled, and for each reason that settles none.
    """
    if not (root / LABELS).is_file():
        return None, []
    labels, problems = tables.read(root / LABELS, Label, root)
    settled, found = tables.read(root / SETTLED, Settled, root)
    compared = {
        row.wording: row.object_id
        for row in book.crosswalk
        if row.status == "accepted" and row.predicate_id in COMPARED
        if row.object_id in book.indicators
    }
    both = [(row, compared[row.wording]) for row in labels if row.wording in compared]
    pairs = [(row.group, indicator) for row, indicator in both]
    home = _mainly(pairs, lambda pair: pair[1])
    meant = _mainly(pairs, lambda pair: pair[0])
    elsewhere = [
        row
        for row, indicator in both
        if home[indicator][0] != row.group or meant[row.group][1] != indicator
    ]
    groups = len({group for group, _ in pairs})
    third = ThirdReading(len(pairs), groups, adjusted_rand(pairs), elsewhere)
    return third, [*problems, *found, *_unsettled(elsewhere, settled)]


def adjusted_rand(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Compute the adjusted Rand index (Hubert and Arabie 1985) of two partitions.

    ``pairs`` are the two groups of each thing; alike partitions give 1, chance 0.

    Examples
    --------
    >>> adjusted_rand([("a", 1), ("a", 1), ("b", 2), ("b", 2)])
    1.0
    >>> round(adjusted_rand([("a", 1), ("a", 1), ("b", 1), ("b", 2)]), 2)
    0.0
    """
    together = sum(comb(count, 2) for count in Counter(pairs).values())
    left = sum(comb(n, 2) for n in Counter(one for one, _ in pairs).values())
    right = sum(comb(n, 2) for n in Counter(other for _, other in pairs).values())
    chance = left * right / max(comb(len(pairs), 2), 1)
    most = (left + right) / 2
    return 1.0 if most == chance else (together - chance) / (most - chance)


def _mainly(
    pairs: Sequence[tuple[str, str]], key: Callable[[tuple[str, str]], str]
) -> dict[str, tuple[str, str]]:
    """Give the pair that occurs most often for each key; on a tie the first."""
    counted = Counter(pairs)
    ranked = sorted(counted, key=lambda pair: (-counted[pair], pair))
    return {key(pair): pair for pair in reversed(ranked)}


def _unsettled(
    elsewhere: Sequence[Label], settled: Sequence[Settled]
) -> Iterator[Problem]:
    open_rows = {row.wording: row for row in elsewhere}
    reasons = {row.wording: number for number, row in tables.numbered(settled)}
    for wording in open_rows.keys() - reasons.keys():
        row = open_rows[wording]
        yield Problem(
            f"{LABELS.as_posix()} {row.subject_source}, group",
            f"«{row.subject_label}» is {row.group} ({row.label[:60]}), apart from the "
            "other wordings of its indicator.",
            "the same groups, or a reason.",
            f"judge the match again, or write why to {SETTLED.as_posix()}.",
        )
    for wording in reasons.keys() - open_rows.keys():
        where = f"{SETTLED.as_posix()} row {reasons[wording]}"
        what = f"«{wording[1]}» is no difference any more."
        yield Problem(where, what, "a reason for a difference.", "delete the row.")
