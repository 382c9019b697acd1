"""Rules: row models of derivations, of findings, and of the questions they answer.

In: nothing. Out: what each column means and allows; ``book`` loads the tables by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from compare.base.tables import CODE, NUMBER, Codelist, Refers, Row, column


class Rule(Row):
    """What rules of derivations and of findings share: inputs that belong together."""

    key = ("rule",)
    rule: str = column("code of the rule", pattern=CODE)
    a: str = column("indicator of a; * for each indicator")
    a_kinds: str = column("kinds that a may have, joined with a space")
    b: str = column("indicator of b; * for that of a", empty=True)
    b_kinds: str = column("kinds that b may have", empty=True)
    b_apart: str = column("years that b may lie apart", pattern=r"\d+", empty=True)
    c: str = column("indicator of c", empty=True)
    c_kinds: str = column("kinds that c may have", empty=True)
    c_apart: str = column("years that c may lie apart", pattern=r"\d+", empty=True)
    d: str = column("indicator of d", empty=True)
    d_kinds: str = column("kinds that d may have", empty=True)
    d_apart: str = column("years that d may lie apart", pattern=r"\d+", empty=True)
    area: Annotated[str, Codelist("area")] = column(
        "the whole place, its parts, or a part and the whole"
    )
    pick: Annotated[str, Codelist("pick")] = column("each a, or only the last")

    def named(self) -> Iterator[tuple[str, str, str]]:
        """Name, indicator and kinds of each input."""
        for name in "abcd":
            if code := getattr(self, name):
                yield name, code, getattr(self, f"{name}_kinds")


class Derivation(Rule):
    """Rules by which ratios are derived from observations."""

    indicator: str = column("what it gives; * for the indicator of a")
    measure: Annotated[str, Codelist("measure_derived")] = column(
        "the indicator itself, or what is computed about it"
    )
    unit: Annotated[str, Refers("units")] = column(
        "unit, where not the indicator's", empty=True
    )
    change: Annotated[str, Codelist("change")] = column(
        "which change of the indicator it is, for its unit", empty=True
    )
    time_of: str = column(
        "input whose time and kind it has; empty: a", pattern="[b-d]", empty=True
    )
    low: str = column(
        "lower end that a must have for the rule", pattern=NUMBER, empty=True
    )
    formula: str = column("arithmetic on the inputs and years")
    note_en: str = column("what to mind, in English")
    note_zh: str = column("what to mind, in Chinese")


class FindingRule(Rule):
    """Rules by which documents are held against themselves."""

    test: Annotated[str, Codelist("test")] = column("what is tested")
    formula: str = column("what is computed from b, c, d", empty=True)
    low: str = column("lowest result that holds", pattern=NUMBER, empty=True)
    high: str = column("highest result that holds", pattern=NUMBER, empty=True)
    if_holds: Annotated[str, Codelist("outcome")] = column("what it says when it holds")
    if_fails: Annotated[str, Codelist("outcome")] = column(
        "what it says when it does not", empty=True
    )
    if_depends: Annotated[str, Codelist("outcome")] = column(
        "what it says when the words leave it open", empty=True
    )
    if_equal: Annotated[str, Codelist("outcome")] = column(
        "what it says of two equal values", empty=True
    )
    explanation_en: str = column("what it means, in English")
    explanation_zh: str = column("what it means, in Chinese")


class Question(Row):
    """Indicators that answer one question, which a reader expects side by side."""

    key = ("question", "indicator")
    question: Annotated[str, Codelist("question")] = column("code of the question")
    indicator: Annotated[str, Refers("indicators")] = column("indicator that answers")
    rule: str = column(
        "derivation that gives another indicator of the question from it", empty=True
    )
