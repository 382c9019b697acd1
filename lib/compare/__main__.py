"""The command line: one command for each thing a person does with the project."""

from __future__ import annotations

import sys
from collections.abc import Callable
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
    from compare.curated.build import check as run

    checked = _guarded(lambda home: run(home), root)
    for account in checked.numerals:
        print(account)
    print(_account(checked))


@app.command()
def build(root: Root = None) -> None:
    """Write data/curated from documents, readings and codebook, all or nothing."""
    from compare.curated.build import build as run

    checked, changed = _guarded(lambda home: run(home), root)
    print(_account(checked))
    _list_changes(checked.root, changed)


@app.command("format")
def format_(root: Root = None) -> None:
    """Put back what a spreadsheet does to the tables in data/, and nothing else."""
    from compare.codebook.book import find_root
    from compare.curated.build import format_tables

    changed = _guarded(format_tables, root)
    _list_changes(find_root(root), changed)


@app.command()
def propose(
    doc: Annotated[str, typer.Argument(help="Document: its name in data/raw.")],
    root: Root = None,
) -> None:
    """Write candidate readings of a document to build/, with ranked indicators."""
    from compare.codebook.book import find_root
    from compare.curated.build import write_proposals

    path = _guarded(lambda home: write_proposals(home, doc), root)
    _list_changes(find_root(root), [path])


@app.command()
def report(root: Root = None) -> None:
    """Do the main job: build, run the notebooks, write HTML and PDF to reports/."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from compare.reports.make import steps, write_reports

    def run(home: Path) -> list[Path]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            bar = progress.add_task("reports", total=steps(home))
            return write_reports(
                home, lambda done: progress.update(bar, advance=1, description=done)
            )

    from compare.codebook.book import find_root

    changed = _guarded(run, root)
    _list_changes(find_root(root), changed)


@app.command()
def export(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; default: build/export.")
    ] = None,
    root: Root = None,
) -> None:
    """Write the tables for other programs, and the notebooks for Word."""
    from compare.codebook.book import find_root
    from compare.formats.formats import export_all, has_parquet

    changed = _guarded(
        lambda home: export_all(home, folder or home / "build" / "export"), root
    )
    if not has_parquet():
        print("Parquet is left out: it needs pyarrow. Do: pip install pyarrow.")
    _list_changes(find_root(root), changed)


@app.command()
def show(
    id: Annotated[str, typer.Argument(help="Id of a value, as in the tables.")],
    root: Root = None,
) -> None:
    """Show the sentence behind a value, marked, in its context."""
    from compare.views.quotations import evidence

    print(_guarded(lambda home: evidence(id, root=home), root).text())


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8", errors="replace")
    app()


def _guarded(run: Callable[[Path], Any], root: Path | None) -> Any:
    """Run a stage; print its problems without a traceback and exit with status 1."""
    from compare.codebook.book import find_root

    home = None
    try:
        home = find_root(root)
        return run(home)
    except Problems as problems:
        print(problems, file=sys.stderr)
        if home is not None:
            problems.write(home / "build" / "problems.csv")
            print("Nothing in data/curated or reports was changed.", file=sys.stderr)
        raise typer.Exit(1) from None


def _account(checked: Any) -> str:
    from compare.curated.observations import Conservation

    account = sum(checked.account.values(), start=Conservation(0, 0, 0, 0))
    return (
        f"{len(checked.documents)} documents, {account.readings} readings = "
        f"{account.observations} observations + {account.without_counterpart} without "
        f"counterpart + {account.undecided} undecided; {len(checked.derived)} derived."
    )


def _list_changes(root: Path, changed: list[Path]) -> None:
    if not changed:
        print("Nothing to change.")
    for path in changed:
        inside = path.is_relative_to(root)
        print(f"wrote {(path.relative_to(root) if inside else path).as_posix()}")


if __name__ == "__main__":
    main()
