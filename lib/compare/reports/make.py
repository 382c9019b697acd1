"""Reports: the main job, from documents to pages that people read.

In: a project folder. Out: curated tables, executed notebooks, one HTML page and one PDF
for each, the evidence page, the workbook, and a manifest of the checksums of everything
they were made from. All files are written at once or not at all. What this working copy
made stands in ``build/report.json``; only what has changed since is made again.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from compare.base.problems import Problem, near, raise_any
from compare.base.tables import replace_files
from compare.curated.build import build
from compare.project import Project

NOTEBOOKS, REPORTS, FIGURES = "notebooks", "reports", "reports/figures"
EVIDENCE, WORKBOOK = "reports/evidence.html", "reports/compare.xlsx"
MANIFEST, STAMP = "reports/manifest.json", "build/report.json"
LIBRARY = Path(__file__).parents[2]
CODE = ("compare/**/*.py", "compare/**/*.json", "compare/reports/templates/*")
DATA = ("data/raw/*", "data/**/*.csv", "data/curated/*.json", "requirements.lock")
Files = dict[str, bytes]
Stamp = dict[str, Any]


def write_reports(
    root: Path,
    done: Callable[[str, int, int], None],
    *,
    force: bool = False,
    only: Collection[str] = (),
) -> tuple[list[Path], list[Path]]:
    """Build, run notebooks, write their HTML and PDF, the evidence and the workbook.

    Parameters
    ----------
    done
        Is told what has just been finished, and how many of how many steps are done.
    force
        Make again what is current, too.
    only
        Names of the notebooks to make; when empty all, the evidence and the workbook.

    Returns
    -------
    list of Path, list of Path
        The files that were made, and the files whose bytes are new.

    Raises
    ------
    Problems
        As ``build`` and ``execute_all``, or a name is not known; reports stay as they
        were.
    """
    papers = _papers(root)
    wanted = _named(root, only) if only else papers
    checked, changed = build(root)
    stamp, inputs = _stamp(root), _inputs(root)
    mark = _sum(_json(inputs))
    stale = [one for one in wanted if force or not _is_current(root, one, mark, stamp)]
    contents: Files = {}
    done("curated tables", 1, len(stale) + 1)
    making = _made(root, stale, checked.book.last_judgement())
    for number, (paper, files) in enumerate(making, start=2):
        raise_any(_clashes(contents, files))
        contents |= files
        sums = {name: _sum(content) for name, content in files.items()}
        stamp[paper] = {"inputs": mark, "files": sums}
        done(Path(paper).stem, number, len(stale) + 1)
    changed += replace_files({root / name: contents[name] for name in contents})
    if not only:
        stamp = {paper: stamp[paper] for paper in papers}
        manifest = {"inputs": inputs, "outputs": dict(sorted(_outputs(stamp).items()))}
        changed += replace_files({root / MANIFEST: _json(manifest)})
    replace_files({root / STAMP: _json(stamp)})
    return [root / name for name in contents], changed


def openers(root: Path) -> list[str]:
    """Name the reports to open first: the briefing, else the first notebook's."""
    names = [Path(notebook).stem for notebook in _notebooks(root)]
    briefings = [name for name in names if name.startswith("briefing")]
    return [f"{REPORTS}/{name}.html" for name in briefings[::-1] or names[:1]]


def strays(root: Path) -> list[str]:
    """Name the files that stand in the folder of reports without being made.

    None before all reports were made here.
    """
    stamp = _stamp(root)
    if not stamp.keys() >= {*_papers(root)}:
        return []
    there = {one.relative_to(root).as_posix() for one in (root / REPORTS).rglob("*.*")}
    return sorted(there - _outputs(stamp).keys() - {MANIFEST})


def report_files(executed: Path, date: str) -> Files:
    """Bytes of the page, the PDF, its cover and the figures of an executed notebook."""
    from compare.reports import page as html
    from compare.reports import print as pdf

    page = html.render(executed)
    printed = pdf.render(page, date=date)
    files = {
        f"{REPORTS}/{executed.stem}.html": page.html.encode("utf-8"),
        f"{REPORTS}/{executed.stem}.pdf": printed,
        f"{REPORTS}/{executed.stem}.png": pdf.cover(printed),
    }
    for name, drawing in page.figures.items():
        files |= {
            f"{FIGURES}/{name}.svg": drawing.paths.encode("utf-8"),
            f"{FIGURES}/{name}.pdf": pdf.picture(drawing.svg, "pdf", date),
            f"{FIGURES}/{name}.png": pdf.picture(drawing.paths),
            f"{FIGURES}/{name}.csv": drawing.data.encode("utf-8-sig"),
        }
    return files


