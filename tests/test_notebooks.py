"""Notebooks are thin, complete, executed in order, and free of a machine's traces."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST = 7
REFUSED = (ast.For, ast.While, ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp)
REFUSED_CALLS = {"merge", "groupby", "assign", "query", "print", "read_csv"}
TRACES = re.compile(r"0x[0-9a-f]{6,}|/(?:home|root|work|Users|tmp)/|[A-Z]:\\\\")

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _cells(path: Path, kind: str) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == kind]


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_names_are_numbered_questions(path: Path) -> None:
    assert re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem)


def test_each_has_question_meaning_limits_sources_and_citation(path: Path) -> None:
    prose = "\n".join(map(_source, _cells(path, "markdown")))
    wanted = (
        "**Question.**",
        "**What it means.**",
        "**What it does not mean.**",
        "## Sources and method",
        "## How to cite",
    )
    assert not [part for part in wanted if part not in prose]


def test_each_shows_tables_and_a_figure(path: Path) -> None:
    code = "\n".join(map(_source, _cells(path, "code")))
    assert "show_table(" in code and "show_figure(" in code


def test_code_cells_are_one_call_without_logic(path: Path) -> None:
    for cell in _cells(path, "code"):
        tree = ast.parse(_source(cell))
        nodes = list(ast.walk(tree))
        assert len(tree.body) <= 2, _source(cell)
        assert not [node for node in nodes if isinstance(node, REFUSED)]
        calls = [node.func for node in nodes if isinstance(node, ast.Call)]
        names = {call.attr for call in calls if isinstance(call, ast.Attribute)}
        assert not names & REFUSED_CALLS, _source(cell)


def test_no_number_about_a_place_is_typed_into_prose(path: Path) -> None:
    for cell in _cells(path, "markdown"):
        text = re.sub(r"`[^`]*`|[0-9]+岁", "", _source(cell))
        numbers = re.findall(r"\d+(?:\.\d+)?", text)
        assert not [one for one in numbers if not re.fullmatch("20[12]\\d", one)], text


def test_outputs_are_committed_in_the_order_of_the_cells(path: Path) -> None:
    code = _cells(path, "code")
    counts = [cell["execution_count"] for cell in code]
    assert counts == list(range(1, len(code) + 1)), "run 'make report'"
    assert not [
        output
        for cell in code
        for output in cell["outputs"]
        if output["output_type"] in ("stream", "error")
    ]


def test_nothing_of_a_machine_or_a_clock_is_stored(path: Path) -> None:
    text = path.read_text("utf-8")
    notebook = json.loads(text)
    assert notebook["metadata"] == {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert all(not cell["metadata"] for cell in notebook["cells"])
    outputs = json.dumps(
        [cell.get("outputs") for cell in notebook["cells"]], ensure_ascii=False
    )
    assert not TRACES.search(outputs)
