"""Words for readers: values, ranges, times, grades and absences, in one language.

In: rows of frames. Out: what a person reads. The forms themselves are rows of
``data/codebook/codes.csv``; this is the only place where a value becomes words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from functools import partial
from typing import Any

import pandas as pd

from compare.base.problems import raise_any
from compare.codebook.book import Codebook
from compare.codebook.checks import unknown
from compare.curated.groups import ORDER
from compare.views.show import BEHIND, digest

THOUSAND, MYRIAD, MILLION = 1_000, 10_000, 1_000_000
ROUND, MILLION_DIGITS = 100, -4
LANGUAGES = ("en", "zh")
SEVERAL = "; "
RANKS = ("", *ORDER)
CODED = (
    *("kind", "obligation", "obs_status", "verdict", "outcome", "facet", "state"),
    "test",
)
WAYS = {"value": ROUND_HALF_EVEN, "lower": ROUND_FLOOR, "upper": ROUND_CEILING}
Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Words:
    """The one formatter of values, in a language, ``en`` or ``zh``."""

    book: Codebook
    language: str = "en"

    def __post_init__(self) -> None:
        """Refuse a language that nothing is worded in."""
        if self.language not in LANGUAGES:
            raise_any([unknown("language", self.language, LANGUAGES)])

    def label(self, codelist: str, code: str) -> str:
        """Name of a code."""
        return self.book.label(codelist, code, self.language)

    def say(self, wording: str, *values: str) -> str:
        """Fill a wording with values."""
        return filled(self.label("wording", wording), *values)

    def both(self, codelist: str, code: str, gap: str = " ", *values: str) -> str:
        """Name of a code in both languages, filled with values, for figures of both."""
        names = (words.label(codelist, code) for words in self.tongues)
        return gap.join(filled(name, *values) for name in names)

    @property
    def tongues(self) -> tuple[Words, ...]:
        """Formatters of both languages, in the order of figures."""
        return tuple(Words(self.book, language) for language in LANGUAGES)

    def pick(self, row: Any, name: str) -> Any:
        """Text of a codebook row in the language: ``label`` of ``label_zh``."""
        return getattr(row, f"{name}_{self.language}")

    def indicator(self, code: str) -> str:
        """Name of an indicator."""
        return str(self.pick(self.book.indicators[code], "label"))

    def named(self, code: str) -> str:
        """Name of an indicator: in Chinese, or in both languages."""
        row = self.book.indicators[code]
        chinese = self.language == "zh"
        return row.label_zh if chinese else f"{row.label_en} {row.label_zh}"

    def place(self, place: str) -> str:
        """Name of a place, in Chinese or both languages; what is none, a sum, stays."""
        if row := self.book.places.get(place):
            return row.short_zh if self.language == "zh" else row.both
        return place

    def unit(self, code: str) -> str:
        """Name of a unit."""
        return str(self.pick(self.book.units[code], "label"))

    def value(self, row: Row) -> str:
        """Word a stated value with its comparator and sign, as a reader would write it.

        ``≥55%``, ``about 20,000``, ``30,000 and more``, ``20 to 30``, ``blank``.
        """
        symbol = self.book.units[row["unit"]].symbol
        if row["comparator"] == "..":
            ends = (self.number(row[end]) for end in ("lower", "upper"))
            return self.say("between", *ends) + symbol
        form = self.label("comparator_form", row["comparator"])
        value = row["value"]
        shown = "?" if value != value else self.number(value)
        return form.replace("#", shown + symbol)

    def number(self, value: float) -> str:
        """Shortest form of a number: thousands apart, in Chinese by 万 where round.

        Examples
        --------
        >>> from compare.codebook.book import find_root, load_codebook
        >>> book = load_codebook(find_root())
        >>> [Words(book).number(value) for value in (20000.0, 36.4, 0.55)]
        ['20,000', '36.4', '0.55']
        >>> [Words(book, "zh").number(value) for value in (20000.0, 469200.0, 18577.0)]
        ['2万', '46.92万', '18,577']
        """
        if self.language == "zh" and abs(value) >= MYRIAD and value % ROUND == 0:
            return filled(self.label("figure", "myriads"), f"{value / MYRIAD:.10g}")
        return _grouped(value)

    def figure(self, row: Row) -> str:
        """Write the number of a value without its hedge, the same in every language.

        Its ends where it has no number; empty where the words allow none.

        Examples
        --------
        >>> from compare.codebook.book import find_root, load_codebook
        >>> words, none = Words(load_codebook(find_root())), float("nan")
        >>> ends = {"value": none, "lower": -3.2, "upper": 30.0, "unit": "percent"}
        >>> words.figure(ends), words.figure({**ends, "upper": none})
        ('−3.2 – 30%', '≥−3.2%')
        """
        value, lower, upper = (
            _grouped(row[name]).replace("-", "−") if row[name] == row[name] else ""
            for name in WAYS
        )
        if not value and lower:
            value = f"{lower} – {upper}" if upper else f"≥{lower}"
        elif not value and upper:
            value = f"≤{upper}"
        return value + self.book.units[row["unit"]].symbol if value else ""

    def derived(self, row: Row, digits: int = 2) -> str:
        """Word a derived value: the point if there is one, else what bounds it.

        Below 1,000 it has so many decimals; millions are rounded to ten thousands.
        """

        def brief(value: float) -> str:
            large = MILLION_DIGITS if abs(value) >= MILLION else 0
            return self.number(round(value, digits if abs(value) < THOUSAND else large))

        value, low, high = row["value"], row["lower"], row["upper"]
        if row["refused"]:
            return self.say("not_computed")
        if value == value:
            return brief(value)
        if low != low and high != high:
            return self.say("not_bounded")
        if high != high:
            return self.say("at_least", brief(low))
        if low != low or low == 0:
            return self.say("at_most", brief(high))
        return self.say("between", brief(low), brief(high))

    def dated(self, rows: pd.DataFrame) -> str:
        """Values with their years, each linked to its sentence."""
        values, times = map(cited, rows.to_dict("records")), rows["time_period"]
        told = map(partial(self.say, "dated"), values, map(self.time, times))
        return self.say("several").join(told)

    def time(self, period: str) -> str:
        """Write a period as print does, and the lack of one in a word."""
        return when(period) or self.say("undated")

    def standing(self, group: str, reason: str = "") -> str:
        """Write how a value stands beside others: its sign, and where it differs."""
        if not group:
            return ""
        sign = self.book.codes["group"][group].definition
        told = f"{sign} {self.label('group', group)}".strip()
        facets = list(filter(None, reason.split(SEVERAL)))
        listed = self.say("facets").join(self.label("facet", one) for one in facets)
        return f"{sign} {listed}" if facets else told

    def compared(self, frame: pd.DataFrame) -> str:
        """Write how some values stand, the same words once, the worst first."""
        rows = frame[["group", "reason"]].itertuples(index=False, name=None)
        found = sorted(set(rows), key=lambda row: (-RANKS.index(row[0]), row[1]))
        worst = [row for row in found if row[0] == found[0][0]]
        return self.standing(*min(worst, key=lambda row: len(row[1]))) if worst else ""

    def absence(self, doc: str, indicator: str) -> str:
        """Say why a document states nothing of an indicator."""
        return self.label("state", self.book.absence(doc, indicator))

    def stated(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add ``stated``: each value in words, whether reported or derived."""

        def told(row: Row) -> str:
            if row.get("source") == "derived":
                return self.derived(row)
            return self.value(row) if row["comparator"] else ""

        return frame.assign(stated=list(map(told, frame.to_dict("records"))))

    def table(self, frame: pd.DataFrame, columns: Sequence[str] = ()) -> pd.DataFrame:
        """Lay a frame out for readers, columns and codes named in the language.

        Of the columns, all by default, ``cited`` is what is stated, linked to its
        sentence, ``compared`` its group with the reason. A digest of the whole frame
        stands behind the text.
        """
        columns = columns or [str(name) for name in frame.columns]
        shown = self._completed(frame, columns)[list(columns)].reset_index(drop=True)
        forms: dict[str, Callable[[str], str]] = {"time_period": self.time}
        forms |= {"indicator": self.indicator, "place": self.place}
        forms |= {name: partial(self._named, name) for name in CODED}
        for name in forms.keys() & set(columns):
            shown[name] = list(map(forms[name], shown[name]))
        shown = shown.rename(columns={name: self.head(name) for name in columns})
        shown.attrs[BEHIND] = digest(frame, {})
        return shown

    def head(self, column: str) -> str:
        """Head of a column as readers see it; of a plan its place, of others itself."""
        if column in self.book.documents:
            place = self.book.place(column)
            plans = [row.place for row in self.book.documents.values()]
            name, alone = place.name(self.language), plans.count(place.place) == 1
            return name if alone else self.say("dated", name, column)
        known = column in self.book.codes["table_column"]
        return self.label("table_column", column) if known else column

    def _completed(self, frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
        """Add the columns that only readers need."""
        missing = set(columns) - set(frame.columns)
        if {"stated", "cited"} & missing and "stated" not in frame:
            frame = self.stated(frame)
        if "cited" in missing:
            frame = frame.assign(cited=list(map(cited, frame.to_dict("records"))))
        if "compared" in missing:
            told = list(map(self.standing, frame["group"], frame["reason"]))
            frame = frame.assign(compared=told)
        return frame

    def _named(self, column: str, cell: str) -> str:
        """Name of a code; of several codes, if a cell holds them."""
        names, known = [], self.book.codes[column]
        for code in filter(None, str(cell).split(SEVERAL)):
            codelist = column if code in known else "measure_derived"
            names.append(self.label(codelist, code))
        return SEVERAL.join(names)


def cut(row: Row, digits: int = 4) -> Row:
    """Round a computed value to some digits for reading; its ends move outwards.

    Examples
    --------
    >>> cut({"value": 39.592924, "lower": 39.588705, "upper": 18577.25}, 4)
    {'value': 39.59, 'lower': 39.58, 'upper': 18578.0}
    """
    told = dict(row)
    for name, way in WAYS.items():
        if row[name] == row[name]:
            exact = Decimal(str(row[name]))
            places = max(0, digits - 1 - exact.adjusted())
            told[name] = float(exact.quantize(Decimal(1).scaleb(-places), rounding=way))
    return told


def _grouped(value: float) -> str:
    """Put commas between thousands, with all decimals and no exponent."""
    return f"{Decimal(str(value)):,f}" if value % 1 else f"{value:,.0f}"


def cited(row: Row) -> str:
    """Write what is stated as a link to its sentence, nothing where nothing is.

    >>> cited({"stated": "32", "id": "jiamusi:814"}), cited({"stated": "", "id": ""})
    ('[32](jiamusi:814)', '')
    """
    return f"[{row['stated']}]({row['id']})" if row["stated"] else ""


def when(period: str) -> str:
    """Write a period as print does.

    >>> when("2016/2020")
    '2016–2020'
    """
    return period.replace("/", "–")


def filled(form: str, *values: str) -> str:
    """Put values for the signs ``#`` of a form, in their order; more than fit are left.

    >>> filled("# to #", "20", "30")
    '20 to 30'
    """
    first, *rest = form.split("#")
    return first + "".join(
        value + part for value, part in zip(values, rest, strict=False)
    )
