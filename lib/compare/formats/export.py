"""Export: everything that other programs read, in one folder.

In: an open project. Out: Stata, Parquet, a Frictionless data package, SSSOM, SDMX-CSV,
W3C Web Annotations, and the notebooks for Word.
"""

from pathlib import Path

from compare.base.tables import replace_files
from compare.formats import package, sdmx, sssom
from compare.formats.annotations import web_annotations
from compare.formats.stata import has_parquet, parquet, stata
from compare.project import OF_VALUES, Project
from compare.reports.make import NOTEBOOKS
from compare.reports.word import word


def export_all(project: Project, folder: Path) -> list[Path]:
    """Write every format into a folder, and give the files whose bytes are new.

    Parquet is left out where ``pyarrow`` is not installed; ``has_parquet`` tells.

    Raises
    ------
    Problems
        A document is not as it should be; then nothing is written.
    """
    files = {
        "datapackage.zip": package.data_package(project),
        "crosswalk.sssom.tsv": sssom.sssom(project.book),
        "observations.sdmx.csv": sdmx.sdmx_csv(project.table("observations")),
        "annotations.jsonld": web_annotations(project),
    }
    for name in OF_VALUES:
        files[f"{name}.dta"] = stata(project, name)
        if has_parquet():
            files[f"{name}.parquet"] = parquet(project.table(name))
    day = project.book.last_judgement()
    for notebook in sorted((project.root / NOTEBOOKS).glob("*.ipynb")):
        files[f"{notebook.stem}.docx"] = word(notebook, date=day)
    return replace_files({folder / name: files[name] for name in sorted(files)})
