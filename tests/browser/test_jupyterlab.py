"""The notebooks in JupyterLab, in a real browser: run all cells and look."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 120
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {
        "windowingMode": "none",
        "autoStartDefaultKernel": True,
    },
}
RUN_ALL = """async path => {
  const app = window.jupyterapp;
  const panel = await app.commands.execute("docmanager:open", {path});
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.revealed;
  await app.commands.execute("notebook:run-all-cells");
  while (panel.sessionContext.session.kernel.status !== "idle")
    await new Promise(done => setTimeout(done, 50));
  return panel.content.model.toJSON().cells;
}"""
CLOSE = """async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.sessionContext.shutdown();
  panel.dispose();
}"""
PICTURES = """async () => {
  const pictures = [...document.querySelectorAll(".jp-RenderedSVG img")];
  await Promise.all(pictures.map(picture => picture.decode()));
  return pictures.map(picture => [picture.offsetWidth, picture.naturalWidth]);
}"""
GLYPHS = """() => ["养", "托", "咸"].map(character => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 40;
  const pen = canvas.getContext("2d");
  const cell = document.querySelector(".jp-RenderedHTMLCommon td");
  pen.font = "32px " + getComputedStyle(cell).fontFamily;
  pen.fillText(character, 2, 32);
  return canvas.toDataURL();
})"""

ERRORS = ".jp-OutputArea-output[data-mime-type*=stderr]"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of notebooks and data; stored outputs would look like a finished run."""
    root = tmp_path_factory.mktemp("lab") / "project"
    for part in ("codebook", "curated"):
        shutil.copytree(ROOT / "data" / part, root / "data" / part)
    (root / "notebooks").mkdir()
    for path in NOTEBOOKS:
        notebook = json.loads(path.read_text("utf-8"))
        for cell in code(notebook["cells"]):
            cell["outputs"], cell["execution_count"] = [], None
        (root / "notebooks" / path.name).write_text(json.dumps(notebook), "utf-8")
    return root


@pytest.fixture(scope="module")
def lab(project: Path) -> Iterator[str]:
    """JupyterLab with its own settings; yields its address."""
    home = project.parent / "home"
    for name, content in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")
    hidden = {"PYTEST_CURRENT_TEST", "COMPARE_ROOT", "PYTHONHASHSEED"}
    env = {key: text for key, text in os.environ.items() if key not in hidden}
    env |= {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.port=0",
        "--IdentityProvider.token=",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={project}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
    ]
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=project,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield address(home / "runtime", server, home / "lab.log")
        finally:
            server.terminate()
            server.wait(30)


def address(runtime: Path, server: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the server has written where it listens."""
    for _ in range(10 * SECONDS):
        for path in runtime.glob("jpserver-*.json"):
            content = path.read_text("utf-8")
            if content:
                return str(json.loads(content)["url"])
        assert server.poll() is None, log.read_text("utf-8")
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture(scope="module")
def tab(browser: Any, lab: str) -> Iterator[Any]:
    """One window of a browser with JupyterLab in it."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{lab}lab")
    page.wait_for_function("window.jupyterapp")
    page.evaluate("window.jupyterapp.restored")
    yield page
    page.close()


def code(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [cell for cell in cells if cell["cell_type"] == "code"]


def plain(cells: list[dict[str, Any]]) -> list[list[str]]:
    """Plain text of what each code cell shows; the type where it has none."""
    return [
        [
            "".join(output.get("data", {}).get("text/plain", output["output_type"]))
            for output in cell["outputs"]
        ]
        for cell in code(cells)
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_reader_who_runs_all_cells_sees_what_is_committed(
    tab: Any, path: Path
) -> None:
    stored = json.loads(path.read_text("utf-8"))["cells"]
    cells = tab.evaluate(RUN_ALL, f"notebooks/{path.name}")
    counts = [cell["execution_count"] for cell in code(cells)]
    assert counts == list(range(1, len(counts) + 1))
    assert plain(cells) == plain(stored)
    sources = "".join("".join(cell["source"]) for cell in code(stored))
    tables = tab.locator(".jp-OutputArea-output table:has(caption)")
    assert tables.count() == sources.count("show_table(")
    assert all(table.bounding_box()["height"] > 20 for table in tables.all())
    pictures = tab.evaluate(PICTURES)
    assert len(pictures) == sources.count("show_figure(")
    assert all(width > 100 and natural > 100 for width, natural in pictures)
    assert "地区" in " ".join(tables.all_inner_texts())
    assert len(set(tab.evaluate(GLYPHS))) == 3, "Chinese is drawn as empty boxes"
    assert tab.locator(ERRORS).count() == 0
    tab.evaluate(CLOSE)


def test_a_failing_notebook_is_seen(tab: Any, project: Path) -> None:
    notebook = json.loads(NOTEBOOKS[0].read_text("utf-8"))
    first = code(notebook["cells"])[0]
    notebook["cells"] = [{**first, "source": "1 / 0", "outputs": []}]
    path = project / "notebooks" / "failing.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    assert plain(tab.evaluate(RUN_ALL, "notebooks/failing.ipynb")) == [["error"]]
    assert tab.locator(ERRORS).count() == 1
    tab.evaluate(CLOSE)
