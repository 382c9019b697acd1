"""Reports: the main job, from curated tables to pages that people read.

In: a project folder. Out: curated tables, executed notebooks, one HTML page and one PDF
for each, the evidence page, the workbook, and a manifest of the checksums of everything
they were made from. All reports are written at once or not at all; nothing is done
again when nothing changed.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from compare.base.tables import replace_files
from compare.codebook.book import Codebook
from compare.curated.build import build

NOTEBOOKS, REPORTS = Path("notebooks"), Path("reports")
FIGURES, MANIFEST = REPORTS / "figures", REPORTS / "manifest.json"
INPUTS = (
    "data/raw/*",
    "data/codebook/*.csv",
    "data/readings/**/*.csv",
    "data/curated/*",
    "lib/**/*.py",
    "lib/compare/reports/templates/*",
    "requirements.lock",
)


def steps(root: Path) -> int:
    """How often ``write_reports`` tells that something is done."""
    return 2 * len(_notebooks(root)) + 3


def write_reports(root: Path, done: Callable[[str], None]) -> list[Path]:
    """Build, run every notebook, write its HTML and PDF, the evidence and the workbook.

    Parameters
    ----------
    root
        Folder of the project.
    done
        Is told what has just been finished, for a progress bar.

    Returns
    -------
    list of Path
        The files whose bytes are new.

    Raises
    ------
    Problems
        As ``build`` and ``execute_all``; reports stay as they were.
    """
    checked, changed = build(root)
    done("curated tables")
    if is_current(root):
        for _ in range(steps(root) - 1):
            done("reports are current")
        return changed
    from compare.reports import evidence
    from compare.reports.run import execute_all
    from compare.reports.workbook import workbook

    contents: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        execute_all(_notebooks(root), folder, root=root, done=done)
        for source in _notebooks(root):
            executed = folder / source.name
            contents[source] = executed.read_bytes()
            contents |= report_files(root, executed, last_judgement(checked.book))
            done(source.stem)
    contents[root / REPORTS / "evidence.html"] = evidence.render(root).encode("utf-8")
    done("evidence")
    contents[root / REPORTS / "compare.xlsx"] = workbook(root)
    done("workbook")
    changed += replace_files(contents)
    return changed + replace_files({root / MANIFEST: _manifest(root)})


def report_files(root: Path, executed: Path, date: str) -> dict[Path, bytes]:
    """Bytes of the page, the PDF, its cover and the figures of one executed notebook.

    Parameters
    ----------
    root
        Folder of the project; nothing is written there.
    executed
        The notebook, under the name that its report has.
    date
        Date of the report.
    """
    from compare.reports import page as html
    from compare.reports import print as pdf

    page, drawings = html.render(executed), html.figures(executed)
    paths, data = html.figures(executed, paths=True), html.figure_data(executed)
    files = {
        REPORTS / f"{executed.stem}.html": html.link_evidence(page).encode("utf-8"),
        REPORTS / f"{executed.stem}.pdf": pdf.render(page, date=date, figures=drawings),
        REPORTS / f"{executed.stem}.png": pdf.cover(page, date=date, figures=drawings),
    }
    for name, drawing in drawings.items():
        files |= {
            FIGURES / f"{name}.svg": paths[name].encode("utf-8"),
            FIGURES / f"{name}.pdf": pdf.picture(drawing, "pdf", date),
            FIGURES / f"{name}.png": pdf.picture(paths[name]),
            FIGURES / f"{name}.csv": data[name].encode("utf-8-sig"),
        }
    return {root / path: content for path, content in files.items()}


def is_current(root: Path) -> bool:
    """Tell whether every report is there and was made from what is there now."""
    path = root / MANIFEST
    return path.is_file() and path.read_bytes() == _manifest(root)


def last_judgement(book: Codebook) -> str:
    """Date of the reports: the day of the last judgement in the crosswalk."""
    return max(row.mapping_date for row in book.crosswalk)


def _notebooks(root: Path) -> list[Path]:
    return sorted((root / NOTEBOOKS).glob("*.ipynb"))


def _manifest(root: Path) -> bytes:
    """Checksums of everything that reports are made from, and of the reports."""
    inputs = (path for pattern in INPUTS for path in root.glob(pattern))
    outputs = [
        *_notebooks(root),
        *(path for path in (root / REPORTS).rglob("*.*") if path != root / MANIFEST),
    ]
    sums = {
        "inputs": dict(_checksums(root, inputs)),
        "outputs": dict(_checksums(root, outputs)),
    }
    return (json.dumps(sums, indent=1) + "\n").encode("ascii")


def _checksums(root: Path, paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for path in sorted(set(paths)):
        if path.is_file():
            name = path.relative_to(root).as_posix()
            yield name, hashlib.sha256(path.read_bytes()).hexdigest()
