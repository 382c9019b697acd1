"""Lottery: each share beside its fund, and the county's fund apart."""

import pandas as pd
import pytest
from drawn import at, marks, rows_named

from compare.project import Project
from compare.topics import lottery
from compare.views.words import Words


@pytest.fixture(scope="module")
def shares(project: Project) -> pd.DataFrame:
    return lottery.shares(project)


def test_the_county_fund_comes_last_and_apart(
    project: Project, shares: pd.DataFrame
) -> None:
    assert shares["apart"].tolist() == [False] * (len(shares) - 1) + [True]
    last = Words(project.book).stated(shares).iloc[-1]
    assert (last["doc"], last["stated"]) == ("dianjiang", "≥80%")
    assert set(shares["doc"]) == set(project.book.order)
    county = shares["scope"] == "county_retained"
    assert county.tolist() == shares["apart"].tolist()


def test_a_fund_is_named_in_both_languages_or_in_chinese(
    project: Project, shares: pd.DataFrame
) -> None:
    both = lottery.described(shares, Words(project.book))["fund"].tolist()
    chinese = lottery.described(shares, Words(project.book, "zh"))["fund"].tolist()
    assert both[0] == "全市 whole city" and chinese[0] == "全市"
    pairs = zip(both, chinese, strict=True)
    assert all(long.startswith(f"{short} ") for long, short in pairs)


def test_every_share_has_its_own_row_and_fund(
    project: Project, shares: pd.DataFrame
) -> None:
    (axes,) = lottery.plot_shares(project, shares).axes
    assert [at(mark) for mark in marks(axes)] == [
        (value, float(y)) for y, value in enumerate(shares["value"])
    ]
    rows = shares.to_dict("records")
    for label, row in zip(rows_named(axes), rows, strict=True):
        fund = Words(project.book).both("scope", row["scope"], "  ")
        assert label.startswith(project.book.place(row["doc"]).both)
        assert label.endswith(f"\n{fund}")
