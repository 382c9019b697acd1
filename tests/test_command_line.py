"""Command line: what it does is said, what it changes is listed, nothing is hidden."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TOY, bytes_of, put
from typer.testing import CliRunner, Result

from compare.__main__ import app

COMMANDS = [
    "check",
    "build",
    "format",
    "migrate",
    "propose",
    "report",
    "export",
    "show",
]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def shell(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A real process, as a person starts it."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("COMPARE_ROOT", "PYTHONWARNINGS")
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "compare", *words],
        cwd=folder,
        env=environment | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        encoding="utf-8",
    )


def test_help_lists_every_command_with_what_it_does() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert re.search(rf"^ *{command} +\S", result.output, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_can_be_told_the_folder(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "--root" in result.output
    assert len(result.output.splitlines()) > 5


@pytest.mark.parametrize(
    "words", [["nothing"], ["check", "--nothing"], ["show"], ["propose"]]
)
def test_a_wrong_call_is_told_apart_from_wrong_data(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_check_accounts_for_all_readings_and_changes_nothing(toy: Path) -> None:
    before = bytes_of(toy)
    result = run("check", "--root", str(toy))
    assert (result.exit_code, result.stderr) == (0, "")
    assert bytes_of(toy) == before
    match = re.search(
        r"2 documents, (\d+) readings = (\d+) observations \+ (\d+) without "
        r"counterpart \+ (\d+) undecided",
        result.stdout,
    )
    assert match is not None
    total, *parts = (int(number) for number in match.groups())
    assert total == sum(parts) == 61


def test_build_lists_the_files_it_wrote(toy: Path) -> None:
    path = toy / "data" / "curated" / "derived.csv"
    path.unlink()
    result = run("build", "--root", str(toy))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "wrote data/curated/derived.csv"
    again = run("build", "--root", str(toy))
    assert again.stdout.splitlines()[-1] == "Nothing to change."


@pytest.mark.parametrize("command", ["check", "build"])
def test_wrong_data_give_status_1_and_the_table_of_problems(
    command: str, toy: Path
) -> None:
    put(toy, "data/readings/yiqiao.csv", {"id": "yiqiao:106"}, value="40")
    result = run(command, "--root", str(toy))
    assert result.exit_code == 1 and result.stdout == ""
    assert "'40', but the document prints «36.4»" in result.stderr
    assert (toy / "build" / "problems.csv").is_file()


def test_show_prints_the_marked_sentence() -> None:
    result = run("show", "yiqiao:106", "--root", str(TOY))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "【每千名老年人擁有養老床位36.4張】" in result.stdout


def test_show_of_an_unknown_id_gives_the_nearest() -> None:
    result = run("show", "yiqiao:107", "--root", str(TOY))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "id 'yiqiao:107': no reading, derived value or finding has" in result.stderr
    assert "yiqiao:106" in result.stderr
    assert "observations.csv" in result.stderr


def test_control_characters_of_an_unknown_id_are_not_printed() -> None:
    result = run("show", "yiqiao:\x1b[31m1\x07", "--root", str(TOY))
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr and "\x07" not in result.stderr


def test_a_folder_without_a_codebook_is_named(tmp_path: Path) -> None:
    result = run("check", "--root", str(tmp_path))
    assert result.exit_code == 1
    assert str(tmp_path) in result.stderr and "--root" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_as_a_process_it_speaks_utf_8_and_keeps_quiet_about_python(
    toy: Path,
) -> None:
    put(toy, "data/readings/yiqiao.csv", {"id": "yiqiao:106"}, value="40")
    done = shell("build", folder=toy / "data" / "raw")
    assert (done.returncode, done.stdout) == (1, "")
    assert "«36.4»" in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.endswith("Nothing in data/curated or reports was changed.\n")


def test_as_a_process_it_shows_chinese_whatever_the_terminal_says() -> None:
    done = shell("show", "jiachuan:462", folder=TOY / "data")
    assert (done.returncode, done.stderr) == (0, "")
    assert "【养老机构护理型床位占比(%) | 45】" in done.stdout


def test_importing_the_package_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, compare, compare.__main__; "
        "print([name for name in ('pandas', 'matplotlib', 'nbconvert', 'typst', "
        "'seaborn') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
