"""Policy: what a stored notebook may hold.

In: a notebook as it is committed, and what its project sets. Out: problems, each with
cell, cause and remedy. It sees what running a notebook again cannot see: what was cut,
hidden, switched off or typed in by hand.
"""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
MOST_STATEMENTS = 2
REFUSED = set(
    "For While If With Try FunctionDef ClassDef Lambda ListComp SetComp DictComp "
    "GeneratorExp BinOp Compare JoinedStr Delete".split()
)
REFUSED_CALLS = {"merge", "groupby", "assign", "query", "print", "read_csv", "head"}
REFUSED_SOURCES = {
    r"(?i)nbval|pytest_validate": "a marker that switches checks off or on",
    r"(?m)^\s*(%|!)|get_ipython": "a magic or a shell command",
    r"clear_output|display_id|update_display": "an output that replaces another",
    r"\.style\b": "a Styler, whose ids are random",
    r"warnings": "something that hides or makes warnings",
    r"(?m);[ \t]*$": "a trailing «;»",
}
REFUSED_OUTPUTS = {
    r"\.\.\.|(?<!\w)…|…(?!\w)": "a cut («…»)",
    r"0x[0-9a-f]{6,}": "a memory address",
    r"/(?:home|root|work|Users|tmp|var)/|[A-Z]:\\": "an absolute path",
}
TEXTS = ("text/plain", "text/html", "text/markdown")
DRAWING = "image/svg+xml"
NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.,])(?<![A-Za-z]-)\d+(?:,\d{3})*(?:\.\d+)?"
    r"(?![A-Za-z0-9_岁]|[.,]\d)"
)
YEAR = re.compile(r"(19|20)\d\d")
NO_PROSE = re.compile(r"`[^`]*`|\]\([^)]*\)|[Nn]otebook \d\d\b")


@dataclass(frozen=True)
class Settings:
    """What differs between projects; ``nbstrict.plugin`` says what each one means."""

    root: str = ""
    copy: Sequence[str] = ()
    env: str = ""
    remedy: str = "run all cells in order from a fresh kernel and save the notebook"
    forms: Sequence[str] = ()
    show: str = "show_"
    said: Sequence[str] = ("caption", "note", "alt")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, what was expected, what to do.

    Examples
    --------
    >>> print(Problem("beds.ipynb cell 3", "it holds a For.", "one call.", "move it."))
    beds.ipynb cell 3: it holds a For.
      Expected one call.
      Do: move it.
    """

    where: str
    what: str
    expected: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """Text of at most four lines."""
        lines = [f"{self.where}: {self.what}"]
        lines += [f"  Expected {self.expected}"] * bool(self.expected)
        lines += [f"  Do: {self.remedy}"] * bool(self.remedy)
        return "\n".join(lines)


@dataclass(frozen=True)
class Cell:
    """One stored cell, and what its code says."""

    where: str
    stored: dict[str, Any]

    @property
    def is_code(self) -> bool:
        """Whether it is run."""
        return bool(self.stored["cell_type"] == "code")

    @cached_property
    def text(self) -> str:
        """Its source, however it is stored."""
        return "".join(self.stored["source"])

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax; nothing where it is not Python."""
        try:
            return ast.parse(self.text if self.is_code else "")
        except SyntaxError:
            return ast.Module([], [])

    @cached_property
    def words(self) -> list[tuple[str, str]]:
        """Texts that are typed as arguments, with the names of the arguments."""
        return [
            (str(node.arg), node.value.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.keyword)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ]


def policy(path: Path, settings: Settings) -> list[Problem]:
    """Check what is stored in a notebook; nothing is run.

    Parameters
    ----------
    path
        A committed notebook.
    settings
        What its project allows.

    Returns
    -------
    list of Problem
        Empty when the notebook may be published.
    """
    notebook = json.loads(path.read_text("utf-8"))
    name = f"{path.parent.name}/{path.name}"
    cells = [Cell(f"{name} cell {at}", one) for at, one in enumerate(notebook["cells"])]
    code = [cell for cell in cells if cell.is_code]
    problems = list(_traces(notebook, cells, name, f"{settings.remedy}."))
    problems += [*_prose(cells, settings), *_unused(code)]
    problems += _sections(cells, settings.show)
    for cell in code:
        problems += [*_source(cell), *_thinness(cell), *_outputs(cell, settings)]
    return problems


def _traces(
    notebook: dict[str, Any], cells: list[Cell], name: str, remedy: str
) -> Iterator[Problem]:
    """Find metadata, cells that are not run, and cells run out of order."""
    if notebook["metadata"] != METADATA:
        what = "its metadata name more than the kernel."
        yield Problem(name, what, f"{json.dumps(METADATA)}.", remedy)
    counts = [cell.stored["execution_count"] for cell in cells if cell.is_code]
    if counts != list(range(1, len(counts) + 1)):
        said = ", ".join("never" if count is None else str(count) for count in counts)
        yield Problem(name, f"its cells were run as {said}.", "1 to the last.", remedy)
    for cell in cells:
        kind, metadata = cell.stored["cell_type"], cell.stored["metadata"]
        if metadata or cell.stored.get("attachments"):
            what = f"metadata, tags or attachments: {json.dumps(metadata)}."
            remedy = "remove them: tags switch checks off."
            yield Problem(cell.where, what, "none.", remedy)
        if kind not in ("code", "markdown"):
            what = f"it is a {kind} cell, which is neither run nor shown."
            remedy = "make it a code or Markdown cell, or delete it."
            yield Problem(cell.where, what, remedy=remedy)


