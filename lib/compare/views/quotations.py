"""Evidence: the sentence behind a value, marked, in its context.

In: the id of a reading. Out: its quote with the text around it, the section, the
document and the offsets, for the terminal and for Jupyter.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

from compare.base.problems import Problem, printable, raise_any
from compare.codebook.book import Source, find_root, load_codebook
from compare.documents.text import load_documents, mend
from compare.readings.readings import Reading, load_readings


@dataclass(frozen=True)
class Evidence:
    """One reading with the text it stands in.

    Its ``repr`` is the text for a terminal; Jupyter shows it as a marked quotation.
    """

    reading: Reading
    source: Source
    before: str
    quote: str
    after: str
    read_as: str

    def text(self) -> str:
        """Give the marked quotation as text, ``【`` and ``】`` around the quote."""
        title = self.source.title
        return "\n".join(
            printable(line)
            for line in (
                f"{self.reading.id}  {title}",
                f"{self.reading.section}"
                + (f" [{self.reading.in_table}]" if self.reading.in_table else ""),
                f"characters {self.reading.quote_start} to {self.reading.quote_end}",
                "",
                f"{self.before}【{self.quote}】{self.after}".replace("\n", "⏎"),
                *self._mended(),
            )
        )

    def _mended(self) -> list[str]:
        return [f"read as: {self.read_as}".replace("\n", "⏎")] if self.read_as else []

    def __repr__(self) -> str:
        """Text for a terminal."""
        return self.text()

    def _repr_html_(self) -> str:
        """Show a marked quotation in Jupyter; what the document says is escaped."""
        reading = self.reading
        before, quote, after = (
            html.escape(part).replace("\n", "⏎<br>")
            for part in (self.before, self.quote, self.after)
        )
        return (
            f'<figure class="evidence"><blockquote lang="zh">{before}<mark>{quote}'
            f"</mark>{after}</blockquote><figcaption>{html.escape(self.source.title)}, "
            f"{html.escape(reading.section)}, characters {reading.quote_start} to "
            f"{reading.quote_end} ({html.escape(reading.id)})</figcaption></figure>"
        )


def evidence(id: str, *, root: Path | None = None) -> Evidence:
    """Sentence behind a value.

    Parameters
    ----------
    id
        Id of a reading or observation, such as ``jiamusi:814``.
    root
        Folder of the project; default: as ``find_root``.

    Raises
    ------
    Problems
        No reading has this id; the nearest ones are named.

    Examples
    --------
    >>> print(evidence("jiamusi:814"))
    jiamusi:814  佳木斯市“一老一小”方案(题名缺失)
    二、发展目标 [专栏1]
    characters 795 to 816
    <BLANKLINE>
    【每千名老年人拥有养老床位数(张) |⏎32】 |
    """
    home = root or find_root()
    book = load_codebook(home)
    rows, problems = load_readings(home, book.documents)
    documents, found = load_documents(home, sorted(book.documents))
    raise_any(problems + found)
    by_id = {row.id: row for row in rows}
    if id not in by_id:
        raise_any([_unknown(id, by_id)])
    reading = by_id[id]
    before, quote, after = documents[reading.doc].context(
        int(reading.quote_start), int(reading.quote_end)
    )
    mended, _ = mend(before + quote + after, book.repairs(reading.doc))
    read_as = "" if mended == before + quote + after else mended
    source = book.documents[reading.doc]
    return Evidence(reading, source, before, quote, after, read_as)


def _unknown(id: str, by_id: dict[str, Reading]) -> Problem:
    doc, _, offset = id.partition(":")
    same = [row for row in by_id.values() if row.doc == doc]
    number = offset.partition(".")[0]
    wanted = int(number) if number.isdecimal() else 0
    nearest = sorted(same or by_id.values(), key=lambda row: abs(row.offset - wanted))[
        :3
    ]
    return Problem(
        f"id {printable(id)!r}",
        "no reading has this id.",
        "a document and the offset of a printed value, such as "
        + ", ".join(row.id for row in nearest)
        + ".",
        "look it up in data/curated/observations.csv, column id.",
    )
