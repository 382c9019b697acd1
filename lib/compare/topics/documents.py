"""What the documents say, and how they were read.

In: an open project. Out: tables of the documents, of what each plan states and why it
states nothing elsewhere, of where readings and numerals went, of how far two readers
agree, and of which places may be compared; and the figure of coverage.
"""

from collections.abc import Iterable
from functools import partial, reduce
from string import Template
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from compare.codebook.checks import asked
from compare.curated.groups import OF_GRADE, ORDER
from compare.project import Project
from compare.readings.agreement import CODED, MEASURES
from compare.views.coverage import STATED, coverage
from compare.views.markers import INK, LINE, WIDTH, Look, style
from compare.views.tables import grouped, known, statements
from compare.views.words import Words

CHECKSUM = 8
LONGEST_LABEL = 52
SHADES = {
    "both": "#1f4e79",
    "target": "#6fa3d0",
    "baseline": "#b7d0e8",
    "other": "#dde8f3",
    "derived": "#dde8f3",
    "elsewhere": "#ffffff",
    "part": "#ffffff",
    "blank": "#ffffff",
    "not_stated": "#ffffff",
    "out_of_scope": "#eeeeee",
    "lost_in_picture": "#ffffff",
    "lost_part": "#ffffff",
}
HATCHED = {"lost_in_picture": "////", "lost_part": "\\\\\\\\", "out_of_scope": "xxx"}


def documents(project: Project, words: Words) -> pd.DataFrame:
    """Describe the documents: what each one is, its date, what the text held lacks."""
    columns = ["place", "document", "level", "date_signed", "covers", "quality", "note"]
    return words.table(_described(project, words), columns)


def in_short(project: Project, words: Words) -> pd.DataFrame:
    """Describe the documents in short: title, checksum, date, and what is lost."""
    columns = ["place", "title", "sha256", "date_signed", "note"]
    return words.table(_described(project, words), columns)


def _described(project: Project, words: Words) -> pd.DataFrame:
    book, to = project.book, "_zh" if words.language == "zh" else ""
    rows = [book.documents[doc].model_dump() for doc in book.order]
    frame = pd.DataFrame(rows).set_index("doc")
    levels = [book.place(doc).level for doc in book.order]
    return frame.assign(
        document=frame["title"],
        title=frame["title" if to else "title_en"],
        sha256=project.accounts["sha256"].str[:CHECKSUM],
        level=[words.label("level", level) for level in levels],
        date_signed=frame["date_signed"].replace("", words.say("not_printed")),
        covers=frame[f"covers{to}"],
        quality=[words.label("quality", code) for code in frame["quality"]],
        note=frame[f"quality_note{to}"],
    )


def coverage_table(
    project: Project, families: Iterable[str], words: Words, *, least: int = 1
) -> pd.DataFrame:
    """Lay ``views.coverage.coverage`` out: a row by indicator, a column by plan."""
    table = coverage(project, families, least=least)
    states = [words.label("state", state) for state in table["state"]]
    table = table.assign(state=states)
    wide = table.pivot(index="indicator", columns="doc", values="state")
    wide = wide.reindex(table["indicator"].unique(), columns=project.book.order)
    wide.insert(0, "indicator_both", [words.named(code) for code in wide.index])
    return words.table(wide)


def plot_coverage(project: Project, coverage: pd.DataFrame) -> Figure:
    """Draw ``views.coverage.coverage``: indicators down, plans across, shaded."""
    book = project.book
    indicators = coverage["indicator"].unique().tolist()
    signs = {code: row.definition for code, row in book.codes["state"].items()}
    with style():
        height = 1.5 + 0.29 * len(indicators)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
        for row in coverage.to_dict("records"):
            state = row["state"]
            x, y = book.order.index(row["doc"]), indicators.index(row["indicator"])
            axes.add_patch(_cell(x, y, state))
            colour = "white" if state == "both" else INK
            look: Look = dict(ha="center", va="center", color=colour, fontsize=8)
            axes.text(x, y, signs[state], **look)
        places = [book.place(doc) for doc in book.order]
        axes.set(xlim=(-0.5, len(places) - 0.5), ylim=(len(indicators) - 0.5, -0.5))
        heads = [f"{place.short_zh}\n{place.short_en}" for place in places]
        axes.set_xticks(range(len(places)), heads)
        axes.xaxis.tick_top()
        labels = [_in_both(book.indicators[code]) for code in indicators]
        axes.set_yticks(range(len(labels)), labels, fontsize=7.5, linespacing=1.0)
        axes.tick_params(length=0)
        axes.grid(False)
        axes.spines[:].set_visible(False)
        used = [code for code in SHADES if code in set(coverage["state"])]
        told = [f"{signs[code]} {_in_both(book.codes['state'][code])}" for code in used]
        cells = [_cell(0, 0, *state) for state in zip(used, told, strict=True)]
        figure.legend(handles=cells, loc="outside lower center", ncols=3, fontsize=7.5)
    return figure


def trackable(project: Project, words: Words) -> pd.DataFrame:
    """For how many indicators each plan states both a baseline and a target."""
    table = coverage(project)
    table = table.assign(
        both=table["state"] == "both", indicators_stated=table["state"].isin(STATED)
    )
    counts = table.groupby(["doc", "place"], sort=False)[["indicators_stated", "both"]]
    return words.table(counts.sum().reset_index().drop(columns="doc"))


