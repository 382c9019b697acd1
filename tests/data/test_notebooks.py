"""Notebooks are numbered questions with table, figure, meaning, limits and sources.

The two notebooks of the briefing are in ``test_briefings.py``. What else may be stored
in one is the policy of ``nbstrict.policy``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nbstrict.plugin import settings_of
from nbstrict.policy import policy

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
QUESTIONS = [path for path in NOTEBOOKS if not path.stem.startswith("briefing.")]

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
question = pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)


def _text(path: Path, kind: str) -> str:
    cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return "\n".join(
        "".join(cell["source"]) for cell in cells if cell["cell_type"] == kind
    )


@question
def test_names_are_numbered_questions(path: Path) -> None:
    assert re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem)


@question
def test_each_has_question_meaning_limits_sources_and_citation(path: Path) -> None:
    prose = _text(path, "markdown")
    wanted = (
        "**Question.**",
        "**What it means.**",
        "**What it does not mean.**",
        "## Sources and method",
        "## How to cite",
    )
    assert not [part for part in wanted if part not in prose]


@question
def test_each_shows_tables_and_a_figure(path: Path) -> None:
    code = _text(path, "code")
    assert "show_table(" in code and "show_figure(" in code


@every
def test_what_is_stored_keeps_to_the_policy(
    path: Path, pytestconfig: pytest.Config
) -> None:
    problems = policy(path, settings_of(pytestconfig))
    assert not problems, "\n".join(map(str, problems))
