"""Quantities: a Chinese number phrase, read into value, bounds and comparator.

In: the words of a phrase such as «3万余张» or «不低于55%», and the list of number
words (digits, multipliers, hedges) from the codebook. Out: exact decimals. 余, 左右
and ≥ never become a point: they give bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

ZERO, HALF, HUNDRED = Decimal(0), Decimal("0.5"), Decimal(100)


@dataclass(frozen=True)
class Quantity:
    """A number phrase in exact terms.

    Parameters
    ----------
    value
        The number itself, 万 and 亿 applied; None for a range, a blank cell and a
        phrase that contradicts itself.
    lower, upper
        What the phrase allows; None where it sets no end.
    upper_open
        The upper end is excluded.
    comparator
        ``=`` ``>=`` ``>`` ``<=`` ``<`` ``~`` ``+`` ``..`` or ``missing``.
    """

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    upper_open: bool
    comparator: str


@dataclass(frozen=True)
class Lexicon:
    """The number words of the codebook, ready for reading phrases."""

    digits: Mapping[str, int]
    tens: Mapping[str, int]
    multipliers: Mapping[str, Decimal]
    universals: frozenset[str]
    remainders: frozenset[str]
    partials: frozenset[str]
    dashes: frozenset[str]
    before: Mapping[str, str]
    inside: Mapping[str, str]
    after: Mapping[str, str]
    periods: Mapping[str, str]
    dates: Mapping[str, Decimal]
    measures: frozenset[str]
    measurements: frozenset[str]
    number: re.Pattern[str] = field(repr=False)
    span: re.Pattern[str] = field(repr=False)


def lexicon(words: Iterable[tuple[str, str, str]]) -> Lexicon:
    """Prepare number words for reading.

    Parameters
    ----------
    words
        Role, word and meaning. Roles: ``digit`` (三), ``ten`` (十 百 千),
        ``multiplier`` (万 亿), ``universal`` (全部), ``remainder`` (其他: all others),
        ``partial`` (普遍: less than all), ``dash`` (——), ``before`` ``inside``
        ``after`` (hedges, by where they stand), ``range`` (至), ``ordinal`` (第),
        ``period`` (十三五), ``date`` (年初: the part that has passed), ``measure``
        (个), ``measurement`` (分钟).
    """
    roles: dict[str, dict[str, str]] = {}
    for role, word, meaning in words:
        roles.setdefault(role, {})[word] = meaning

    def of(role: str) -> dict[str, str]:
        return roles.get(role, {})

    digits = {word: int(meaning) for word, meaning in of("digit").items()}
    tens = {word: int(meaning) for word, meaning in of("ten").items()}
    multipliers = {word: Decimal(text) for word, text in of("multiplier").items()}
    chinese = "".join([*digits, *tens, *multipliers])
    arabic = r"\d+(?:\.\d+)?"
    number = f"(?:{arabic}[{''.join(multipliers)}]*|[{re.escape(chinese)}]+)"
    return Lexicon(
        digits=digits,
        tens=tens,
        multipliers=multipliers,
        universals=frozenset(of("universal")),
        remainders=frozenset(of("remainder")),
        partials=frozenset(of("partial")),
        dashes=frozenset(of("dash")),
        before=of("before"),
        inside=of("inside"),
        after=of("after"),
        periods=of("period"),
        dates={word: Decimal(part) for word, part in of("date").items()},
        measures=frozenset(of("measure")),
        measurements=frozenset(of("measurement")),
        number=re.compile(f"(?:{any_of(of('ordinal'))})?({number})"),
        span=re.compile(f"({number})(?:{any_of(of('range'))})({number})"),
    )


def read(text: str, words: Lexicon) -> tuple[Decimal, ...] | None:
    """Read a bare number phrase: no hedge, no unit.

    Returns
    -------
    tuple of Decimal or None
        One number, the two ends of a range, nothing for a dash; None when the text
        is no number phrase.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> words = load_codebook(find_root()).words
    >>> read("46.92万", words), read("四十三", words), read("20至30", words)
    ((Decimal('469200.00'),), (Decimal('43'),), (Decimal('20'), Decimal('30')))
    """
    text = re.sub(r"\s", "", text)
    if text in words.dashes:
        return ()
    if text in words.universals | words.remainders:
        return (HUNDRED,)
    if match := words.span.fullmatch(text):
        low, high = _number(match[1], words), _number(match[2], words)
        unit = _multiplier(match[2], words)
        if _multiplier(match[1], words) == 1 and low < high / unit:
            low *= unit
        return (low, high) if low <= high else None
    if match := words.number.fullmatch(text):
        return (_number(match[1], words),)
    return None


def comparator_of(hedges: Iterable[str], words: Lexicon) -> str | None:
    """Tell the comparator of hedge words; ``=`` without any.

    Returns
    -------
    str or None
        None when a word is unknown or when two words contradict each other
        (近 and 余 in «近3万余»).
    """
    found = set()
    for hedge in hedges:
        meaning = (
            words.before.get(hedge) or words.inside.get(hedge) or words.after.get(hedge)
        )
        if meaning is None:
            return None
        if meaning != "=":
            found.add(meaning)
    if len(found) > 1:
        return None
    return found.pop() if found else "="


def adjacent_hedges(
    text: str, start: int, end: int, unit: str, words: Lexicon
) -> set[str]:
    """Hedge words that touch the number at ``text[start:end]``.

    Before it, directly behind it (余), and behind its unit (左右, 以上). Words that
    limit nothing (达) are left out.
    """
    found = set()
    left = longest_suffix(text[:start], words.before)
    if left:
        found.add(left)
        second = longest_suffix(text[: start - len(left)], words.before)
        if second:
            found.add(second)
    rest = text[end:]
    inside = longest_prefix(rest, words.inside)
    if inside:
        found.add(inside)
        rest = rest[len(inside) :]
    if unit and rest.startswith(unit):
        rest = rest[len(unit) :]
    behind = longest_prefix(rest, words.after)
    if behind:
        found.add(behind)
    return {hedge for hedge in found if comparator_of([hedge], words) != "="}


def bounds(
    text: str,
    comparator: str,
    words: Lexicon,
    *,
    share: bool = False,
    approximate: Decimal | None = None,
) -> Quantity:
    """Bounds of a number phrase by the rules of the codebook.

    Parameters
    ----------
    text
        The bare number phrase.
    comparator
        What its hedge words mean.
    share
        The value is a percentage of a whole, so that ≥ ends at 100.
    approximate
        How far 左右 and 约 reach, as a part of the value (``Decimal("0.05")`` for
        ±5 %). Default: half a unit of the last significant digit.

    Raises
    ------
    ValueError
        The text is no number phrase.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> words = load_codebook(find_root()).words
    >>> quantity = bounds("3万", "+", words)
    >>> print(quantity.lower, quantity.upper, quantity.upper_open)
    30000 40000 True
    >>> quantity = bounds("36.4", "=", words)
    >>> print(quantity.lower, quantity.upper)
    36.4 36.4
    >>> quantity = bounds("55", ">=", words, share=True)
    >>> print(quantity.value, quantity.lower, quantity.upper)
    55 55 100
    """
    numbers = read(text, words)
    if numbers is None:
        raise ValueError(f"{text!r} is no number phrase")
    if not numbers:
        return Quantity(None, None, None, False, "missing")
    if len(numbers) == 2:
        return Quantity(None, numbers[0], numbers[1], False, "..")
    value = numbers[0]
    match comparator:
        case "+":
            return Quantity(value, value, value + _place(value), True, comparator)
        case ">" | ">=":
            top = HUNDRED if share and value <= HUNDRED else None
            return Quantity(value, value, top, False, comparator)
        case "<":
            return Quantity(value, None, value, True, comparator)
        case "<=":
            return Quantity(value, ZERO, value, False, comparator)
    half = _half_width(text, value, comparator, words, approximate)
    return Quantity(value, value - half, value + half, half > 0, comparator)


def plain(number: Decimal | None) -> str:
    """Shortest plain decimal, no exponent; empty for None.

    Examples
    --------
    >>> plain(Decimal("469200.00")), plain(Decimal("1E+2")), plain(None)
    ('469200', '100', '')
    """
    if number is None:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(text: str, words: Lexicon) -> Decimal:
    match = re.match(r"\d+(?:\.\d+)?", text)
    if match is None:
        return _chinese(text, words)
    value = Decimal(match[0])
    for character in text[match.end() :]:
        value *= words.multipliers[character]
    return value


def _chinese(text: str, words: Lexicon) -> Decimal:
    """Value of a numeral in characters: digits, 十百千 inside 万 and 亿."""
    if len(text) > 1 and all(character in words.digits for character in text):
        return Decimal("".join(str(words.digits[character]) for character in text))
    total, section, digit, last = ZERO, 0, -1, ZERO
    for character in text:
        if character in words.digits:
            digit = words.digits[character]
        elif character in words.tens:
            section += (1 if digit < 0 else digit) * words.tens[character]
            digit = -1
        else:
            multiplier = words.multipliers[character]
            part = Decimal(section + max(digit, 0))
            if last and multiplier > last:
                total = (total + part) * multiplier
            else:
                total += (part or Decimal(1)) * multiplier
            section, digit, last = 0, -1, multiplier
    return total + section + max(digit, 0)


def _multiplier(text: str, words: Lexicon) -> Decimal:
    """Multiply the multipliers at the end of a number phrase."""
    product = Decimal(1)
    for character in reversed(text):
        if character not in words.multipliers:
            break
        product *= words.multipliers[character]
    return product


def _half_width(
    text: str,
    value: Decimal,
    comparator: str,
    words: Lexicon,
    approximate: Decimal | None,
) -> Decimal:
    """How far 左右 and 约 reach to either side; beside decimals they add nothing."""
    if comparator == "=":
        return ZERO
    if approximate is not None:
        return abs(value) * approximate
    return half_unit(text, words) if "." in text else _place(value) * HALF


def half_unit(text: str, words: Lexicon) -> Decimal:
    """Half a unit of the last printed digit of a number.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> words = load_codebook(find_root()).words
    >>> print(half_unit("36.4", words), half_unit("32", words))
    0.05 0.5
    """
    match = re.search(r"\d+(?:\.(\d+))?", text)
    step = Decimal(1).scaleb(-len(match[1] or "")) if match else Decimal(1)
    for character in text[match.end() if match else len(text) :]:
        step *= words.multipliers.get(character, Decimal(1))
    return step * HALF


def _place(value: Decimal) -> Decimal:
    """One unit of the last non-zero digit."""
    if not value:
        return ZERO
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # the value is finite
    return Decimal(1).scaleb(exponent)


def any_of(words: Iterable[str]) -> str:
    """Regular expression for any of some words, longer ones first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def longest_suffix(text: str, words: Iterable[str]) -> str:
    """Longest of some words that a text ends with; empty for none."""
    return max((word for word in words if text.endswith(word)), key=len, default="")


def longest_prefix(text: str, words: Iterable[str]) -> str:
    """Longest of some words that a text begins with; empty for none."""
    return max((word for word in words if text.startswith(word)), key=len, default="")
