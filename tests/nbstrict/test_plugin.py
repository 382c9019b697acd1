"""Lies told in the project's own notebooks and figures are seen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT
from matplotlib.figure import Figure

from compare.project import Project
from compare.reports.make import report_files
from compare.topics import beds
from compare.views.show import BEHIND, _svg, figure_text, table_text
from nbstrict.outputs import difference, same_drawing
from nbstrict.plugin import settings_of
from nbstrict.policy import Settings, policy

NOTEBOOK = ROOT / "notebooks" / "02_bed_ratios.ipynb"
Change = Callable[[list[dict[str, Any]]], object]


def code(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [cell for cell in cells if cell["cell_type"] == "code"]


def shows(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [cell for cell in code(cells) if cell["outputs"]]


def altered(folder: Path, change: Change) -> Path:
    """A notebook of the project with one change to its cells."""
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    change(notebook["cells"])
    path = folder / NOTEBOOK.name
    path.write_text(json.dumps(notebook, ensure_ascii=False), "utf-8")
    return path


def renumber(cells: list[dict[str, Any]]) -> None:
    for number, cell in enumerate(code(cells), start=1):
        cell["execution_count"] = number


def strip(cells: list[dict[str, Any]]) -> None:
    for cell in code(cells):
        cell["outputs"] = []


def cut(cells: list[dict[str, Any]]) -> None:
    data = shows(cells)[0]["outputs"][0]["data"]
    data["text/plain"] = ["beds\n", "...\n"]


def add_line(cell: dict[str, Any], line: str) -> None:
    cell["source"] = [line + "\n", *cell["source"]]


def add_caption(cells: list[dict[str, Any]], text: str) -> None:
    """Type a caption and show it, as a run would."""
    cell = shows(cells)[0]
    cell["source"] = "".join(cell["source"]).replace('caption="', f'caption="{text} ')
    data = cell["outputs"][0]["data"]
    data["text/plain"] = [f"{text} ", *data["text/plain"]]


def swap(cells: list[dict[str, Any]]) -> None:
    first, second = (cells.index(cell) for cell in shows(cells)[-2:])
    cells[first], cells[second] = cells[second], cells[first]


def swap_quietly(cells: list[dict[str, Any]]) -> None:
    swap(cells)
    renumber(cells)


def delete(cells: list[dict[str, Any]]) -> None:
    cells.remove(shows(cells)[2])


def delete_quietly(cells: list[dict[str, Any]]) -> None:
    delete(cells)
    renumber(cells)


POLICY: dict[str, tuple[Change, str]] = {
    "stripped outputs": (strip, "0 outputs are stored for 1 calls"),
    "a cell left unexecuted": (
        lambda cells: code(cells)[3].update(execution_count=None),
        "never",
    ),
    "a swapped cell": (swap, "its cells were run as"),
    "a deleted cell": (delete, "its cells were run as"),
    "a code cell turned raw": (
        lambda cells: shows(cells)[0].update(cell_type="raw"),
        "raw cell",
    ),
    "a tag": (
        lambda cells: code(cells)[1].update(metadata={"tags": ["nbval-skip"]}),
        "tags",
    ),
    "a number in prose": (
        lambda cells: add_line(cells[0], "There are 41.7 beds."),
        "41.7",
    ),
    "a number that is typed and shown": (
        lambda cells: add_caption(cells, "There are 41.7 beds."),
        "41.7",
    ),
    "a number in Chinese prose": (
        lambda cells: add_line(cells[0], "共有417张床位"),
        "417",
    ),
    "a cut": (cut, "a cut"),
    "a table that is not shown": (
        lambda cells: add_line(code(cells)[1], "norms = beds.norms(project, words)"),
        "norms is computed and not shown",
    ),
    "a loop": (
        lambda cells: add_line(code(cells)[1], "for beds in (): pass"),
        "a For",
    ),
    "a figure without its table": (
        lambda cells: cells.remove(shows(cells)[0]),
        "without the table",
    ),
    "a hidden warning": (
        lambda cells: add_line(code(cells)[0], "import warnings"),
        "hides or makes warnings",
    ),
}


@pytest.fixture
def settings(pytestconfig: pytest.Config) -> Settings:
    return settings_of(pytestconfig)


@pytest.mark.parametrize("name", POLICY)
def test_a_notebook_of_the_project_that_lies_breaks_the_policy(
    tmp_path: Path, settings: Settings, name: str
) -> None:
    change, says = POLICY[name]
    assert not policy(NOTEBOOK, settings)
    problems = policy(altered(tmp_path, change), settings)
    assert any(says in str(problem) for problem in problems), problems


@pytest.mark.slow
@pytest.mark.parametrize("change", [swap_quietly, delete_quietly])
def test_a_change_that_leaves_a_whole_notebook_changes_its_reports(
    tmp_path: Path, settings: Settings, change: Change
) -> None:
    path = altered(tmp_path, change)
    assert not [one for one in policy(path, settings) if "were run" in one.what]
    made = report_files(path, "2026-01-01")
    shutil.copy(NOTEBOOK, path)
    honest = report_files(path, "2026-01-01")
    name = f"reports/{path.stem}.html"
    assert made[name] != honest[name]


def test_a_digit_that_a_table_does_not_print_is_in_its_digest() -> None:
    words = {"caption": "Beds", "source": "plan"}
    beds = pd.DataFrame({"beds": ["36.4"]})
    behind = beds.copy()
    behind.attrs[BEHIND] = "36.4000000001"
    assert table_text(beds, **words) != table_text(behind, **words)
    moved = beds.set_axis([1])
    assert table_text(beds, **words) != table_text(moved, **words)


def test_a_value_behind_a_figure_is_in_its_digest() -> None:
    words = {"name": "beds", "caption": "Beds", "alt": "One bar", "source": "plan"}
    beds = pd.DataFrame({"beds": [36.4]})
    seen = {figure_text(beds, **words), figure_text(beds + 1e-13, **words)}
    assert len(seen) == 1
    seen |= {figure_text(beds + 1e-9, **words), figure_text(beds, **words, note="n")}
    assert len(seen) == 3


@pytest.fixture
def figure(project: Project) -> Figure:
    """The figure of the project with most kinds of marks."""
    return beds.plot_ratios(project, beds.ratios(project))


def panel_changes(axes: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that could be wrong in one panel."""
    line, note = axes.lines[0], axes.texts[0]
    x, y = line.get_data()
    yield "a mark moved", lambda: line.set_data([x[0] + 0.1], y)
    yield "another colour", lambda: line.set_markerfacecolor("red")
    yield "another shape", lambda: line.set_marker("*")
    yield "a hollow mark", lambda: line.set_markeredgewidth(3)
    yield "a mark hidden", lambda: line.set_visible(False)
    yield "a line gone", lambda: axes.lines[-1].remove()
    yield "a label", lambda: note.set_text("41.7")
    yield "a label moved", lambda: setattr(note, "xy", (1, 1))
    yield "a limit", lambda: axes.set_xlim(0, 40)
    yield "a tick", lambda: axes.set_xticks([0, 50], ["a", "b"])
    yield "an axis label", lambda: axes.set_xlabel("beds")
    yield "a title", lambda: axes.set_title("beds")
    yield "a line added", lambda: axes.axvline(20)
    yield "a log scale", lambda: axes.set_xscale("symlog")
    yield "a heat map", lambda: axes.imshow([[1, 2], [3, 4]])
    yield "points", lambda: axes.scatter([1], [2])


