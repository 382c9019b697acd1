"""The command line: one command for each thing a person does with the project."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from compare.base.problems import Problems

app = typer.Typer(
    name="compare",
    help="Compare what five Chinese places promise for the old and the very young.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Root = Annotated[
    Path | None,
    typer.Option("--root", help="Folder of the project; default: here or above."),
]


@app.command()
def check(root: Root = None) -> None:
    """Verify documents, readings and codebook. Changes nothing in data/."""
    from compare.curated import build

    with _project(root) as home:
        checked = build.check(home)
    for plan in checked.plans:
        print(plan.tally)
    if checked.third:
        print(checked.third)
    print(_account(checked))


@app.command("build")
def build_(root: Root = None) -> None:
    """Write data/curated from documents, readings and codebook, all or nothing."""
    from compare.curated import build

    with _project(root) as home:
        checked, changed = build.build(home)
    print(_account(checked))
    _list_changes(home, changed)


@app.command("format")
def format_(root: Root = None) -> None:
    """Put back what a spreadsheet does to the tables in data/, and nothing else."""
    from compare.readings.edited import format_tables

    with _project(root) as home:
        _list_changes(home, format_tables(home))


@app.command("migrate")
def migrate_(root: Root = None) -> None:
    """Carry the tables of a project of the contract before this one to this one."""
    from compare.readings.edited import migrate

    with _project(root) as home:
        _list_changes(home, migrate(home))


@app.command()
def propose(
    doc: Annotated[str, typer.Argument(help="Document: its name in data/raw.")],
    root: Root = None,
) -> None:
    """Write candidate readings of a document to build/, with ranked indicators."""
    from compare.readings.prose import write_proposals

    with _project(root) as home:
        _list_changes(home, [write_proposals(home, doc)])


@app.command()
def report(
    force: Annotated[
        bool, typer.Option("--force", help="Make everything again, changed or not.")
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NOTEBOOK", help="Make only this one; may be repeated."),
    ] = None,
    root: Root = None,
) -> None:
    """Do the main job: build, run the notebooks, write HTML and PDF to reports/."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from compare.reports import make

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    progress = Progress(*columns, console=Console(stderr=True))
    with _project(root) as home, progress:
        task = progress.add_task("reports", total=None)

        def done(what: str, number: int, total: int) -> None:
            progress.update(task, description=what, completed=number, total=total)

        first = not (home / make.STAMP).exists()
        made, changed = make.write_reports(home, done, force=force, only=only or ())
    print(_made(made, changed, first))
    if changed:
        _list_changes(home, changed)
    for path in make.strays(home):
        print(f"{path}: nothing makes this file. Do: delete it.")
    shown = " or ".join(make.openers(home))
    print(f"The reports are in reports/. Open first: {shown}.")


@app.command()
def export(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; default: build/export.")
    ] = None,
    root: Root = None,
) -> None:
    """Write the tables for other programs, and the notebooks for Word."""
    from compare.formats.export import export_all
    from compare.formats.stata import has_parquet
    from compare.project import Project

    with _project(root) as home:
        changed = export_all(Project.open(home), folder or home / "build" / "export")
    if not has_parquet():
        print("Parquet is left out: it needs pyarrow. Do: pip install pyarrow.")
    _list_changes(home, changed)


@app.command()
def show(
    id: Annotated[str, typer.Argument(help="Id of a value, as in the tables.")],
    root: Root = None,
) -> None:
    """Show the sentence behind a value, marked, in its context."""
    from compare.plans import load

    with _project(root) as home:
        print(load(home).evidence(id))


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8", errors="replace")
    app()


@contextmanager
def _project(root: Path | None) -> Iterator[Path]:
    """Find the project; print problems without a traceback and exit with status 1."""
    from compare.codebook.book import find_root

    home = None
    try:
        home = find_root(root)
        yield home
    except Problems as problems:
        print(problems, file=sys.stderr)
        if home is not None:
            problems.write(home / "build" / "problems.csv")
            print("Nothing in data/curated or reports was changed.", file=sys.stderr)
        raise typer.Exit(1) from None


def _account(checked: Any) -> str:
    kept = [plan.conservation for plan in checked.plans]
    return (
        f"{len(kept)} documents, {sum(one.readings for one in kept)} readings = "
        f"{sum(one.observations for one in kept)} observations + "
        f"{sum(one.without_counterpart for one in kept)} without counterpart + "
        f"{sum(one.undecided for one in kept)} undecided; "
        f"{len(checked.rows('derived'))} derived."
    )


def _made(made: list[Path], changed: list[Path], first: bool) -> str:
    if not made:
        return "Nothing to do: the reports were made here, from what is there."
    other = len(set(made).intersection(changed)) or "none"
    before = "what is committed" if first else "what stood there"
    return (
        f"Made {len(made)} files, from documents to papers; {other} of them with other "
        f"bytes than {before}."
    )


def _list_changes(root: Path, changed: list[Path]) -> None:
    if not changed:
        print("Nothing to change.")
    for path in changed:
        inside = path.is_relative_to(root)
        print(f"wrote {(path.relative_to(root) if inside else path).as_posix()}")


if __name__ == "__main__":
    main()
