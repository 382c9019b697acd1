"""Run the cells of a notebook in this process, without a kernel and without drawing.

What a cell would show is caught as the plain text that nbval compares, digests
included, so that a changed input can be tried in a tenth of a second.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

import pandas as pd

from compare.codebook.book import load_codebook
from compare.curated.package import FOLDER, TABLES
from compare.plans import Plans
from compare.project import Project, _frame
from compare.views.show import figure_text, table_text


@dataclass(eq=False)
class Call:
    """One cell that shows something, with the cells that compute what it shows."""

    notebook: str
    cell: int
    source: str
    before: CodeType
    code: CodeType
    stored: list[str]
    shown: list[str] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.notebook} cell {self.cell}"


@dataclass(frozen=True)
class Noted(Project):
    """A project that notes which of its curated tables are read."""

    noted: set[str] = field(init=False, default_factory=set)

    def __getattribute__(self, name: str) -> Any:
        """Give an attribute."""
        if name in TABLES:
            self.noted.add(name)
        return super().__getattribute__(name)


class Rehearsal:
    """All calls of some notebooks, run on the data of a root that tests may spoil."""

    def __init__(self, paths: Iterable[Path], root: Path, patch: Any) -> None:
        self.root, self.book = root, load_codebook(root)
        self.contents: dict[str, bytes] = {}
        self.frames: dict[str, pd.DataFrame] = {}
        patch.setattr("compare.plans.load", lambda: Plans(self.project))
        self.calls = [call for path in paths for call in _calls(path)]
        for call in self.calls:
            call.shown = self.show(call)
            call.reads = self.project.noted

    def open(self) -> Noted:
        """Open the project as it is now; only tables whose bytes are new are read."""
        for name in TABLES:
            content = (self.root / FOLDER / f"{name}.csv").read_bytes()
            if self.contents.get(name) != content:
                self.contents[name] = content
                self.frames[name] = _frame(self.root, name, self.book)
        return Noted(self.root, self.book, **self.frames)

    def show(self, call: Call) -> list[str]:
        """Run a call on the data as they are now; an error is an output too."""
        shown: list[str] = []
        self.project = self.open()
        self.drawn: list[pd.DataFrame] = []
        names = _names(shown, self.drawn)
        try:
            exec(call.before, names)
            names |= _names(shown, self.drawn)
            exec(call.code, names)
        except Exception as error:
            shown.append(f"{type(error).__name__}: {error}")
        return shown

    def notices(self, call: Call) -> bool:
        """Tell whether a call shows something else than on the true data."""
        return self.show(call) != call.shown


def _names(shown: list[str], drawn: list[pd.DataFrame]) -> dict[str, Any]:
    """What the notebooks import, with displays that are kept instead of shown."""

    def show_figure(
        figure: Any, *, data: pd.DataFrame, language: str = "en", **words: str
    ) -> None:
        shown.append(figure_text(data, **words))
        drawn.append(data)

    return {
        "show_table": lambda frame, **words: shown.append(table_text(frame, **words)),
        "show_figure": show_figure,
        "show_text": shown.append,
    }


def _calls(path: Path) -> list[Call]:
    """Take a notebook apart: which cells does each showing cell need?"""
    computing: list[ast.stmt] = []
    calls = []
    for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        body = _undrawn(ast.parse(source)).body
        if not cell["outputs"]:
            computing += body
            continue
        texts = ["".join(one["data"]["text/plain"]) for one in cell["outputs"]]
        code = _compiled(_needed(body, computing)), _compiled(body)
        calls.append(Call(path.stem, number, source, *code, texts))
        computing += [one for one in body if isinstance(one, ast.Assign)]
    return calls


def _undrawn(cell: ast.Module) -> ast.Module:
    """Give no drawing to what shows figures: their text is that of their data."""
    for node in ast.walk(cell):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "show_figure":
            node.args[0] = ast.copy_location(ast.Constant(None), node.args[0])
    return cell


def _needed(body: list[ast.stmt], computing: list[ast.stmt]) -> list[ast.stmt]:
    """Imports, and assignments to names that the cell uses, in order."""
    wanted = _loaded(body)
    needed: list[ast.stmt] = []
    for statement in reversed(computing):
        stored = {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        if isinstance(statement, (ast.Import, ast.ImportFrom)) or stored & wanted:
            needed.insert(0, statement)
            wanted |= _loaded([statement])
    return needed


def _loaded(body: list[ast.stmt]) -> set[str]:
    return {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _compiled(body: list[ast.stmt]) -> CodeType:
    return compile(ast.Module(body, []), "cell", "exec")
