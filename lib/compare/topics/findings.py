"""What does not add up inside a document, and what does.

In: an open project. Out: findings in the order of their verdicts, counted by rule, and
as tables for readers; and the figure of the counts.
"""

import textwrap

import pandas as pd
from matplotlib.figure import Figure

from compare.curated.findings import DEPENDS, FAILS, HOLDS
from compare.project import Project
from compare.views.markers import GREY, WIDTH, Look, style
from compare.views.words import SEVERAL, Words, cited

ABOUT_TARGETS, KEEPS = ("rises", "not_zero"), "keeps"
FILLS = {HOLDS: ("#d9d9d9", ""), FAILS: ("#d55e00", ""), DEPENDS: ("white", "////")}


def findings(project: Project) -> pd.DataFrame:
    """All findings: what fails, what depends, and what holds, in this order.

    Columns of the findings of a project with ``id``; ``test``, and ``indicator`` and
    ``ids`` of the values that are tested, the first one leading.
    """
    tests = {row.rule: row.test for row in project.book.finding_rules}
    frame = project.findings.reset_index()
    of, inputs = project.observations["indicator"], frame["inputs"].str.split()
    frame = frame.assign(
        test=frame["rule"].map(tests),
        indicator=[next(of[id] for id in ids if id in of) for ids in inputs],
        ids=frame["inputs"].str.replace(" ", SEVERAL),
        order=frame["verdict"].map([FAILS, DEPENDS, HOLDS].index),
    )
    by = ["order", "rule", "doc", "id"]
    return frame.sort_values(by, ignore_index=True).drop(columns="order")


def tally(project: Project) -> pd.DataFrame:
    """Count verdicts: a row for each ``rule`` that found any, a column for each."""
    frame, verdicts = project.findings, list(project.book.codes["verdict"])
    table = pd.crosstab(frame["rule"], frame["verdict"])
    return table.reindex(columns=verdicts, fill_value=0).reset_index()


def by_rule(project: Project, words: Words) -> pd.DataFrame:
    """Show verdicts by rule: a table of failures alone proves nothing."""
    book, table = project.book, tally(project)
    said = {row.rule: words.pick(row, "explanation") for row in book.finding_rules}
    shown = words.table(table.assign(rule=table["rule"].map(said)))
    heads = {code: words.label("verdict", code) for code in book.codes["verdict"]}
    return shown.rename(columns=heads)


def plot_findings(project: Project, counts: pd.DataFrame) -> Figure:
    """Stacked bars of a ``tally``: how many findings of a rule hold, fail or depend."""
    words = Words(project.book)
    rules = {row.rule: row for row in project.book.finding_rules}
    rows = range(len(counts))
    with style():
        figure = Figure(figsize=(WIDTH, 1.0 + 0.41 * len(counts)), layout="constrained")
        axes = figure.add_subplot()
        left = pd.Series(0, index=counts.index)
        for verdict, (fill, hatch) in FILLS.items():
            look: Look = dict(height=0.62, facecolor=fill, edgecolor=GREY, hatch=hatch)
            look["label"] = words.both("verdict", verdict)
            axes.barh(rows, counts[verdict], left=left, **look)
            left = left + counts[verdict]
        names = []
        for rule in (rules[code] for code in counts["rule"]):
            english = textwrap.wrap(rule.explanation_en, 74)
            names.append("\n".join(english + textwrap.wrap(rule.explanation_zh, 40)))
        axes.set_yticks(rows, names, fontsize=6.5, linespacing=1.0)
        axes.set(xlim=(0, 1.04 * float(left.max())), ylim=(len(counts) - 0.4, -0.6))
        axes.set_xlabel(words.both("figure", "findings", "  "))
        figure.legend(loc="outside lower center", ncols=3, fontsize=7, frameon=False)
    return figure


def contradictions(project: Project) -> pd.DataFrame:
    """List findings that fail or depend, flat targets and zeros apart.

    As ``findings``, with ``stated`` as print has it.

    Examples
    --------
    >>> import compare
    >>> found = contradictions(compare.load().project).set_index("id")
    >>> found.loc["xianning:bed_ratio_against_beds:487", "stated"]
    '36.4'
    """
    frame = findings(project)
    opened = (frame["verdict"] != HOLDS) & ~frame["test"].isin(ABOUT_TARGETS)
    frame = frame[opened].reset_index(drop=True)
    return frame.assign(stated=frame["stated"].str.replace(">=", "≥"))


def open_findings(project: Project, words: Words) -> pd.DataFrame:
    """Show contradictions with their arithmetic."""
    frame, columns = _worded(project, words)
    return words.table(frame, [*columns, "stated", "computed", "arithmetic"])


def in_short(project: Project, words: Words) -> pd.DataFrame:
    """Show what computed values contradict, in short, each linked to its finding."""
    frame, columns = _worded(project, words)
    frame = frame[frame["computed"] != ""].reset_index(drop=True)
    pairs = zip(frame["computed"], frame["id"], strict=True)
    linked = [cited({"stated": told, "id": id}) for told, id in pairs]
    return words.table(frame.assign(computed=linked), [*columns, "cited", "computed"])


def _worded(project: Project, words: Words) -> tuple[pd.DataFrame, list[str]]:
    """Contradictions, computed ranges in words; and what every table of them shows."""
    frame, between = contradictions(project), words.say("between", r"\1", r"\2")
    computed = frame["computed"].str.replace(r"(.+) to (.+)", between, regex=True)
    columns = ["place", "indicator", "outcome", f"explanation_{words.language}"]
    return frame.assign(computed=computed), columns
