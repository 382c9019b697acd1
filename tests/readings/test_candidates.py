"""Candidates: ranked by judged wordings, measured against signed readings."""

from compare.codebook.book import Codebook
from compare.codebook.models import NO_TERM
from compare.curated.build import Checked
from compare.readings.candidates import Candidate, suggest
from compare.readings.readings import Reading
from readings.fit import Fit, measure


def candidate(row: Reading) -> Candidate:
    """What a rule would propose for a signed reading."""
    return Candidate.of({name: getattr(row, name) for name in Candidate.columns()})


def test_agreement_counts_each_position_once(toy_checked: Checked) -> None:
    rows = toy_checked.plans[1].plan.readings
    one = next(row for row in rows if row.value_stated == "50")
    again = one.model_copy(update={"id": f"{one.id}.2"})
    words = next(row for row in rows if row.in_words)
    found = measure([candidate(one)], [one, again, words])
    assert found == {"yiqiao": Fit(1, 2, recall=1.0, recall_of_all=0.5, precision=1.0)}
    assert measure([], [one, again])["yiqiao"] == Fit(0, 1, 0.0, 0.0, 0.0)


def test_a_suggestion_names_the_wording_of_another_document(
    toy_book: Codebook,
) -> None:
    label = "每千人口擁有托位數"
    own, *_ = suggest(label, toy_book.crosswalk)
    other, *_ = suggest(label, toy_book.crosswalk, doc=own.doc)
    assert (own.score, own.label, own.doc) == (1.0, label, "yiqiao")
    assert other.doc == "jiachuan" and other.score < 1.0
    assert other.indicator == own.indicator == "childcare_slots_per_1000_residents"


def test_neither_refused_judgements_nor_no_term_are_suggested(
    toy_book: Codebook,
) -> None:
    refused = [row for row in toy_book.crosswalk if row.status != "accepted"]
    unmatched = [row for row in toy_book.crosswalk if row.object_id == NO_TERM]
    assert {row.status for row in refused} == {"rejected", "unsure"} and unmatched
    for row in [*refused, *unmatched]:
        assert suggest(row.subject_label, [row]) == []
    assert suggest("", toy_book.crosswalk) == []
    assert len(suggest("养老床位", toy_book.crosswalk, limit=5)) == 5
