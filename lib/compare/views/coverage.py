"""Coverage: which plan states which indicator, and why there is nothing elsewhere.

In: an open project. Out: a frame of states, and counts that sentences speak of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from compare.codebook.checks import asked
from compare.curated.comparability import count_pairs
from compare.project import Project
from compare.views.tables import statements

STATED = ("both", "target", "baseline", "other", "derived")


def coverage(
    project: Project, families: Iterable[str] = (), *, least: int = 1
) -> pd.DataFrame:
    """Which plan states which indicator, and why there is nothing where it does not.

    Of all families of indicators, or some in the order wanted; only indicators that at
    ``least`` so many plans state; 0 takes those in that are stated of parts only.

    Returns
    -------
    pandas.DataFrame
        Long: ``indicator``, ``doc``, ``place`` and ``state``, a code of the list
        ``state``: ``both`` (baseline and target), ``target``, ``baseline``, ``other``,
        ``derived`` (at least one in each, which is all of them), ``blank`` (printed,
        but empty), ``elsewhere`` (as another indicator of the same question),
        ``part`` (of a part of the place, or in wider or narrower words),
        ``out_of_scope``, ``lost_in_picture``, ``lost_part`` or ``not_stated``.
        Indicators that most plans state come first.
    """
    book = project.book
    chosen = asked("family", families, book.families) or list(book.families)
    named = [code for code, row in book.indicators.items() if row.family in chosen]
    frame = statements(project, named)
    kinds = frame["kind"].astype("str").where(frame["comparator"] != "missing", "blank")
    found = kinds.groupby([frame["indicator"], frame["doc"]], observed=True).agg(set)
    answers, ranked = _answers(project), []
    partly = {code for _, code in answers.partly}
    for code in {*frame["indicator"], *answers.led, *partly}.intersection(named):
        told = [
            _state(found.get((code, doc), set())) or answers.of(code, doc)
            for doc in book.order
        ]
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


@dataclass(frozen=True)
class _Answers:
    """Questions that several indicators answer: what else a plan says to them.

    ``led`` are indicators that a derivation leads to, and the plans of which it does;
    ``beside`` are the other indicators of an indicator's questions, and ``stated``
    plans and the indicators that they state, ``partly`` those that they state of a part
    of the place, or in words that are not compared.
    """

    led: Mapping[str, set[str]]
    beside: Mapping[str, set[str]]
    stated: set[tuple[str, str]]
    partly: set[tuple[str, str]]

    def of(self, indicator: str, doc: str) -> str:
        """Code for what a plan says that does not state an indicator; may be empty."""
        if doc in self.led.get(indicator, ()):
            return "derived"
        others = self.beside.get(indicator, set())
        if any((doc, other) in self.stated for other in others):
            return "elsewhere"
        return "part" if (doc, indicator) in self.partly else ""


def _answers(project: Project) -> _Answers:
    rules = {row.rule for row in project.book.questions if row.rule}
    led: dict[str, set[str]] = {}
    computed = project.derived[project.derived["refused"] == ""]
    for id, indicator in computed["indicator"].items():
        doc, rule = str(id).split(":")[:2]
        if rule in rules:
            led.setdefault(str(indicator), set()).add(doc)
    questions: dict[str, set[str]] = {}
    for row in project.book.questions:
        questions.setdefault(row.question, set()).add(row.indicator)
    beside: dict[str, set[str]] = {}
    for codes in questions.values():
        for code in codes:
            beside.setdefault(code, set()).update(codes - {code})
    frame = statements(project, beside)
    docs, codes_stated = (frame[name].astype("str") for name in ("doc", "indicator"))
    stated = set(zip(docs, codes_stated, strict=True))
    every = project.observations
    names = (every[name].astype("str") for name in ("doc", "indicator"))
    return _Answers(led, beside, stated, set(zip(*names, strict=True)))


def counts(project: Project) -> dict[str, int]:
    """Count what sentences speak of.

    Returns
    -------
    dict
        ``observations``, ``indicators`` and ``documents``; ``findings`` and, for each
        verdict, ``findings:VERDICT``; ``pairs`` and ``pairs:GRADE``; ``values`` and
        ``values:GROUP``, those that may stand beside others; ``stated:DOC`` and
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
    stood = Counter(one.group for one in project.standings.values())
    stated = statements(project, book.indicators)
    groups = stated.groupby(["indicator", "kind"], observed=True)["doc"].nunique()
    verdicts = project.findings["verdict"].value_counts()
    found = {
        "documents": len(book.documents),
        "observations": len(project.observations),
        "indicators": project.observations["indicator"].nunique(),
        "findings": len(project.findings),
        "pairs": pairs.total(),
        "values": len(project.standings),
        **{f"findings:{verdict}": int(n) for verdict, n in verdicts.items()},
        **{f"pairs:{grade}": n for grade, n in pairs.items()},
        **{f"values:{group}": n for group, n in stood.items()},
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
