"""Documents: every reading counted, every absence named, every group explained."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from drawn import beyond, pixels

from compare.base.problems import Problems
from compare.project import Project
from compare.topics import documents
from compare.views.coverage import STATED, coverage
from compare.views.show import CITED
from compare.views.tables import grouped, statements
from compare.views.words import Words

SHARE = "nursing_bed_share"
TABLES: dict[str, Callable[[Project, Words], pd.DataFrame]] = {
    "documents": documents.documents,
    "in_short": documents.in_short,
    "coverage_table": lambda project, words: documents.coverage_table(
        project, project.book.families, words
    ),
    "trackable": documents.trackable,
    "by_status": documents.by_status,
    "colophon": documents.colophon,
    "reliability": documents.reliability,
    "headlines": documents.headlines,
    "rubric": documents.rubric,
    "groups": lambda project, words: documents.groups(project, SHARE, "target", words),
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def english(project: Project) -> Words:
    return Words(project.book)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_ready_to_be_shown(
    name: str, language: str, project: Project
) -> None:
    words = Words(project.book, language)
    frame = TABLES[name](project, words)
    assert len(frame) > 0
    assert frame.index.tolist() == list(range(len(frame)))
    assert frame.columns.is_unique
    assert not frame.isna().any(axis=None)
    pd.testing.assert_frame_equal(frame, TABLES[name](project, words))
    if language == "zh":
        heads = set(map(str, frame)) - {"SHA-256"}
        assert not [head for head in heads if not CHINESE.search(head)]


@pytest.mark.parametrize("name", ["documents", "in_short", "trackable"])
def test_plans_stand_in_the_order_of_places(
    name: str, project: Project, english: Words
) -> None:
    frame = TABLES[name](project, english)
    places = [project.book.place(doc).both for doc in project.book.order]
    assert frame["Place 地区"].tolist() == places


def test_a_date_that_is_not_printed_is_said(project: Project, english: Words) -> None:
    for show in (documents.documents, documents.in_short):
        signed = show(project, english)["Signed"].tolist()
        sources = [project.book.documents[doc] for doc in project.book.order]
        assert signed == [row.date_signed or "not printed" for row in sources]
        assert "not printed" in signed


def test_the_coverage_table_has_a_column_for_each_plan(
    project: Project, english: Words
) -> None:
    wide = documents.coverage_table(project, ["childcare"], english)
    names = [project.book.place(doc).short_en for doc in project.book.order]
    assert wide.columns.tolist() == ["Indicator 指标", *names]
    assert set(wide["Jingdezhen"]) == {"out of scope"}
    assert len(wide) == coverage(project, "childcare")["indicator"].nunique()


@pytest.mark.parametrize("name", ["coverage_table", "by_status"])
def test_two_plans_of_a_place_have_a_column_each(
    name: str, project: Project, twice: Project
) -> None:
    once = TABLES[name](project, Words(project.book))
    table = TABLES[name](twice, Words(twice.book))
    assert table.columns.is_unique
    places = {place.short_en for place in project.book.places.values()}
    plans = len(places & set(once))
    assert len(table.columns) == len(once.columns) + plans
    assert sum("(" in str(head) for head in table) == 2 * plans


def test_progress_is_counted_where_both_ends_are_stated(
    project: Project, english: Words
) -> None:
    shown = documents.trackable(project, english)
    states = coverage(project).groupby("doc")["state"]
    stated = states.agg(lambda own: own.isin(STATED).sum())
    both = states.agg(lambda own: (own == "both").sum())
    order = project.book.order
    assert shown["Indicators stated"].tolist() == stated[order].tolist()
    assert shown["With baseline and target"].tolist() == both[order].tolist()


def test_every_observation_is_counted_by_its_status(
    project: Project, english: Words
) -> None:
    table = documents.by_status(project, english)
    assert table["Status"].iloc[-1] == "All"
    assert table["All"].iloc[-1] == len(project.observations)
    counts = table.drop(columns=["Status", "All"])
    assert len(counts.columns) == len(project.book.documents)
    assert (counts.sum(axis=1) == table["All"]).all()
    assert (counts.iloc[:-1].sum() == counts.iloc[-1]).all()


def test_the_colophon_accounts_for_every_reading(
    project: Project, english: Words
) -> None:
    frame = documents.colophon(project, english)
    assert frame["Readings"].iloc[-1] == len(project.readings)
    assert frame["Observed"].iloc[-1] == len(project.observations)
    parts = frame[["Observed", "No match", "Undecided"]].sum(axis=1)
    assert (parts == frame["Readings"]).all()
    assert (frame["In readings"] + frame["Excluded"] == frame["Numerals"]).all()
    for checksum, doc in zip(frame["SHA-256"], project.book.order, strict=False):
        assert len(checksum) == 8
        assert project.documents[doc].sha256.startswith(checksum)


def test_agreement_without_an_alpha_is_undefined(
    project: Project, english: Words
) -> None:
    frame = documents.reliability(project, english)
    assert frame["Agreement on"].iloc[0] == "found by both"
    cells = frame.drop(columns="Agreement on").to_numpy().tolist()
    assert all(re.fullmatch(r"\d+\.\d%", cell) for cell in cells[0])
    told = [cell for row in cells[1:] for cell in row]
    assert all(re.fullmatch(r"\d+\.\d% \(\d\.\d\d\)", cell) for cell in told)
    constant = replace(project, reliability=project.reliability.assign(alpha=""))
    shown = documents.reliability(constant, english).iloc[1:, 1:].to_numpy().ravel()
    assert all(cell.endswith("% (undefined)") for cell in shown)


def test_headline_values_are_linked_and_stand_where_it_says(
    project: Project, english: Words
) -> None:
    frame = documents.headlines(project, english)
    rows = zip(frame.to_dict("records"), project.book.headlines, strict=True)
    for shown, line in rows:
        cited = CITED.fullmatch(shown["Value"])
        assert cited and cited[2] == line.id
        first, last = map(int, shown["Characters"].split("–"))
        text = project.documents[line.id.partition(":")[0]].text[first:last]
        quote = shown["Quote, and our gloss"]
        assert quote == f"{text.replace(chr(10), '')} ({line.gloss_en})"


def test_the_rubric_has_every_rule_in_force(project: Project, english: Words) -> None:
    frame = documents.rubric(project, english)
    states = project.book.facets.values()
    rows = [row for of in states for row in of.values()]
    signs = {"B": "≈ compare with care", "C": "≠ not comparable"}
    shown = {
        (facet, sign): why
        for facet, sign, why in frame.itertuples(index=False, name=None)
    }
    assert len(shown) == len(frame) == len({(row.facet, row.grade) for row in rows})
    for row in rows:
        why = shown[english.label("facet", row.facet), signs[row.grade]]
        assert row.reason_en.replace("$own", "this").replace("$other", "that") in why
    severity = {english.label("facet", row.facet): int(row.severity) for row in rows}
    assert frame["Facet"].map(severity).is_monotonic_increasing


@pytest.mark.parametrize("kind", ["baseline", "target"])
def test_a_table_of_groups_lists_every_statement_comparable_ones_first(
    project: Project, english: Words, kind: str
) -> None:
    frame = documents.groups(project, [SHARE], kind, english)
    order = ["=", "≈", "≠"]
    signs = [order.index(cell[0]) for cell in frame["Comparison"]]
    assert signs == sorted(signs)
    stated = {
        row["group"]
        for row in grouped(project, statements(project, [SHARE])).to_dict("records")
        if row["kind"] == kind
    }
    assert len(set(signs)) == len(stated)


def test_an_unknown_kind_or_indicator_is_a_problem(
    project: Project, english: Words
) -> None:
    with pytest.raises(Problems, match="write 'target'"):
        documents.groups(project, SHARE, "targets", english)
    with pytest.raises(Problems, match=f"write '{SHARE}'"):
        documents.groups(project, f"{SHARE}s", "target", english)


def test_the_coverage_matrix_has_one_cell_for_each_state(project: Project) -> None:
    frame = coverage(project, ["nursing", "childcare"])
    figure = documents.plot_coverage(project, frame)
    (axes,) = figure.axes
    cells = [axes.transData.inverted().transform(p.get_extents()) for p in axes.patches]
    assert len(cells) == len(frame)
    signs = {code: row.definition for code, row in project.book.codes["state"].items()}
    drawn = {
        (round(text.get_position()[0]), round(text.get_position()[1])): text.get_text()
        for text in axes.texts
    }
    indicators = frame["indicator"].unique().tolist()
    for row in frame.to_dict("records"):
        place = project.book.order.index(row["doc"]), indicators.index(row["indicator"])
        assert drawn[place] == signs[row["state"]]
    (legend,) = figure.legends
    assert len(legend.get_texts()) == frame["state"].nunique()


@pytest.mark.parametrize("least", [1, 2, 3, 4])
def test_words_and_key_of_the_coverage_matrix_stand_on_its_paper(
    project: Project, least: int
) -> None:
    figure = documents.plot_coverage(project, coverage(project, least=least))
    pixels(figure)
    assert beyond(figure) == []
