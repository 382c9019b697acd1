"""One more place: it is built, and nothing of the others changes."""

from pathlib import Path

import pytest
from conftest import ROOT, TOY, copied

from compare.curated.build import build
from compare.curated.package import FOLDER, TABLES
from compare.project import Project

from .conftest import NEW, THIRD, add_place

ID = NEW["readings"]["id"]


def rows_of_others(root: Path) -> dict[str, list[bytes]]:
    """Lines of every curated table that are not about the third place."""
    return {
        name: [
            line
            for line in (root / FOLDER / f"{name}.csv").read_bytes().splitlines()
            if not line.startswith(THIRD.encode())
        ]
        for name in TABLES
    }


@pytest.mark.parametrize("root", [ROOT, TOY], ids=["real", "toy"])
def test_a_plan_of_one_sentence_is_built_and_changes_no_other(
    root: Path, tmp_path: Path
) -> None:
    home = add_place(copied(root, tmp_path))
    checked, changed = build(home)
    assert rows_of_others(home) == rows_of_others(root)
    project = Project.open(home)
    assert THIRD in project.book.order
    own = project.observations[project.observations["doc"] == THIRD]
    assert own.index.tolist() == [ID]
    assert (own["value"].item(), own["place"].item()) == (500.0, THIRD)
    assert {path.stem for path in changed} == {
        *("accounts", "comparability", "observations", "reliability", "datapackage")
    }
    assert project.standings[ID].group == "care"
    assert len(checked.plans) == len(project.book.documents)
