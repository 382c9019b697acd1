"""Charts: what several figures share.

In: an open project, and frames made by views and topics. Out: matplotlib figures,
usable alone in anybody's notebook, and what figures of topics are put together from.
Every mark has its year beside it; a value that may not stand beside another is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.base.problems import Problem, raise_any
from compare.codebook.checks import unknown
from compare.codebook.models import Place
from compare.curated.groups import CARE, FAR
from compare.project import Project
from compare.views import markers
from compare.views.markers import BASELINE, DERIVED, GREY, TARGET, Look, Spot, write
from compare.views.tables import footnote_letters, grouped
from compare.views.words import MYRIAD, SEVERAL, Row, Words, filled

NEAR = 0.12


def plot_shares(project: Project, shares: pd.DataFrame) -> Figure:
    """Dumbbells on one axis: baseline to target, one row for each plan.

    Statements of one indicator are grouped here if they are not yet.

    Raises
    ------
    Problems
        There is nothing to draw, a value is not comparable, or there is no axis.

    Examples
    --------
    >>> import compare
    >>> from compare.views.tables import statements
    >>> project = compare.load().project
    >>> figure = plot_shares(project, statements(project, ["nursing_bed_share"]))
    >>> [place.get_text() for place in figure.axes[0].get_yticklabels()][:2]
    ['咸宁 Xianning (a)', '垫江 Dianjiang (a, b, c, d)']
    """
    shares = shares if "group" in shares else grouped(project, shares)
    letters, hedged = footnote_letters(shares), bool(shares["value"].isna().any())
    with markers.canvas(project, shares, 4.0, *["range", DERIVED] * hedged) as figure:
        axes = figure.add_subplot()
        scale(axes, project, str(shares["indicator"].iloc[0]))
        dots(axes, project, shares, letters, every_plan=True)
    return figure


def by_plan(project: Project, frame: pd.DataFrame) -> list[tuple[Place, pd.DataFrame]]:
    """Plans of a frame in the order of their places: each place with its rows."""
    book = project.book
    found = ((book.place(doc), frame[frame["doc"] == doc]) for doc in book.order)
    return [(place, rows) for place, rows in found if len(rows)]


def refuse_incomparable(project: Project, frame: pd.DataFrame) -> None:
    """Refuse a chart in which a value is not comparable with the others."""
    words = Words(project.book)
    wanted = "values that may stand in one chart."
    remedy = "leave it out, or draw it in a panel of its own."
    problems = []
    for row in words.stated(frame[frame["group"] == FAR]).to_dict("records"):
        value = f"{row['stated']} of {words.place(row['place'])}"
        what = f"{value} is not comparable here ({row['reason']})."
        problems.append(Problem(f"figure, {row['ids']}", what, wanted, remedy))
    raise_any(problems)


def scale(axes: Axes, project: Project, axis: str, gap: str = "  ") -> None:
    """Give an axis across its ends and its name, in both languages."""
    if axis not in project.book.axes:
        raise_any([unknown("data/codebook/axes.csv, axis", axis, project.book.axes)])
    row = project.book.axes[axis]
    axes.set_xlim(float(row.low), float(row.high))
    axes.set_xlabel(gap.join((row.label_en, row.label_zh)))


def count_people(axes: Axes, words: Words, rows: pd.DataFrame, margin: float) -> None:
    """Count people in ten thousands along an axis that names and holds them all."""
    low, high = float(rows["lower"].min()), float(rows["upper"].max())
    axes.set_xlim(low - margin * (high - low), high + margin * (high - low))
    axes.xaxis.set_major_formatter(lambda x, _: words.number(x / MYRIAD))
    code, name = str(rows["indicator"].iloc[0]), ("figure", "in_myriads")
    names = [filled(word.label(*name), word.indicator(code)) for word in words.tongues]
    axes.set_xlabel("  ".join(names))


def told_kind(words: Words, row: Row) -> str:
    """Say what a number is and when, in both languages."""
    codes = "measure_derived" if row["source"] == DERIVED else "kind"
    kind = words.both(codes, row["kind"], "\n")
    return f"{words.time(row['time_period'])} {kind}"


def lettered(name: str, rows: pd.DataFrame, letters: Mapping[str, str]) -> str:
    """Name of a row, with the letters of the facets that ask for care."""
    reasons = rows.loc[rows["group"] == CARE, "reason"]
    own = {facet for cell in reasons for facet in cell.split(SEVERAL)}
    marks = ", ".join(letter for facet, letter in letters.items() if facet in own)
    return name + (f" ({marks})" if marks else "")


def dots(
    axes: Axes,
    project: Project,
    frame: pd.DataFrame,
    letters: Mapping[str, str],
    *,
    every_plan: bool = False,
) -> None:
    """Draw a row for each plan: marks, their years, and the way between them.

    The frame is of one indicator and grouped, none apart; letters are as by
    ``footnote_letters``.
    With ``every_plan`` those that state nothing have a row too, which says why.
    """
    refuse_incomparable(project, frame)
    book, words = project.book, Words(project.book)
    stated, names = words.stated(frame), []
    shown = set(book.order if every_plan else frame["doc"])
    for y, doc in enumerate(doc for doc in book.order if doc in shown):
        place, rows = book.place(doc), stated[stated["doc"] == doc]
        names.append(lettered(place.both, rows, letters))
        if rows.empty:
            state = book.absence(doc, str(frame["indicator"].iloc[0]))
            look: Look = dict(xycoords=axes.get_yaxis_transform(), color=GREY)
            write(axes, words.both("state", state, "  "), (0.5, y), pad=None, **look)
            axes.axhspan(y - 0.4, y + 0.4, color="#f2f2f2", zorder=0)
        if (rows["group"] == CARE).any():
            markers.caution(axes, y)
        _row(axes, words, rows, y, place)
    axes.set_ylim(len(names) - 0.35, -0.55)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    markers.reference(axes, project, frame)


def _row(axes: Axes, words: Words, rows: pd.DataFrame, y: int, place: Place) -> None:
    """Draw one plan; statements at the same spot share a mark and a label."""
    points = rows[rows["value"].notna()]
    derived = points["source"] == DERIVED
    kinds = points["kind"].astype("str").mask(derived, DERIVED)
    ends = [points.loc[kinds == kind, "value"] for kind in (BASELINE, TARGET)]
    if all(map(len, ends)):
        x = [end.iloc[0] for end in ends]
        axes.plot(x, [y, y], color=place.colour, alpha=0.5)
    ranges = rows[rows["value"].isna() & rows["lower"].notna()]
    for row in ranges.to_dict("records"):
        markers.span(axes, row, y, place)
        _below(axes, words, [row], (markers.middle(row), y))
    groups = points.assign(kind=kinds).groupby(["value", derived, "kind"])
    spots = [part.to_dict("records") for _, part in groups]
    low, high = axes.get_xlim()
    for spot in spots:
        value = spot[0]["value"]
        others = [other[0]["value"] for other in spots if other is not spot]
        near = [other for other in others if abs(other - value) < NEAR * (high - low)]
        side = "center" if not near else "right" if value < min(near) else "left"
        markers.mark(axes, value, y, place, spot[0]["kind"])
        _below(axes, words, spot, (value, y), side)


def _below(
    axes: Axes, words: Words, rows: Sequence[Row], spot: Spot, side: str = "center"
) -> None:
    """Write what is stated under a mark, the undated last; labels lean apart."""
    gap = " " if len(rows) > 1 else "\n"
    listed = sorted(rows, key=lambda row: not row["time_period"])
    told = [f"{row['stated']}{gap}{words.time(row['time_period'])}" for row in listed]
    lean = {"center": 0, "right": 1, "left": -1}[side]
    write(axes, "\n".join(told), spot, (lean, -8), ha=side, va="top")