def _source(cell: Cell) -> Iterator[Problem]:
    remedy = "remove it; what a cell shows is shown as it is."
    for what in _refused(REFUSED_SOURCES, cell.text):
        yield Problem(cell.where, f"it holds {what}.", remedy=remedy)


def _refused(patterns: Mapping[str, str], text: str) -> Iterator[str]:
    """Say what a text must not hold, and where it holds it."""
    for pattern, what in patterns.items():
        if found := re.search(pattern, text):
            near = text[max(found.start() - 20, 0) : found.end() + 20]
            yield f"{what}: {near!r}"


def _thinness(cell: Cell) -> Iterator[Problem]:
    """Find what belongs in a library: logic, typed numbers, more than one call."""
    nodes = list(ast.walk(cell.tree))
    keywords = [node for node in nodes if isinstance(node, ast.keyword)]
    layout = set(chain.from_iterable(map(ast.walk, keywords)))
    kinds = [type(node).__name__ for node in nodes]
    found = [f"a {kind}" for kind in kinds if kind in REFUSED]
    found += [
        f"the number {node.value!r}"
        for node in nodes
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and node not in layout
    ]
    called = [ast.unparse(one.func) for one in nodes if isinstance(one, ast.Call)]
    names = {name.rpartition(".")[2] for name in called}
    found += [f"a call of {name}" for name in sorted(names & REFUSED_CALLS)]
    imports = (ast.Import, ast.ImportFrom)
    statements = [one for one in cell.tree.body if not isinstance(one, imports)]
    if not cell.tree.body:
        found.append("nothing, or no Python")
    if len(statements) > MOST_STATEMENTS:
        found.append(f"{len(statements)} statements")
    if found:
        remedy = "move it to the library and test it there."
        yield Problem(cell.where, f"it holds {', '.join(found)}.", "one call.", remedy)


def _unused(code: list[Cell]) -> Iterator[Problem]:
    """Find names that a cell computes and no later call shows."""
    computed: dict[str, str] = {}
    for cell in code:
        for node in ast.walk(cell.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                computed[node.id] = cell.where
            elif isinstance(node, ast.Name):
                computed.pop(node.id, None)
    for variable, where in computed.items():
        what = f"{variable} is computed and not shown."
        yield Problem(where, what, remedy="show it, or delete the cell.")


def _outputs(cell: Cell, settings: Settings) -> Iterator[Problem]:
    """Find outputs too many or too few, of other kinds, cut, or of the machine."""
    outputs, show = cell.stored["outputs"], f"show results by {settings.show}…."
    wanted = len(re.findall(rf"\b{settings.show}\w+\(", cell.text))
    if len(outputs) != wanted:
        what = f"{len(outputs)} outputs are stored for {wanted} calls of show."
        yield Problem(cell.where, what, remedy=f"{settings.remedy}; {show}")
    for output in outputs:
        if output["output_type"] != "display_data":
            what = f"it stores a {output.get('name', output['output_type'])}."
            yield Problem(cell.where, what, "display_data only.", show)
            continue
        unknown = output["data"].keys() - {*TEXTS, DRAWING, *settings.forms}
        if unknown or output["metadata"]:
            what = f"an output with {', '.join(sorted(unknown)) or 'metadata'}."
            yield Problem(cell.where, what, remedy=show)
        remedy = "show the whole value, and nothing of the machine."
        for text in ("".join(output["data"].get(form, "")) for form in TEXTS):
            for what in _refused(REFUSED_OUTPUTS, text):
                yield Problem(cell.where, f"its output holds {what}.", remedy=remedy)


def _prose(cells: list[Cell], settings: Settings) -> Iterator[Problem]:
    """Every number in prose, captions, notes and alt texts stands in some output."""
    shown = {
        number.replace(",", "")
        for cell in cells
        for number in NUMBER.findall(_computed(cell))
    }
    for cell in cells:
        said = [text for name, text in cell.words if name in settings.said]
        for text in said if cell.is_code else [cell.text]:
            prose = unicodedata.normalize("NFKC", NO_PROSE.sub("", text))
            for number in NUMBER.findall(prose):
                if number.replace(",", "") not in shown and not YEAR.fullmatch(number):
                    what = f"the number {number} stands in prose but in no output."
                    remedy = "correct it, or compute the sentence and show it."
                    yield Problem(cell.where, what, remedy=remedy)


def _computed(cell: Cell) -> str:
    """Text that a cell shows, without the words that were typed in the cell."""
    forms = [one.get("data", {}) for one in cell.stored.get("outputs", [])]
    text = "\n".join("".join(one.get("text/plain", "")) for one in forms)
    for _, words in cell.words:
        text = text.replace(words, " ") if words else text
    return text


def _sections(cells: list[Cell], show: str) -> Iterator[Problem]:
    """Each figure stands below a table of the same section."""
    table = False
    for cell in cells:
        if not cell.is_code:
            table = table and not re.search(r"(?m)^#{1,2} ", cell.text)
            continue
        if f"{show}figure(" in cell.text and not table:
            what = "a figure without the table that it draws, above it."
            remedy = "show the table first, in the same section."
            yield Problem(cell.where, what, remedy=remedy)
        table = table or f"{show}table(" in cell.text
