"""Lottery: which share of which lottery fund goes to care for the old.

In: an open project. Out: a frame of shares, each with the fund that it is a share of,
and its figure.
"""

import pandas as pd
from matplotlib.figure import Figure

from compare.curated.groups import CARE
from compare.project import Project
from compare.views import markers
from compare.views.charts import lettered, refuse_incomparable, scale
from compare.views.tables import footnote_letters, grouped, statements
from compare.views.words import Words

SHARE = "lottery_fund_eldercare_share"


def shares(project: Project) -> pd.DataFrame:
    """List lottery-fund shares, each with the fund that it is a share of.

    As ``tables.statements``, the fund as ``scope``, with ``apart``, ``group`` and
    ``reason``; funds that only a county keeps are apart and come last, since no other
    row shares their base.

    Examples
    --------
    >>> import compare
    >>> frame = shares(compare.load().project)
    >>> frame[["doc", "scope", "apart"]].values.tolist()[-1]
    ['dianjiang', 'county_retained', True]
    """
    frame = statements(project, [SHARE])
    apart = frame["scope"].isin(list(project.book.codes["scope_apart"]))
    by = ["apart", "doc", "time_period"]
    frame = frame.assign(apart=apart).sort_values(by, kind="stable", ignore_index=True)
    return grouped(project, frame)


def described(shares: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Add ``fund``, the fund of each share: in Chinese, or in both languages."""
    zh, scopes = words.language == "zh", words.book.codes["scope"]
    funds = [scopes[code] for code in shares["scope"]]
    named = [row.label_zh if zh else f"{row.label_zh} {row.label_en}" for row in funds]
    return shares.assign(fund=named)


def plot_shares(project: Project, shares: pd.DataFrame) -> Figure:
    r"""Lottery-fund shares, one row for each statement with its fund beside it.

    Funds that only a county keeps stand below a rule: no other row has their base.

    Examples
    --------
    >>> import compare
    >>> project = compare.load().project
    >>> figure = plot_shares(project, shares(project))
    >>> figure.axes[0].get_yticklabels()[-1].get_text()
    '垫江 Dianjiang\ncounty retained  县级留存'
    """
    refuse_incomparable(project, shares[~shares["apart"]])
    words, letters = Words(project.book), footnote_letters(shares)
    height, apart = len(shares), int((~shares["apart"]).sum())
    also = ["apart"] * (apart < height)
    with markers.canvas(project, shares, 1.1 + 0.34 * height, *also) as figure:
        axes, names = figure.add_subplot(), []
        for y, row in enumerate(words.stated(shares).to_dict("records")):
            place, value = project.book.place(row["doc"]), row["value"]
            markers.mark(axes, value, y, place, row["kind"])
            told = f"{row['stated']}  {words.time(row['time_period'])}"
            look: markers.Look = dict(ha="left", linespacing=None)
            markers.write(axes, told, (value, y), (12, 0), 1.0, **look)
            if row["group"] == CARE:
                markers.caution(axes, y)
            name = lettered(place.both, shares.iloc[[y]], letters)
            names.append(f"{name}\n{words.both('scope', row['scope'], '  ')}")
        axes.axhline(apart - 0.5, color=markers.GREY, linewidth=0.8)
        look = markers.BARS["apart"] | {"linewidth": 0, "zorder": 0}
        axes.axhspan(apart - 0.5, height - 0.5, **look)
        axes.set_ylim(height - 0.5, -0.5)
        axes.set_yticks(range(height), names, fontsize=8)
        scale(axes, project, SHARE)
        markers.reference(axes, project, shares)
    return figure
