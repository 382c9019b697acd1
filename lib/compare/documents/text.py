"""Documents: the raw texts, frozen by checksum, addressed by character.

In: ``data/raw/<doc>.txt`` and ``SHA256SUMS``. Out: texts whose positions never move:
characters of the file decoded as UTF-8 with its line ends as they are.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compare.base.problems import Problem

FOLDER = Path("data/raw")
NEWLINE = "⏎"
SENTENCE_ENDS = "。！？\n"


@dataclass(frozen=True)
class Document:
    """One raw text, whose characters positions count; the checksum is of its bytes."""

    doc: str
    text: str
    sha256: str

    @functools.cached_property
    def folded(self) -> str:
        """The text for matching only, every character at its position."""
        return fold(self.text)

    def quote(self, start: int, end: int) -> str:
        r"""Give the text of a span, with ``⏎`` for each newline.

        Examples
        --------
        >>> Document("a", "1 |\n2", "").quote(0, 5)
        '1 |⏎2'
        """
        return self.text[start:end].replace("\n", NEWLINE)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Span of the sentence around a span, or of its line in a table.

        Examples
        --------
        >>> Document("a", "甲。乙1,丙2。丁", "").sentence(3, 4)
        (2, 7)
        """
        before = max(self.text.rfind(mark, 0, start) for mark in SENTENCE_ENDS)
        behind = re.compile(f"[{SENTENCE_ENDS}]").search(self.text, end)
        return before + 1, behind.start() if behind else len(self.text)

    def context(self, start: int, end: int, around: int = 120) -> tuple[str, str, str]:
        """Text before a span, the span, and the text behind it, inside its lines.

        The lines that the span stands in are kept whole where they are shorter than
        ``around`` characters on either side.
        """
        left = max(self.text.rfind("\n", 0, start) + 1, start - around)
        line_end = self.text.find("\n", end)
        right = min(len(self.text) if line_end < 0 else line_end, end + around)
        return self.text[left:start], self.text[start:end], self.text[end:right]


def load_documents(
    root: Path, docs: list[str]
) -> tuple[dict[str, Document], list[Problem]]:
    """Load the raw texts and hold them against their checksums.

    Returns
    -------
    dict of Document, list of Problem
        Only documents whose bytes are the frozen ones.
    """
    sums = root / FOLDER / "SHA256SUMS"
    lines = sums.read_text("ascii").splitlines() if sums.is_file() else []
    expected = {line[66:]: line[:64] for line in lines}
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for doc in docs:
        path = root / FOLDER / f"{doc}.txt"
        place = path.relative_to(root).as_posix()
        if not path.is_file():
            remedy = "restore it from git."
            problems.append(Problem(place, "no such file.", remedy=remedy))
            continue
        raw = path.read_bytes()
        digest, frozen = hashlib.sha256(raw).hexdigest(), expected.get(path.name, "")
        if digest != frozen:
            what = f"its SHA-256 is {digest[:12]}…"
            wanted = f"{frozen[:12]}…, as frozen in SHA256SUMS."
            remedy = f"run 'git checkout -- {place}'; raw texts are never edited."
            problems.append(Problem(place, what, wanted, remedy))
            continue
        try:
            documents[doc] = Document(doc, raw.decode("utf-8"), digest)
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            remedy = "obtain it again, or convert it and say so in documents.csv."
            problems.append(Problem(place, what, "a text in UTF-8.", remedy))
    return documents, problems


def squeeze(text: str) -> str:
    """Text without spaces and line breaks, for holding words against it.

    Examples
    --------
    >>> squeeze("街道居家养老⏎服务站(个)")
    '街道居家养老服务站(个)'
    """
    return re.sub(rf"\s|{NEWLINE}", "", text)


def mend(text: str, repairs: Iterable[tuple[str, str]]) -> tuple[str, list[int]]:
    r"""Apply declared repairs to a text and remember where each character stood.

    Parameters
    ----------
    text
        Raw text, or a part of it.
    repairs
        Regular expressions, and what stands in the place of what they find.

    Returns
    -------
    str, list of int
        The mended text, and for each of its characters the position in ``text`` that
        it comes from; a character that was put in has the position of the damage.

    Examples
    --------
    >>> mended, positions = mend("月探\n15、访率", [(r"\n\d+、", "")])
    >>> mended, positions
    ('月探访率', [0, 1, 6, 7])
    """
    positions = list(range(len(text)))
    for pattern, replacement in repairs:
        parts: list[str] = []
        moved: list[int] = []
        last = 0
        for match in re.finditer(pattern, text):
            parts += [text[last : match.start()], replacement]
            moved += positions[last : match.start()]
            at = min(match.start(), len(positions) - 1)
            moved += [positions[at]] * len(replacement)
            last = match.end()
        text = "".join([*parts, text[last:]])
        positions = moved + positions[last:]
    return text, positions


def fold(text: str) -> str:
    """Text for matching only: simplified characters, plain width, same length.

    Every character is folded by itself, so positions in the folded text are positions
    in the text.

    Examples
    --------
    >>> fold("每千名老人床位數達36.4張")
    '每千名老人床位数达36.4张'
    """
    return "".join(map(_fold_character, text))


@functools.cache
def _fold_character(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        return character
    if not "\u3400" <= plain <= "\u9fff":
        return plain.lower() if len(plain.lower()) == 1 else plain
    simplified: str = _simplifier().convert(plain)
    return simplified if len(simplified) == 1 else plain


@functools.cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
