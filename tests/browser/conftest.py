"""What the browser tests share: one Chromium, every page as the present code makes it.

Nothing in ``reports`` is opened: the pages are made again, in a folder of their own,
from the executed notebooks and with the present templates.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from compare.project import Project
from compare.reports import page as html
from compare.reports.evidence import render

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "tests" / "reports" / "demo.ipynb"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
REPORTS = sorted(
    path.stem
    for path in (ROOT / "reports").glob("*.html")
    if path.name != "evidence.html"
)
KEY_FINDINGS = {
    "sample.en": """<aside>

## Key points

1. **Beds.** Jiamusi has [32](evidence.html#jiamusi:814) and plans
   [35](evidence.html#jiamusi:819).
2. **Slots.** Changsha had [1.464 to 2.442](evidence.html#changsha:slot_ratio:2021).

</aside>
""",
    "sample.zh": """<aside>

## 主要发现

1. **床位。** 佳木斯有[32](evidence.html#jiamusi:814&lang=zh)张，规划
   [35](evidence.html#jiamusi:819&lang=zh)张。
2. **托位。** 长沙
   有[1.464至2.442](evidence.html#changsha:slot_ratio:2021&lang=zh)个。

</aside>
""",
}
IN_ORDER = "−3 0 2.5 ≥10 18,577 约2万 46.92万 1.2–1.5亿".split()
NUMBERS = "| Kind | Stated |\n| --- | --- |\n" + "".join(
    f"| row{at} | {text} |\n" for at, text in enumerate(["", *IN_ORDER[::-1]])
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM or not importlib.util.find_spec("playwright"):
        pytest.skip("needs chromium on PATH and playwright")
    playwright = importlib.import_module("playwright.sync_api")
    with playwright.sync_playwright() as tool:
        found = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def address(browser: Any, project: Project, tmp_path_factory: Any) -> str:
    """Address of the evidence page, made of the present data."""
    return write(project, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def site(address: str) -> Callable[[str], str]:
    """Give the address of a report page; it is made when first asked for."""
    folder = Path(address.removeprefix("file://")).parent

    def made(name: str) -> str:
        path = folder / f"{name}.html"
        if not path.exists():
            source = ROOT / "notebooks" / f"{name}.ipynb"
            if name in KEY_FINDINGS:
                source = sample(name, folder)
            path.write_text(html.render(source).html, "utf-8", newline="")
        return path.as_uri()

    return made


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Open pages; at the end no page has asked for anything or complained."""
    contexts = []
    complaints: list[str] = []

    def visit(url: str, **options: Any) -> Any:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(**{"locale": "en-GB", **options})
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(5000)
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("request", watch)
        tab.goto(url)
        return tab

    def watch(request: Any) -> None:
        itself = request.is_navigation_request() and request.url.startswith("file:")
        if not itself and not request.url.startswith("data:"):
            complaints.append(request.url)

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def violations(browser: Any) -> Callable[[Any], list[str]]:
    """Name what axe finds on a page that was opened with ``bypass_csp``."""
    axe = importlib.import_module("axe_playwright_python.sync_playwright").Axe()

    def found(tab: Any) -> list[str]:
        return [
            f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
            for rule in axe.run(tab).response["violations"]
            for node in rule["nodes"]
        ]

    return found


def language(name: str) -> str:
    """Language of the page of a notebook."""
    return "zh-CN" if name.endswith(".zh") else "en"


def sample(name: str, folder: Path) -> Path:
    """Make a notebook with everything that a page may hold, in either language."""
    content = nbformat.read(DEMO, as_version=4)
    content.cells[1:1] = [
        new_markdown_cell(text) for text in (KEY_FINDINGS[name], NUMBERS)
    ]
    for at, cell in enumerate(content.cells):
        cell["id"] = f"cell{at}"
    path = folder / f"{name}.ipynb"
    nbformat.write(content, path)
    return path


def write(project: Project, folder: Path) -> str:
    path = folder / "evidence.html"
    path.write_text(render(project), "utf-8", newline="")
    return path.as_uri()


def see(tab: Any, selector: str, text: str = "") -> None:
    """Wait until an element is to be seen, with some text."""
    tab.locator(selector, has_text=text).first.wait_for()


def mark_is_in_sight(tab: Any) -> bool:
    sight: bool = tab.evaluate(
        """() => {
          const mark = document.getElementById("mark").getBoundingClientRect();
          const box = document.getElementById("text").getBoundingClientRect();
          return mark.top >= box.top - 1 && mark.bottom <= box.bottom + 1
            && mark.bottom <= innerHeight;
        }"""
    )
    return sight


def lowest_contrast(tab: Any) -> float:
    lowest: float = tab.evaluate(
        """() => {
          const light = rgb => rgb.match(/[\\d.]+/g).slice(0, 3).map(part => {
            const share = part / 255;
            return share <= .04045 ? share / 12.92 : ((share + .055) / 1.055) ** 2.4;
          }).reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
          const behind = element => {
            const colour = getComputedStyle(element).backgroundColor;
            return colour === "rgba(0, 0, 0, 0)" && element.parentElement
              ? behind(element.parentElement) : colour;
          };
          const written = element => element.offsetWidth && !element.disabled
            && [...element.childNodes].some(node =>
              node.nodeType === 3 && node.data.trim());
          const all = [...document.querySelectorAll("body *")];
          const ratios = all.filter(written).map(element => {
            const ink = getComputedStyle(element).color;
            const pair = [light(ink), light(behind(element))];
            return (Math.max(...pair) + .05) / (Math.min(...pair) + .05);
          });
          return Math.min(...ratios);
        }"""
    )
    return lowest