def _papers(root: Path) -> list[str]:
    """Everything that is made, by what it is made from or into."""
    return [*_notebooks(root), EVIDENCE, WORKBOOK]


def _notebooks(root: Path) -> list[str]:
    return sorted(f"{NOTEBOOKS}/{one.name}" for one in root.glob("notebooks/*.ipynb"))


def _named(root: Path, names: Iterable[str]) -> list[str]:
    """Find notebooks by their names, with or without folder and ending."""
    known = {Path(notebook).stem: notebook for notebook in _notebooks(root)}
    wanted = [Path(name).name.removesuffix(".ipynb") for name in names]
    problems = []
    for name in set(wanted) - known.keys():
        nearest = near(name, known, 1)
        remedy = f"write {nearest[0]!r}." if nearest else "write one of them."
        expected = f"one of: {', '.join(known)}."
        where = f"--only {name}"
        problems.append(Problem(where, "no such notebook.", expected, remedy))
    raise_any(problems)
    return [known[name] for name in dict.fromkeys(wanted)]


def _made(root: Path, stale: Collection[str], date: str) -> Iterator[tuple[str, Files]]:
    """Make papers; what needs no kernel is made while the notebooks run."""
    from compare.reports import evidence, run, workbook

    notebooks = [root / one for one in stale if one not in (EVIDENCE, WORKBOOK)]
    with (
        tempfile.TemporaryDirectory() as scratch,
        run.execute_all(notebooks, Path(scratch), root=root) as runs,
    ):
        project = Project.open(root)
        if EVIDENCE in stale:
            yield EVIDENCE, {EVIDENCE: evidence.render(project).encode("utf-8")}
        if WORKBOOK in stale:
            yield WORKBOOK, {WORKBOOK: workbook.workbook(project)}
        for executed in runs:
            source = f"{NOTEBOOKS}/{executed.name}"
            files = {source: executed.read_bytes(), **report_files(executed, date)}
            yield source, files


def _clashes(contents: Files, files: Files) -> Iterator[Problem]:
    """Yield a problem for each figure that two notebooks draw differently."""
    remedy = "give each figure its own name, or draw the same."
    for name in files:
        if contents.get(name, files[name]) != files[name]:
            yield Problem(name, "two notebooks draw it differently.", remedy=remedy)


def _is_current(root: Path, paper: str, mark: str, stamp: Stamp) -> bool:
    """Tell whether a paper was made here from what is there, and stands as made."""
    known = stamp.get(paper, {"files": {}})
    return bool(known == {"inputs": mark, "files": _sums(root, known["files"])})


def _inputs(root: Path) -> dict[str, str]:
    """Checksums of everything that all papers are made from."""
    found: dict[str, str] = {}
    for home, patterns in ((root, DATA), (LIBRARY, CODE)):
        paths = sorted(path for pattern in patterns for path in home.glob(pattern))
        found |= _sums(home, [path.relative_to(home).as_posix() for path in paths])
    return found


def _sums(home: Path, names: Iterable[str]) -> dict[str, str]:
    """Checksums of those files that are there."""
    there = {name: home / name for name in names if (home / name).is_file()}
    return {name: _sum(path.read_bytes()) for name, path in there.items()}


def _stamp(root: Path) -> Stamp:
    """Read what this working copy has made: inputs and files of each paper."""
    path = root / STAMP
    return json.loads(path.read_bytes()) if path.is_file() else {}


def _outputs(stamp: Stamp) -> dict[str, str]:
    """Files of all papers with their checksums."""
    files: dict[str, str] = {}
    for paper in stamp.values():
        files |= paper["files"]
    return files


def _json(data: object) -> bytes:
    return (json.dumps(data, indent=1) + "\n").encode("ascii")


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
