"""Worlds for one property: the real plans, the toy, and the toy with one place more."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, TOY, Cells, copied, edit, header, observed

from compare.codebook.book import Codebook
from compare.curated.build import Checked, build
from compare.curated.derived import Derived
from compare.curated.observations import Observation
from compare.project import Project
from compare.readings.readings import Reading


@dataclass(frozen=True)
class World:
    """A project, as it was built in memory and as it is committed."""

    root: Path
    checked: Checked
    project: Project

    @property
    def book(self) -> Codebook:
        return self.checked.book

    @property
    def readings(self) -> list[Reading]:
        return [row for one in self.checked.plans for row in one.plan.readings]

    @property
    def observations(self) -> list[Observation]:
        return [row for one in self.checked.plans for row in observed(one)]

    @property
    def derived(self) -> list[Derived]:
        rows = self.checked.rows("derived")
        return [row for row in rows if isinstance(row, Derived)]

    def text(self, id: str) -> str:
        """Text of the document that an id belongs to."""
        return self.project.documents[id.partition(":")[0]].text


THIRD = "dingwan"
SENTENCE = "到2025年,全县养老床位达到500张。"
NEW: dict[str, Cells] = {
    "codebook/places": {
        "place": THIRD,
        "position": "99",
        "short_zh": "丁湾",
        "short_en": "Dingwan",
        "level": "county",
        "colour": "#882255",
        "marker": "P",
        "fill": "hollow",
    },
    "codebook/areas": {
        "ref_area": "990331",
        "name_zh": "丁湾县",
        "name_en": "Dingwan",
        "part_of": "CN",
        "level": "county",
    },
    "codebook/documents": {
        "doc": THIRD,
        "place": THIRD,
        "ref_area": "990331",
        "title": "丁湾县一老一小方案",
        "title_en": "Dingwan: plan for the old and the very young",
        "genre": "方案",
        "script": "simplified",
        "covers": "elderly care",
        "covers_zh": "养老",
        "quality": "green",
        "quality_note": "Invented for tests; one sentence, complete and clean.",
        "quality_note_zh": "为测试而编造；一句话，完整。",
    },
    "codebook/crosswalk": {
        "subject_source": THIRD,
        "subject_label": "养老床位",
        "unit_stated": "张",
        "predicate_id": "exactMatch",
        "object_id": "eldercare_beds",
        "unit": "beds",
        "status": "accepted",
        "author_label": "r1 r2",
        "mapping_date": "2026-01-02",
    },
    "readings": {
        "id": f"{THIRD}:{SENTENCE.index('500')}",
        "label_stated": "养老床位",
        "value_stated": "500",
        "value": "500",
        "comparator": "=",
        "unit_stated": "张",
        "time_period": "2025",
        "kind": "target",
        "section": "到2025年",
        "quote": "养老床位达到500张",
        "quote_start": str(SENTENCE.index("养老")),
        "quote_end": str(SENTENCE.index("。")),
        "reader": "r1 r2",
    },
    "readings/exclusions": {"pattern": "2025", "reason": "date"},
}


def add_place(root: Path) -> Path:
    """Add a place with a plan of one sentence to a project."""
    raw = root / "data" / "raw"
    (raw / f"{THIRD}.txt").write_bytes(SENTENCE.encode())
    digest = hashlib.sha256(SENTENCE.encode()).hexdigest()
    with (raw / "SHA256SUMS").open("a", encoding="ascii") as sums:
        sums.write(f"{digest}  {THIRD}.txt\n")
    for name in ("places", "areas", "documents", "crosswalk"):
        append(root, f"codebook/{name}.csv", NEW[f"codebook/{name}"])
    coding = NEW["codebook/crosswalk"]
    for folder in ("", "r1/", "r2/"):
        begin(root, f"readings/{folder}{THIRD}.csv", NEW["readings"])
        if folder:
            append(root, f"readings/{folder}crosswalk.csv", coding)
    begin(root, f"readings/exclusions/{THIRD}.csv", NEW["readings/exclusions"])
    begin(root, f"readings/adjudications/{THIRD}.csv")
    return root


def append(root: Path, name: str, row: Cells) -> None:
    """Add a row to a table; cells that it does not name are empty."""
    columns = header(root / "data" / name)
    cells = {column: row.get(column, "") for column in columns}
    edit(root, f"data/{name}", lambda rows: rows.append(cells))


def begin(root: Path, name: str, *rows: Cells) -> None:
    """Begin a table with the header of a table beside it."""
    path = root / "data" / name
    other = next(one for one in path.parent.glob("*.csv") if one.stem != "crosswalk")
    path.write_bytes(other.read_bytes().partition(b"\n")[0] + b"\n")
    for row in rows:
        append(root, name, row)


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The toy with a third place of one sentence."""
    root = add_place(copied(TOY, tmp_path_factory.mktemp("grown")))
    checked, _ = build(root)
    return World(root, checked, Project.open(root))


@pytest.fixture(scope="session", params=["real", "toy", "grown"])
def world(
    request: pytest.FixtureRequest,
    checked: Checked,
    toy_checked: Checked,
    project: Project,
    toy_project: Project,
    grown: World,
) -> World:
    worlds = {
        "real": World(ROOT, checked, project),
        "toy": World(TOY, toy_checked, toy_project),
        "grown": grown,
    }
    return worlds[request.param]