def by_status(project: Project, words: Words) -> pd.DataFrame:
    """Observations by status and plan: how many, and how sure."""
    book, frame = project.book, project.observations
    statuses, docs = frame["obs_status"], frame["doc"].astype("str")
    table = pd.crosstab(statuses, docs, margins=True, margins_name="all")
    table = table.reindex(columns=[*book.order, "all"], fill_value=0)
    told = [f"{code} {words.label('obs_status', code)}" for code in table.index[:-1]]
    table.insert(0, "status", [*told, words.head("all")])
    return words.table(table)


def colophon(project: Project, words: Words) -> pd.DataFrame:
    """Account for each document: checksum, readings, and where they and numerals went.

    Readings = observations + without counterpart + undecided, and numerals = in
    readings + excluded, in every row.
    """
    book = project.book
    accounts = project.accounts.loc[book.order]
    shown = accounts.drop(columns="sha256").astype(int)
    shown.loc["all"] = shown.sum()
    places = [book.place(doc).place for doc in book.order]
    shown.insert(0, "place", [*places, words.say("all_places")])
    shown.insert(1, "sha256", [*accounts["sha256"].str[:CHECKSUM], ""])
    return words.table(shown)


def reliability(project: Project, words: Words) -> pd.DataFrame:
    """Show how far two independent readings agree: share, and Krippendorff's alpha.

    Constant data have no alpha: it is shown as undefined.
    """
    table = project.reliability
    share = table["share"].astype(float).map("{:.1%}".format)
    alpha = pd.to_numeric(table["alpha"]).map("{:.2f}".format)
    alpha = alpha.where(table["alpha"] != "", words.say("undefined"))
    told = share.where(table["measure"] == "found", share + " (" + alpha + ")")
    wide = table.assign(told=told).pivot(index="measure", columns="doc", values="told")
    order = [code for code in ("found", *MEASURES, *CODED) if code in wide.index]
    wide = wide.reindex(order, columns=project.book.order)
    wide.insert(0, "agreement", [words.label("measure", code) for code in order])
    return words.table(wide)


def headlines(project: Project, words: Words) -> pd.DataFrame:
    """List the headline values, each with its sentence and where it stands.

    In English with a gloss of the sentence, which is ours.
    """
    glosses = {row.id: row.gloss_en for row in project.book.headlines}
    known = [id for id in glosses if id in project.observations.index]
    frame = project.observations.loc[known].reset_index()
    what, quotes, offsets = [], [], []
    for row in frame.to_dict("records"):
        named = words.indicator(row["indicator"]), words.label("kind", row["kind"])
        what.append(words.say("headline", *named, words.time(row["time_period"])))
        quote = row["quote"].replace("⏎", "")
        quotes.append(words.say("quoted", quote, glosses[row["id"]]))
        offsets.append(f"{row['quote_start']}–{row['quote_end']}")
    frame = frame.assign(what=what, quote=quotes, offsets=offsets)
    return words.table(frame, ["place", "what", "cited", "quote", "offsets"])


def rubric(project: Project, words: Words) -> pd.DataFrame:
    """Explain the groups: what each facet costs, by severity, and why."""
    rows = sorted(
        (row for states in project.book.facets.values() for row in states.values()),
        key=lambda row: (int(row.severity), -ord(row.grade), row.state),
    )
    unnamed = {name: words.say(name) for name in ("own", "other")}
    told: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        reason = Template(words.pick(row, "reason")).substitute(unnamed)
        told.setdefault((row.facet, row.grade), []).append(reason)
    lines = [
        {
            "facet": facet,
            "compared": words.standing(OF_GRADE[grade]),
            "reason": reduce(partial(words.say, "sentences"), reasons),
        }
        for (facet, grade), reasons in told.items()
    ]
    return words.table(pd.DataFrame(lines))


def groups(
    project: Project, indicators: Iterable[str], kind: str, words: Words
) -> pd.DataFrame:
    """Show how the values of some indicators stand beside those of other places.

    Places that are comparable come first; a reason stands beside each other one.

    Examples
    --------
    >>> import compare
    >>> plans = compare.load()
    >>> shares = ["nursing_bed_share"]
    >>> shown = groups(plans.project, shares, "target", plans.words("en"))
    >>> shown["Comparison"].tolist()[0]
    '= comparable'
    """
    asked("kind", kind, project.book.codes["kind"])
    frame = grouped(project, statements(project, known(project, indicators)))
    frame = frame[(frame["kind"] == kind) & (frame["group"] != "")]
    rank = frame["group"].map(ORDER.index)
    frame = frame.assign(rank=rank).sort_values(["rank", "doc"], kind="stable")
    return words.table(frame, ["place", "time_period", "stated", "compared"])


def _cell(x: float, y: float, state: str, label: str = "") -> Rectangle:
    look: Look = dict(facecolor=SHADES[state], edgecolor=LINE, linewidth=0.6)
    look |= {"hatch": HATCHED.get(state), "label": label}
    return Rectangle((x - 0.5, y - 0.5), 1, 1, **look)


def _in_both(row: Any) -> str:
    """Label in both languages, on two lines where one would be too long."""
    long = len(row.label_en) + 2 * len(row.label_zh) >= LONGEST_LABEL
    return f"{row.label_en}{chr(10) if long else '  '}{row.label_zh}"
