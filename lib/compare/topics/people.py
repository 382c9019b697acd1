"""People: numbers of people as stated, as expected, and as other numbers imply them.

In: an open project. Out: a frame of such numbers, and its figure.
"""

import pandas as pd
from matplotlib.figure import Figure

from compare.base.problems import raise_any
from compare.codebook.checks import unknown
from compare.project import Project
from compare.views.charts import by_plan, count_people, told_kind
from compare.views.markers import DERIVED, GREY, beside, canvas, mark, middle, span
from compare.views.tables import derived, stacked, statements
from compare.views.words import MYRIAD, Words, filled


def denominators(
    project: Project, indicator: str = "residents_60_plus", doc: str = ""
) -> pd.DataFrame:
    """Hold a number of people that other numbers imply against those that are stated.

    An implied number keeps its ends and loses its middle: rounding alone makes it a
    range. Of one document, or of all that both state and imply the number.

    Returns
    -------
    pandas.DataFrame
        One row for each number, by plan and size: columns of ``tables.STATEMENT``, with
        ``formula``; what is implied has this kind. A plan that states no such number,
        or whose implied number was refused, has no rows.

    Examples
    --------
    >>> import compare
    >>> frame = denominators(compare.load().project)
    >>> frame[["place", "kind", "time_period", "lower"]].round(0).values.tolist()
    [['xianning', 'baseline', '2020', 469200.0], \
['xianning', 'implied', '2016/2020', 509657.0], \
['xianning', 'projection', '2025', 572800.0]]
    """
    if doc and doc not in project.book.documents:
        raise_any([unknown("doc", doc, project.book.documents)])
    stated = statements(project, [indicator])
    stated = stated[stated["value"].notna()].assign(formula="")
    implied = derived(project, "implied").assign(value=float("nan"))
    implied = implied[implied["indicator"] == indicator][list(stated)]
    both = set(stated["doc"]) & set(implied["doc"])
    frame = stacked(project, [stated, implied])
    frame = frame[frame["doc"].isin(both & {doc} if doc else both)]
    return frame.sort_values(["doc", "lower"], kind="stable", ignore_index=True)


def plot_denominators(project: Project, denominators: pd.DataFrame) -> Figure:
    """Draw ``denominators`` on a line for each plan: stated, expected, and implied.

    Stated numbers hang below the line; what other numbers imply is a bar, from end to
    end, with its words above.
    """
    words, form = Words(project.book), project.book.label("figure", "myriads", "zh")
    plans = by_plan(project, words.stated(denominators))
    with canvas(project, denominators, 0.8 + 1.6 * len(plans), "range") as figure:
        panels = figure.subplots(len(plans), 1, squeeze=False)[:, 0]
        for axes, (place, rows) in zip(panels, plans, strict=True):
            axes.set_ylim(-1, 1)
            axes.axhline(0, color=GREY, linewidth=0.8, zorder=1)
            for row in rows.to_dict("records"):
                implied = row["source"] == DERIVED
                if implied:
                    span(axes, row, 0, place, height=0.26)
                    number = f"{row['lower'] / MYRIAD:.2f}–{row['upper'] / MYRIAD:.2f}"
                else:
                    mark(axes, row["value"], 0, place, row["kind"])
                    number = words.number(row["value"] / MYRIAD)
                told = [row["stated"], filled(form, number), told_kind(words, row)]
                spot = (middle(row) if implied else row["value"], 0)
                beside(axes, "\n".join(told), spot, above=implied)
            axes.set_yticks([0], [place.both])
            axes.tick_params(axis="y", length=0)
            count_people(axes, words, rows, 0.2)
    return figure