def changes(figure: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that could be wrong in a drawing."""
    bar = figure.axes[1].patches[0]
    yield from panel_changes(figure.axes[0])
    yield "a bar moved", lambda: bar.set_x(bar.get_x() + 0.1)
    yield "a bar longer", lambda: bar.set_width(bar.get_width() + 0.1)
    yield "another hatch", lambda: bar.set_hatch("xx")
    yield "a bar gone", bar.remove
    yield "a legend entry", lambda: figure.legends[0].get_texts()[0].set_text("x")
    yield "a legend gone", figure.legends[0].remove
    yield "a title", lambda: figure.suptitle("beds")


@pytest.mark.slow
def test_every_change_of_a_drawing_changes_its_bytes(figure: Figure) -> None:
    """What moves by less than half a point is in the bytes alone."""
    last = _svg(figure, "none")
    assert _svg(figure, "none") == last
    seen, near = {last}, []
    for name, change in changes(figure):
        change()
        now = _svg(figure, "none")
        assert now not in seen, name
        near += [name] * same_drawing(now, last)
        last = now
        seen.add(now)
    assert len(seen) == 16 + 7 + 1
    assert near == ["a mark moved"]


def test_streams_are_compared_as_one_however_they_were_cut() -> None:
    def said(text: str) -> dict[str, str]:
        return {"output_type": "stream", "name": "stdout", "text": text}

    assert difference([said("36"), said(".4")], [said("36.4")]) is None
    assert difference([said("36.4")], [said("36.4"), said("!")])


def test_what_json_holds_is_compared_part_by_part() -> None:
    def shown(**parts: object) -> dict[str, object]:
        return {"output_type": "display_data", "data": {"figure+json": parts}}

    true = shown(svg='<svg><path d="M 1 2"/></svg>', data="36.4")
    moved = shown(svg='<svg><path d="M 1 2.1"/></svg>', data="36.4")
    assert difference([moved], [true]) is None
    assert difference([shown(**{"svg": "", "data": "36.4"})], [true])
    assert difference([shown(svg='<svg><path d="M 1 2"/></svg>', data="39.6")], [true])


def test_drawings_may_differ_in_layout_but_not_in_parts() -> None:
    drawing = '<g id="p0123456789"><path d="M 1 2"/></g><use href="#p0123456789"/>'
    renamed = drawing.replace("0123456789", "abcdef0123").replace("M 1 2", "M 1 2.1")
    assert same_drawing(drawing, renamed)
    assert not same_drawing(drawing, drawing.replace("M 1 2", "M 1 3"))
    assert not same_drawing(drawing, drawing.replace("path", "line"))
