"""Policy: what a stored notebook may hold, and when two outputs say the same.

In: notebooks as they are committed. Out: problems, each with cell, cause and remedy.
This is the second of three nets (``docs/verification.md``); it sees what running a
notebook again cannot see: what was cut, hidden, switched off or typed in by hand.
"""

from __future__ import annotations

import ast
import base64
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from compare.base.problems import Problem

Cell = dict[str, Any]
MOST_STATEMENTS = 2
REFUSED = (
    ast.For,
    ast.While,
    ast.If,
    ast.With,
    ast.Try,
    ast.FunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.BinOp,
    ast.Compare,
    ast.JoinedStr,
    ast.Delete,
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
KNOWN_FORMS = {
    "text/plain",
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "application/vnd.compare.figure+json",
}
FIGURE = "application/vnd.compare.figure+json"
PLAIN_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
NUMBER = re.compile(
    rf"(?<![A-Za-z0-9_.,])(?<![A-Za-z]-){PLAIN_NUMBER}(?![A-Za-z0-9_岁]|[.,]\d)"
)
YEAR = re.compile(r"(19|20)\d\d")
NO_PROSE = re.compile(r"`[^`]*`|\]\([^)]*\)|[Nn]otebook \d\d\b")
SAID = {"caption", "note", "alt", "also"}
BESIDE = ("Note: ", "Source: ", "Digest: ", "注：", "资料来源：")
RMS = 1.0
POINTS = 0.5
SVG_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
SVG_ID = re.compile(r'(?<=[#"])[A-Za-z]+[0-9a-f]{10}(?=["\)])')


def policy(path: Path) -> list[Problem]:
    """Check what is stored in a notebook; nothing is run.

    Parameters
    ----------
    path
        A committed notebook.

    Returns
    -------
    list of Problem
        In the order of the cells; empty when the notebook may be published.
    """
    notebook = json.loads(path.read_text("utf-8"))
    name = f"{path.parent.name}/{path.name}"
    cells = notebook["cells"]
    return [
        *_metadata(notebook, name),
        *_order(cells, name),
        *_prose(cells, name),
        *_typed(cells, name, path.parents[1]),
        *_sections(cells, name),
        *_unused(cells, name),
        *(
            problem
            for number, cell in enumerate(cells)
            if cell["cell_type"] == "code"
            for check in (_source_of, _thinness, _shown, _outputs)
            for problem in check(cell, f"{name} cell {number}")
        ),
    ]


def source(cell: Cell) -> str:
    """Text of a cell, however it is stored."""
    return "".join(cell["source"])


def _metadata(notebook: Cell, name: str) -> Iterator[Problem]:
    from compare.reports.run import METADATA

    remedy = "run 'compare report'."
    if notebook["metadata"] != METADATA:
        what = "its metadata name more than the kernel."
        yield Problem(name, what, f"{json.dumps(METADATA)}.", remedy)
    for number, cell in enumerate(notebook["cells"]):
        if cell["metadata"] or cell.get("attachments"):
            what = f"metadata, tags or attachments: {json.dumps(cell['metadata'])}."
            remedy = "remove them: tags switch checks off."
            yield Problem(f"{name} cell {number}", what, "none.", remedy)
        if cell["cell_type"] not in ("code", "markdown"):
            what = f"it is a {cell['cell_type']} cell, which is neither run nor shown."
            remedy = "make it a code or Markdown cell, or delete it."
            yield Problem(f"{name} cell {number}", what, remedy=remedy)


def _order(cells: Iterable[Cell], name: str) -> Iterator[Problem]:
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    if counts != list(range(1, len(counts) + 1)):
        said = ", ".join("never" if count is None else str(count) for count in counts)
        remedy = "run 'compare report', which runs all cells in order."
        yield Problem(name, f"its cells were run as {said}.", "1 to the last.", remedy)


def _source_of(cell: Cell, where: str) -> Iterator[Problem]:
    text = source(cell)
    for pattern, what in REFUSED_SOURCES.items():
        if found := re.search(pattern, text):
            quoted = found.group().strip()
            remedy = "remove it; what a cell shows is shown as it is."
            yield Problem(where, f"«{quoted}» is {what}.", remedy=remedy)


def _thinness(cell: Cell, where: str) -> Iterator[Problem]:
    tree = _parsed(cell)
    nodes = list(ast.walk(tree))
    layout = {
        id(inner)
        for node in nodes
        if isinstance(node, ast.keyword)
        for inner in ast.walk(node)
    }
    found = [
        f"a {type(node).__name__}" for node in nodes if isinstance(node, REFUSED)
    ] + [
        f"the number {node.value!r}"
        for node in nodes
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and id(node) not in layout
    ]
    found += [f"a call of {name}" for name in sorted(_called(nodes) & REFUSED_CALLS)]
    if not tree.body:
        found.append("nothing, or no Python")
    imports = (ast.Import, ast.ImportFrom)
    statements = [one for one in tree.body if not isinstance(one, imports)]
    if len(statements) > MOST_STATEMENTS:
        found.append(f"{len(statements)} statements")
    if found:
        remedy = "move it to the library and test it there."
        yield Problem(where, f"it holds {', '.join(found)}.", "one call.", remedy)


def _called(nodes: Iterable[ast.AST]) -> set[str]:
    functions = [node.func for node in nodes if isinstance(node, ast.Call)]
    return {
        function.attr if isinstance(function, ast.Attribute) else function.id
        for function in functions
        if isinstance(function, (ast.Attribute, ast.Name))
    }


def _shown(cell: Cell, where: str) -> Iterator[Problem]:
    """Compare how many outputs a cell has with how many it asks for."""
    wanted = len(re.findall(r"\bshow_\w+\(", source(cell)))
    if len(cell["outputs"]) != wanted:
        what = f"{len(cell['outputs'])} outputs are stored for {wanted} calls of show."
        remedy = "run 'compare report'; show what is computed, and only by show_…."
        yield Problem(where, what, remedy=remedy)


def _unused(cells: list[Cell], name: str) -> Iterator[Problem]:
    """Find names that a cell computes and no later call shows."""
    computed: dict[str, str] = {}
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            for node in ast.walk(_parsed(cell)):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    computed[node.id] = f"{name} cell {number}"
                elif isinstance(node, ast.Name):
                    computed.pop(node.id, None)
    for variable, where in computed.items():
        remedy = "show it, or delete the cell."
        what = f"{variable} is computed and not shown."
        yield Problem(where, what, remedy=remedy)


def _parsed(cell: Cell) -> ast.Module:
    """Syntax of a cell; nothing where it is not Python."""
    try:
        return ast.parse(source(cell))
    except SyntaxError:
        return ast.Module([], [])


def _outputs(cell: Cell, where: str) -> Iterator[Problem]:
    for output in cell["outputs"]:
        if output["output_type"] != "display_data":
            what = f"it stores a {output.get('name', output['output_type'])}."
            remedy = "remove the cause; show results by show_…."
            yield Problem(where, what, "display_data only.", remedy)
            continue
        unknown = sorted(output["data"].keys() - KNOWN_FORMS)
        if unknown or output["metadata"]:
            what = f"an output with {', '.join(unknown) or 'metadata'}."
            yield Problem(where, what, remedy="show it by show_….")
        for form in ("text/plain", "text/html", "text/markdown"):
            text = "".join(output["data"].get(form, ""))
            for pattern, what in REFUSED_OUTPUTS.items():
                if found := re.search(pattern, text):
                    near = text[max(found.start() - 20, 0) : found.end() + 20]
                    remedy = "show the whole value, and nothing of the machine."
                    what = f"its output holds {what}: {near!r}."
                    yield Problem(where, what, remedy=remedy)


def _prose(cells: list[Cell], name: str) -> Iterator[Problem]:
    """Every number in prose, captions, notes and alt texts stands in some output."""
    shown = {
        number.replace(",", "")
        for cell in cells
        if cell["cell_type"] == "code"
        for text in map(_values_shown, cell["outputs"])
        for number in re.findall(PLAIN_NUMBER, text)
    }
    for position, cell in enumerate(cells):
        for text in _said(cell):
            prose = unicodedata.normalize("NFKC", NO_PROSE.sub("", text))
            for number in NUMBER.findall(prose):
                known = number.replace(",", "") in shown or YEAR.fullmatch(number)
                if not known:
                    what = f"the number {number} stands in prose but in no output."
                    remedy = "correct it, or have show_text compute the sentence."
                    yield Problem(f"{name} cell {position}", what, remedy=remedy)


def _typed(cells: list[Cell], name: str, root: Path) -> Iterator[Problem]:
    """Find digits in sentences that ``tell`` fills: every number there is a name."""
    told = [
        (number, text)
        for number, cell in enumerate(cells)
        if cell["cell_type"] == "code"
        for text in sentences(_parsed(cell))
    ]
    phrases = declared(root) if told else []
    for number, text in told:
        for found in undeclared(text, phrases):
            what = f"the number {found} is typed in a sentence."
            remedy = "write the id of its value in braces, or declare the phrase."
            yield Problem(f"{name} cell {number}", what, remedy=remedy)


def sentences(tree: ast.AST) -> list[str]:
    """Texts that calls of ``tell`` fill."""
    return [
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "tell"
        and isinstance(node.args[0], ast.Constant)
    ]


def declared(root: Path) -> list[str]:
    """Phrases with digits that are no values, such as an age group: longest first."""
    from compare.codebook.book import FOLDER, load_codebook

    if not (root / FOLDER).is_dir():
        return []
    phrases = load_codebook(root).codes["phrase"]
    return sorted(phrases, key=len, reverse=True)


def undeclared(text: str, phrases: Iterable[str]) -> list[str]:
    """Find the digit runs of a text outside names in braces and declared phrases.

    The numbers of a list, and what stands between backticks, are none.

    Examples
    --------
    >>> undeclared("1. {jiamusi:814} of 36.4 people aged 60", ["aged 60"])
    ['36', '4']
    """
    text = re.sub(r"\{[^{}]*\}|`[^`]*`|(?m:^\s*\d+\. )", "", text)
    for phrase in phrases:
        text = text.replace(phrase, "")
    return re.findall(r"\d+", text)


def _said(cell: Cell) -> Iterator[str]:
    """Yield what an author typed for readers."""
    if cell["cell_type"] != "code":
        yield source(cell)
        return
    for node in ast.walk(_parsed(cell)):
        if isinstance(node, ast.keyword) and node.arg in SAID:
            if isinstance(node.value, ast.Constant):
                yield str(node.value.value)


def _values_shown(output: Cell) -> str:
    """Text of a table or sentence without its caption, note and source."""
    data = output.get("data", {})
    if FIGURE in data:
        return ""
    lines = "".join(data.get("text/plain", "")).splitlines()
    if "text/html" in data:
        lines = lines[1:]
    return "\n".join(line for line in lines if not line.startswith(BESIDE))


def _sections(cells: Iterable[Cell], name: str) -> Iterator[Problem]:
    """Each figure stands below a table of the same section."""
    table = False
    for number, cell in enumerate(cells):
        text = source(cell)
        if cell["cell_type"] != "code":
            table = table and not re.search(r"(?m)^#{1,2} ", text)
            continue
        if "show_figure(" in text and not table:
            what = "a figure without the table that it draws, above it."
            remedy = "show the table first, in the same section."
            yield Problem(f"{name} cell {number}", what, remedy=remedy)
        table = table or "show_table(" in text


def difference(
    made: Iterable[Mapping[str, Any]], stored: Iterable[Mapping[str, Any]]
) -> tuple[str, object, object] | None:
    """Find the first thing in which two lists of outputs differ.

    The order counts, and so does every form of an output. Pictures are compared by
    their pixels, drawings number by number, everything else exactly.

    Parameters
    ----------
    made, stored
        Outputs of one cell in the notebook format.

    Returns
    -------
    tuple or None
        What differs, as stored, and as made now; None when nothing does.

    Examples
    --------
    >>> said = {"output_type": "stream", "name": "stdout", "text": "36.4"}
    >>> difference([said], [said | {"text": "39.6"}])
    ('text', '39.6', '36.4')
    """
    new, old = list(_merged(made)), list(_merged(stored))
    was, now = map(_kinds, (old, new))
    if was != now:
        return "outputs and their order", was, now
    for mine, theirs in zip(new, old, strict=True):
        for key in ("text", "metadata", "ename", "evalue"):
            if mine.get(key) != theirs.get(key):
                return key, theirs.get(key), mine.get(key)
        for form, value in theirs.get("data", {}).items():
            if not _same(form, mine["data"][form], value):
                return form, value, mine["data"][form]
    return None


def _kinds(outputs: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        ", ".join([output["output_type"], *sorted(output.get("data", {}))])
        if "name" not in output
        else output["name"]
        for output in outputs
    ]


def _merged(outputs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Put streams together that follow each other; how a kernel cuts them is chance."""
    merged: list[dict[str, Any]] = []
    for output in map(dict, outputs):
        last = merged[-1] if merged else {}
        if "name" in output and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged


def _same(form: str, mine: Any, theirs: Any) -> bool:
    if mine == theirs:
        return True
    if form in ("image/png", "image/jpeg"):
        return same_picture(mine, theirs)
    if form == "image/svg+xml":
        return same_drawing(mine, theirs)
    if form == FIGURE and mine.keys() == theirs.keys():
        rest = [{**one, "svg": ""} for one in (mine, theirs)]
        return rest[0] == rest[1] and same_drawing(mine["svg"], theirs["svg"])
    return False


def same_picture(mine: str, theirs: str) -> bool:
    """Tell whether two pictures look the same: one shape, and pixels close in RMS."""
    import numpy as np
    from PIL import Image

    first, second = (
        np.asarray(
            Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA"), dtype=float
        )
        for text in (mine, theirs)
    )
    if first.shape != second.shape:
        return False
    return math.sqrt(float(((first - second) ** 2).mean())) <= RMS


def same_drawing(mine: str, theirs: str) -> bool:
    """Tell whether two SVGs draw the same, up to half a point of layout.

    Layout depends on the version of the font machinery; what is drawn, to twelve
    digits, is in the digest of the figure.

    Examples
    --------
    >>> same_drawing('<path d="M 1.0 2"/>', '<path d="M 1.1 2"/>')
    True
    >>> same_drawing('<path d="M 1.0 2"/>', '<path d="M 9.0 2"/>')
    False
    """
    first, second = map(_numbered_ids, (mine, theirs))
    if SVG_NUMBER.sub("", first) != SVG_NUMBER.sub("", second):
        return False
    numbers = zip(SVG_NUMBER.findall(first), SVG_NUMBER.findall(second), strict=True)
    return all(abs(float(one) - float(two)) <= POINTS for one, two in numbers)


def _numbered_ids(drawing: str) -> str:
    """Name ids by their order: matplotlib names them by what they hold."""
    order: dict[str, str] = {}
    return SVG_ID.sub(
        lambda found: order.setdefault(found.group(), f"id{len(order)}"), drawing
    )
