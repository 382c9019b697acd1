"""``environment.yml``, ``pyproject.toml`` and ``requirements.lock`` say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"matplotlib-base": "matplotlib", "seaborn-base": "seaborn"}


def _project() -> tuple[str, dict[str, SpecifierSet]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = project["dependencies"] + project["optional-dependencies"]["dev"]
    wanted = map(Requirement, texts)
    ranges: dict[str, SpecifierSet] = {
        canonicalize_name(item.name): item.specifier for item in wanted
    }
    return project["requires-python"], ranges


def _conda() -> dict[str, SpecifierSet]:
    text = (ROOT / "environment.yml").read_text("utf-8")
    found = {}
    for line in re.findall(r"^  - ([a-z0-9_.-]+[<>=!0-9.,]*)$", text, re.MULTILINE):
        item = Requirement(line)
        name = CONDA_NAMES.get(item.name, item.name)
        found[canonicalize_name(name)] = item.specifier
    return {name: found[name] for name in found.keys() - {"conda-forge", "nodefaults"}}


def _lock() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^([a-z0-9.-]+)==([^ \\]+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def test_conda_asks_for_the_ranges_of_the_project() -> None:
    python, wanted = _project()
    conda = _conda()
    assert conda.pop("python") == SpecifierSet(python)
    assert conda.pop("pip") == SpecifierSet()
    assert conda == {name: wanted.get(name) for name in conda}
    assert {"pandas", "jupyterlab", "matplotlib", "seaborn", "openpyxl", "nbval"} <= (
        conda.keys()
    )


def test_conda_uses_conda_forge_only_and_installs_the_project() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    channels = text.split("channels:\n")[1].split("dependencies:")[0].split()
    assert channels == ["-", "conda-forge", "-", "nodefaults"]
    assert text.rstrip().endswith("- pip:\n      - -e .")


def test_every_range_admits_the_locked_version() -> None:
    _, wanted = _project()
    lock = _lock()
    refused = {
        name: lock.get(name, "not locked")
        for name, admitted in wanted.items()
        if lock.get(name) is None or lock[name] not in admitted
    }
    assert not refused, "run 'make lock'"


def test_the_lock_has_a_hash_for_every_package_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    blocks = re.split(r"^(?=[a-z0-9.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text and "--index" not in text
