"""How well what the rules propose meets what people signed."""

from collections.abc import Iterable
from dataclasses import dataclass

from compare.readings.candidates import Candidate, has_digit
from compare.readings.readings import Reading


@dataclass(frozen=True)
class Fit:
    """How the prose candidates of one document meet its signed readings.

    Parameters
    ----------
    candidates, signed
        How many positions each side has.
    recall, recall_of_all
        Part of the signed values that is proposed: of those with digits, of all.
    precision
        Part of the candidates that is signed.
    """

    candidates: int
    signed: int
    recall: float
    recall_of_all: float
    precision: float


def measure(
    candidates: Iterable[Candidate], readings: Iterable[Reading]
) -> dict[str, Fit]:
    """Hold prose candidates against signed readings of prose, by value position.

    Returns
    -------
    dict of Fit
        By document, in the order of the readings.
    """
    proposed: dict[str, set[int]] = {}
    for candidate in candidates:
        doc, _, offset = candidate.id.partition(":")
        proposed.setdefault(doc, set()).add(int(offset))
    signed: dict[str, set[int]] = {}
    digits: dict[str, set[int]] = {}
    for row in readings:
        signed.setdefault(row.doc, set()).add(row.offset)
        if has_digit(row.value_stated):
            digits.setdefault(row.doc, set()).add(row.offset)
    agreements = {}
    for doc, every in signed.items():
        ours, printed = proposed.get(doc, set()), digits.get(doc, set())
        agreements[doc] = Fit(
            len(ours),
            len(every),
            len(ours & printed) / max(len(printed), 1),
            len(ours & every) / len(every),
            len(ours & every) / max(len(ours), 1),
        )
    return agreements
