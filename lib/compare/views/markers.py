"""Marks: what all figures are drawn with.

In: axes, places and numbers. Out: marks, ranges, labels, reference lines and a key in
one style. Filled is a baseline, a ring is a target, half a ring a projection, a cross
is derived by us; a county among cities is hollow; a hatched row is compared with care.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pandas as pd
from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from compare.base.problems import Problem, raise_any
from compare.codebook.models import Place
from compare.curated.groups import CARE
from compare.project import Project
from compare.views.tables import reference_lines
from compare.views.words import Row, Words, filled

WIDTH = 7.2
INK, GREY, FAINT, LINE = "#222222", "#666666", "#d9d9d9", "#bbbbbb"
BASELINE, TARGET, DERIVED = "baseline", "target", "derived"
PROJECTION, SCENARIO = "projection", "scenario"
RANGE, CAUTION = "////", "\\\\"
Look: TypeAlias = dict[str, Any]
Spot: TypeAlias = tuple[float, float]
PLAIN: Look = dict(marker="o", color=GREY, markeredgewidth=1.3, linestyle="none")
MARKS: dict[str, Look] = {
    BASELINE: {},
    TARGET: dict(markerfacecolor="white", markeredgewidth=2),
    PROJECTION: dict(markersize=9, fillstyle="bottom", markerfacecoloralt="white"),
    "county": dict(markerfacecolor="white", marker="D"),
    DERIVED: dict(marker="x", markeredgewidth=2),
}
BARS: dict[str, Look] = {
    "range": dict(facecolor="white", edgecolor=GREY, hatch=RANGE),
    "care": dict(facecolor="white", edgecolor=LINE, hatch=CAUTION),
    "apart": dict(facecolor="#f2f2f2", edgecolor=LINE, hatch="xx"),
}
STEM: Look = dict(arrowstyle="-", capstyle="round", snap=True, shrinkA=0, shrinkB=0)
SMALL: Look = dict(fontsize=7, linespacing=1.0, color=GREY, zorder=6)
LONGEST_LINE_NAME = 24


def mark(axes: Axes, value: float, y: float, place: Place, kind: str) -> None:
    """Draw a filled baseline, a ring target, a cross for derived; hollow: county.

    A projection is half filled: the document expects it, nobody promises it.
    """
    look = PLAIN | {"marker": place.marker, "color": place.colour, "zorder": 4}
    look["markersize"] = 9 if kind in (TARGET, PROJECTION) else 7.5
    if place.fill == "hollow" and kind != PROJECTION:
        look["markerfacecolor"] = "white"
    axes.plot(value, y, **look | MARKS.get(kind, {}))


def span(axes: Axes, row: Row, y: float, place: Place, **look: Any) -> None:
    """Draw a range as a hatched bar, from end to end, never as a point."""
    look = {"height": 0.22, "facecolor": "white", **look, "hatch": RANGE, "zorder": 2}
    width = row["upper"] - row["lower"]
    axes.barh(y, width, left=row["lower"], edgecolor=place.colour, **look)


def middle(row: Row) -> float:
    """Middle of a range: where its words stand."""
    return float(row["lower"] / 2 + row["upper"] / 2)


def caution(axes: Axes, y: float) -> None:
    """Hatch a row faintly: its values are compared with care."""
    look = BARS[CARE] | {"facecolor": "none", "edgecolor": FAINT}
    axes.axhspan(y - 0.46, y + 0.46, **look, linewidth=0, zorder=0)


def write(
    axes: Axes,
    words: str,
    spot: Spot,
    away: Spot = (0, 0),
    pad: float | None = 0.5,
    **look: Any,
) -> None:
    """Write words some points away from a spot, on white where there is a pad."""
    box = None if pad is None else dict(facecolor="white", edgecolor="none", pad=pad)
    plain: Look = dict(ha="center", va="center", fontsize=8, linespacing=1.1, zorder=5)
    look = {**plain, "color": INK, **look, "bbox": box}
    axes.annotate(words, spot, xytext=away, textcoords="offset points", **look)


def write_inside(axes: Axes, words: str, spot: Spot, **look: Any) -> None:
    """Write words inside a panel, at a fraction of its width and height."""
    look |= {"xycoords": "axes fraction", "linespacing": None}
    write(axes, words, spot, pad=None, **look)


def beside(
    axes: Axes, words: str, spot: Spot, *, above: bool, side: str = "center"
) -> None:
    """Write words above or below a spot."""
    away, va = ((0, 10), "bottom") if above else ((0, -9), "top")
    write(axes, words, spot, away, ha=side, va=va, linespacing=1.15)


def reference(axes: Axes, project: Project, frame: pd.DataFrame) -> None:
    """Draw the reference lines of a frame, named above the axes on two levels."""
    low, high = axes.get_xlim()
    words, lines = Words(project.book), reference_lines(project, frame)
    drawn = lines[lines["line"] != "none"].sort_values("value")
    stem = STEM | {"color": GREY, "linewidth": 0.6}
    for rank, row in enumerate(drawn.to_dict("records")):
        value = row["value"]
        line = "-" if row["line"] == "solid" else ":"
        axes.axvline(value, color=INK, linewidth=1.0, linestyle=line, zorder=1)
        form = words.label("comparator_form", row["comparator"])
        english = f"{filled(form, words.number(value))} {row['label_en']}"
        if len(english) > LONGEST_LINE_NAME:
            english = english.replace(", ", ",\n", 1)
        spot, up = (value, 1), (0, 3 + 26 * (rank % 2))
        at: Look = dict(xycoords=axes.get_xaxis_transform())
        write(axes, "", spot, up, pad=None, arrowprops=stem, **at)
        side = "right" if value > low + 0.55 * (high - low) else "left"
        told = f"{english}\n{row['label_zh']}"
        write(axes, told, spot, up, ha=side, va="bottom", pad=1.0, **SMALL | at)


@contextmanager
def canvas(
    project: Project, frame: pd.DataFrame, inches: float, *also: str
) -> Iterator[Figure]:
    """Give a figure for a frame, as wide as the text, with a key to its marks below.

    The plans, kinds and groups of the frame have marks of their own; ``also`` are codes
    of others: ``derived``, ``range`` or ``apart``. An empty frame is a problem.
    """
    if frame.empty:
        what, wanted = "there is nothing to draw.", "a frame with at least one row."
        remedy = "leave the figure out, or ask the view for another place."
        raise_any([Problem("figure", what, wanted, remedy)])
    with style():
        figure = Figure(figsize=(WIDTH, inches), layout="constrained")
        yield figure
        _key(figure, project, frame, also)


def _key(
    figure: Figure, project: Project, frame: pd.DataFrame, also: Iterable[str]
) -> None:
    """Say what marks mean, below the figure; nothing that it does not hold."""
    words = Words(project.book)
    wanted = {BASELINE, *frame.get("kind", ()), *also}
    if any(project.book.place(doc).fill == "hollow" for doc in frame["doc"]):
        wanted.add("county")
    if CARE in set(frame.get("group", ())):
        wanted.add(CARE)
    lines = [Line2D([], [], **PLAIN | MARKS[code]) for code in MARKS if code in wanted]
    patches = [Patch(**BARS[code]) for code in BARS if code in wanted]
    told = [words.both("figure", code) for code in MARKS | BARS if code in wanted]
    look: Look = dict(ncols=3 if len(told) > 4 else 4, fontsize=8, frameon=False)
    figure.legend([*lines, *patches], told, loc="outside lower center", **look)


@contextmanager
def style() -> Iterator[None]:
    """One look for all figures, whatever the reader's own settings are."""
    import pylopdf_fonts_zh_cn as fonts
    import seaborn

    path = str(fonts.sans_path())
    if path not in {font.fname for font in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(path)
    family = font_manager.FontProperties(fname=path).get_name()
    plain = seaborn.axes_style("whitegrid") | seaborn.plotting_context("paper")
    own = {
        "font.family": [family],
        "font.size": 8.5,
        "axes.titlesize": 9,
        "axes.labelsize": 8.5,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8.5,
        "axes.edgecolor": FAINT,
        "grid.color": "#eeeeee",
        "axes.grid.axis": "x",
        "axes.unicode_minus": False,
        "hatch.linewidth": 0.5,
        "svg.hashsalt": "compare",
        "figure.dpi": 150,
    }
    with rc_context(plain | own):
        yield
