"""Evidence: the sentences behind a value, marked, in their context.

In: the id of a statement, a derived value or a finding. Out: what it says, how it was
computed, and each sentence that it rests on, for the terminal and for Jupyter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from compare.base.problems import printable
from compare.documents.text import mend
from compare.project import Project
from compare.views.words import Words


@dataclass(frozen=True)
class Passage:
    """A sentence in the text around it."""

    id: str
    title: str
    section: str
    span: tuple[int, int]
    before: str
    quote: str
    after: str
    read_as: str

    @property
    def stands(self) -> str:
        """Where the quote stands in its document."""
        return "characters {} to {}".format(*self.span)

    def lines(self) -> list[str]:
        """Text for a terminal, ``【`` and ``】`` around the quote."""
        marked = f"{self.before}【{self.quote}】{self.after}"
        mended = [f"read as: {self.read_as}"] if self.read_as else []
        head = f"{self.id}  {self.title}"
        return [head, self.section, self.stands, "", marked, *mended]

    def html(self) -> str:
        """Give the marked quotation; what the document says is escaped."""
        parts = map(escape, (self.before, self.quote, self.after))
        before, quote, after = (part.replace("\n", "⏎<br>") for part in parts)
        place = escape(f"{self.title}, {self.section}, {self.stands} ({self.id})")
        return (
            f'<figure class="evidence"><blockquote lang="zh">{before}<mark>{quote}'
            f"</mark>{after}</blockquote><figcaption>{place}</figcaption></figure>"
        )


@dataclass(frozen=True)
class Evidence:
    """What a value says, and the sentences that it rests on, in their order.

    ``told`` is for what no document states: name, value and arithmetic, a line each.
    The ``repr`` is the text for a terminal; Jupyter shows marked quotations.
    """

    id: str
    told: Sequence[str]
    passages: Sequence[Passage]

    def __repr__(self) -> str:
        """Text for a terminal."""
        blocks = [self.told, *(passage.lines() for passage in self.passages)]
        texts = (
            [line.replace("\n", "⏎") for line in block] for block in blocks if block
        )
        return "\n\n".join("\n".join(map(printable, lines)) for lines in texts)

    def _repr_html_(self) -> str:
        """Show marked quotations in Jupyter."""
        told = "<br>".join(map(escape, self.told))
        quotations = "".join(passage.html() for passage in self.passages)
        return (f"<p>{told}</p>" if told else "") + quotations


def evidence(project: Project, id: str) -> Evidence:
    r"""Sentences behind a value.

    The id is of a statement, a derived value or a finding, of today or of old; where
    nothing has it, the nearest ones are named.

    Examples
    --------
    >>> import compare
    >>> project = compare.load().project
    >>> evidence(project, "jiamusi:814")
    jiamusi:814  佳木斯市“一老一小”方案(题名缺失)
    二、发展目标 [专栏1]
    characters 795 to 816
    <BLANKLINE>
    【每千名老年人拥有养老床位数(张) |⏎32】 |
    >>> print(*evidence(project, "changsha:slot_ratio:2021").told, sep="\n")
    changsha:slot_ratio:2021  Childcare slots per 1,000 residents: 1.46 to 2.44
    1000 * a / b, a = changsha:1260, b = changsha:2155
    """
    id, words = project.resolve(id), Words(project.book)
    row, told = project.rows.get(id, {}), []
    inputs = row.get("inputs", id).split()
    if "formula" in row:
        named = zip("abcd", inputs, strict=False)
        formula = [row["formula"], *map(" = ".join, named)]
        name = words.indicator(row["indicator"])
        told = [f"{id}  {name}: {words.derived(row)}", ", ".join(formula)]
    elif "verdict" in row:
        verdict = words.label("outcome", row["outcome"])
        told = [f"{id}  {verdict}: {row['arithmetic']}", row["explanation_en"]]
    stated = [one for one in inputs if one in project.readings]
    return Evidence(id, told, [_passage(project, one) for one in stated])


def read_as(project: Project, doc: str, span: tuple[int, int]) -> str:
    """Lines of a quote as they are read where the text held is damaged; else empty."""
    raw = "".join(project.documents[doc].context(*span))
    mended, _ = mend(raw, project.book.repairs(doc))
    return "" if mended == raw else mended


def _passage(project: Project, id: str) -> Passage:
    reading, book = project.readings[id], project.book
    parts = project.documents[reading.doc].context(*reading.span)
    mended = read_as(project, reading.doc, reading.span)
    title = book.documents[reading.doc].title
    section = reading.section + f" [{reading.in_table}]" * bool(reading.in_table)
    return Passage(id, title, section, reading.span, *parts, read_as=mended)
