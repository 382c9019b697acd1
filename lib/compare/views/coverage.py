"""Coverage: which plan states which indicator, and why there is nothing elsewhere.

In: an open project. Out: a frame of states, and counts that sentences speak of.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from compare.codebook.checks import asked
from compare.curated.comparability import count_pairs
from compare.project import Project
from compare.views.tables import statements

STATED = ("both", "target", "baseline", "other")


def coverage(
    project: Project, families: Iterable[str] = (), *, least: int = 1
) -> pd.DataFrame:
    """Which plan states which indicator, and why there is nothing where it does not.

    Of all families of indicators, or some in the order wanted; only indicators that at
    ``least`` so many plans state.

    Returns
    -------
    pandas.DataFrame
        Long: ``indicator``, ``doc``, ``place`` and ``state``, a code of the list
        ``state``: ``both`` (baseline and target), ``target``, ``baseline``, ``other``,
        ``blank`` (printed, but empty), ``out_of_scope``, ``lost_in_picture``,
        ``lost_part`` or ``not_stated``. Indicators that most plans state come first.
    """
    book = project.book
    chosen = asked("family", families, book.families) or list(book.families)
    named = [code for code, row in book.indicators.items() if row.family in chosen]
    frame = statements(project, named)
    kinds = frame["kind"].astype("str").where(frame["comparator"] != "missing", "blank")
    found = kinds.groupby([frame["indicator"], frame["doc"]], observed=True).agg(set)
    ranked = []
    for code in dict.fromkeys(frame["indicator"]):
        told = [_state(found.get((code, doc), set())) for doc in book.order]
        stated = sum(state in STATED for state in told)
        if stated >= least:
            family = chosen.index(book.indicators[code].family)
            ranked.append((family, -stated, -told.count("both"), code, told))
    rows = [
        (code, doc, book.place(doc).place, state or book.absence(doc, code))
        for *_, code, told in sorted(ranked)
        for doc, state in zip(book.order, told, strict=True)
    ]
    return pd.DataFrame(rows, columns=["indicator", "doc", "place", "state"])


def counts(project: Project) -> dict[str, int]:
    """Count what sentences speak of.

    Returns
    -------
    dict
        ``observations``, ``indicators`` and ``documents``; ``findings`` and, for each
        verdict, ``findings:VERDICT``; ``pairs`` and ``pairs:GRADE``; ``stated:DOC`` and
        ``both:DOC``, indicators that a plan states, and with baseline and target;
        ``places:INDICATOR:KIND``, plans that state an indicator.

    Examples
    --------
    >>> import compare
    >>> found = counts(compare.load().project)
    >>> found["documents"], found["places:nursing_bed_share:target"]
    (5, 5)
    """
    book, cover = project.book, coverage(project)
    pairs = count_pairs(list(project.facets.values()), book)
    stated = statements(project, book.indicators)
    groups = stated.groupby(["indicator", "kind"], observed=True)["doc"].nunique()
    verdicts = project.findings["verdict"].value_counts()
    found = {
        "documents": len(book.documents),
        "observations": len(project.observations),
        "indicators": project.observations["indicator"].nunique(),
        "findings": len(project.findings),
        "pairs": pairs.total(),
        **{f"findings:{verdict}": int(n) for verdict, n in verdicts.items()},
        **{f"pairs:{grade}": n for grade, n in pairs.items()},
    }
    for doc in book.order:
        states = cover.loc[cover["doc"] == doc, "state"]
        found[f"both:{doc}"] = int((states == "both").sum())
        found[f"stated:{doc}"] = int(states.isin(STATED).sum())
    for code, kind in groups.index:
        found[f"places:{code}:{kind}"] = int(groups[code, kind])
    return found


def _state(kinds: set[str]) -> str:
    """Code for what is stated; empty where nothing is."""
    known = ("target", "baseline", "blank")
    told = {kind if kind in known else "other" for kind in kinds}
    if {"baseline", "target"} <= told:
        return "both"
    return next((state for state in (*STATED, "blank") if state in told), "")
