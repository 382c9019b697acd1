"""Findings: everything counted, contradictions apart from targets that are met."""

from __future__ import annotations

import pytest
from drawn import beyond, pixels
from matplotlib.container import BarContainer

from compare.project import Project
from compare.topics import findings, progress
from compare.views.show import CITED
from compare.views.words import Words


def test_failures_come_first_then_what_depends(project: Project) -> None:
    frame = findings.findings(project)
    assert len(frame) == len(project.findings)
    assert frame["verdict"].drop_duplicates().tolist() == ["fails", "depends", "holds"]
    first = frame["ids"].str.partition("; ")[0]
    wanted = project.observations.loc[first, "indicator"].tolist()
    assert frame["indicator"].tolist() == wanted


def test_findings_of_a_selection_are_about_what_was_selected(project: Project) -> None:
    chosen = project.select(place=[], indicator=[], kind=["target"])
    frame = findings.findings(chosen)
    assert 0 < len(frame) < len(project.findings)
    known = set(chosen.observations["indicator"])
    assert set(frame["indicator"]) <= known
    assert len(findings.open_findings(chosen, Words(project.book)))


def test_every_finding_is_counted_once(project: Project) -> None:
    table = findings.tally(project)
    wanted = project.findings.groupby("rule")["verdict"].value_counts().to_dict()
    for row in table.to_dict("records"):
        for verdict in project.book.codes["verdict"]:
            assert row[verdict] == wanted.pop((row["rule"], verdict), 0)
    assert not wanted


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rules_are_shown_by_what_they_mean(project: Project, language: str) -> None:
    words = Words(project.book, language)
    shown = findings.by_rule(project, words)
    verdicts = project.book.codes["verdict"]
    heads = [words.label("verdict", code) for code in verdicts]
    assert shown.columns.tolist() == [words.head("rule"), *heads]
    rules = {words.pick(row, "explanation") for row in project.book.finding_rules}
    assert set(shown[words.head("rule")]) <= rules
    counts = findings.tally(project)[list(verdicts)]
    assert shown[heads].to_numpy().tolist() == counts.to_numpy().tolist()


def test_bars_are_the_counts(project: Project) -> None:
    counts = findings.tally(project)
    figure = findings.plot_findings(project, counts)
    pixels(figure)
    assert beyond(figure) == []
    (axes,) = figure.axes
    bars_of = [one for one in axes.containers if isinstance(one, BarContainer)]
    assert len(bars_of) == len(project.book.codes["verdict"])
    for bars in bars_of:
        verdict = str(bars.get_label()).partition(" ")[0]
        widths = [round(bar.get_width()) for bar in bars.patches]
        assert widths == counts[verdict].tolist()
    names = [label.get_text() for label in axes.get_yticklabels()]
    rules = {row.rule: row for row in project.book.finding_rules}
    for name, code in zip(names, counts["rule"], strict=True):
        told = name.replace("\n", "")
        assert rules[code].explanation_zh in told
        assert rules[code].explanation_en.replace(" ", "") in told.replace(" ", "")


def test_contradictions_and_flat_targets_are_all_that_does_not_hold(
    project: Project,
) -> None:
    words = Words(project.book)
    opened = findings.contradictions(project)
    assert "holds" not in set(opened["verdict"]) and len(opened)
    met = progress.flat_targets(project, words)
    kept = (project.findings["outcome"] == "keeps").sum()
    unheld = (project.findings["verdict"] != "holds").sum()
    assert len(opened) + len(met) == unheld + kept


def test_only_contradictions_fail(project: Project) -> None:
    """Read again in the documents: four numbers disagree with others of their plan."""
    failing = project.findings[project.findings["verdict"] == "fails"]
    assert sorted(failing.index) == [
        "dianjiang:order_of_ages:922",
        "dianjiang:slot_ratio_against_slots:9154",
        "xianning:bed_ratio_against_beds:487",
        "xianning:share_60_plus:876",
    ]
    assert set(failing["outcome"]) == {"contradicts", "implausible"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_contradictions_are_shown_in_full_and_in_short(
    project: Project, language: str
) -> None:
    words, opened = Words(project.book, language), findings.contradictions(project)
    full = findings.open_findings(project, words)
    short = findings.in_short(project, words)
    head = words.head("computed")
    links = []
    for computed, id in zip(full[head], opened["id"], strict=True):
        links += [f"[{computed}]({id})"] * bool(computed)
        assert (" to " in computed) <= (language == "en")
    assert len(full) == len(opened) > len(short) > 4
    assert short[head].tolist() == links and all(map(CITED.fullmatch, links))
    assert not any(">=" in cell for cell in full[words.head("stated")])
