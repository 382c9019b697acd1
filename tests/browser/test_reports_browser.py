"""The report pages in a real browser: sight, keyboard, tables, links, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from browser.conftest import (
    IN_ORDER,
    KEY_FINDINGS,
    REPORTS,
    language,
    lowest_contrast,
    mark_is_in_sight,
    see,
)
from compare.project import Project

PAGES = [*REPORTS, *KEY_FINDINGS]
PHONE = {"width": 390, "height": 844}
PAPER = {"width": 643, "height": 900}  # A4 within its margins, 170 mm
WINDOWS = [{"width": 1280, "height": 900}, PHONE]
SCHEMES = ["light", "dark"]
SORTABLE = "main table:has(th button)"
EVIDENCE = "a[href^='evidence.html#']"
NUMBER = re.compile(r"[−-]?[\d,]+(\.\d+)?")
Site = Callable[[str], str]

every_page = pytest.mark.parametrize("name", PAGES)
some_pages = pytest.mark.parametrize(
    "name",
    [name for name in PAGES if name.startswith(("briefing", "sample", "02"))],
)


def cells(table: Any, column: int) -> list[str]:
    """Text of the cells in a column of a table, in the order shown."""
    texts: list[str] = table.evaluate(
        """(table, column) => [...table.tBodies[0].rows].map(row =>
          row.cells[column].textContent.trim())""",
        column,
    )
    return texts


def rows_shown(table: Any) -> list[str]:
    """Text of the rows that can be seen."""
    texts: list[str] = table.evaluate(
        """table => [...table.tBodies[0].rows].filter(row => row.offsetHeight)
          .map(row => [...row.cells].map(cell => cell.textContent).join(" "))"""
    )
    return texts


def number(text: str) -> float:
    found = NUMBER.search(text)
    assert found is not None, text
    return float(found[0].replace("−", "-").replace(",", ""))


def style(tab: Any, selector: str, *names: str) -> list[str]:
    """Style that an element has in the end."""
    found: list[str] = tab.locator(selector).first.evaluate(
        "(element, names) => names.map(name => getComputedStyle(element)[name])",
        list(names),
    )
    return found


def targets(tab: Any) -> list[str]:
    """Addresses of all links to evidence, each once, in the order of the page."""
    links = tab.locator(EVIDENCE).evaluate_all(
        "all => all.map(link => link.getAttribute('href'))"
    )
    return list(dict.fromkeys(links))


def id_of(link: str) -> str:
    return unquote(link.partition("#")[2].partition("&")[0])


def test_there_are_reports() -> None:
    assert REPORTS


@some_pages
def test_it_fits_its_window(opened: Any, site: Site, name: str) -> None:
    for window in WINDOWS:
        tab = opened(site(name), viewport=window)
        assert tab.evaluate("document.documentElement.scrollWidth") <= window["width"]
        too_wide = tab.evaluate(
            """() => [...document.querySelectorAll("body *:not(.scroll *)")]
              .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
              .map(element => element.outerHTML.slice(0, 100))"""
        )
        assert too_wide == []


@some_pages
def test_it_is_readable_by_day_and_by_night(opened: Any, site: Site, name: str) -> None:
    papers = []
    for scheme in SCHEMES:
        tab = opened(site(name), color_scheme=scheme)
        papers += style(tab, "body", "backgroundColor")
        assert lowest_contrast(tab) >= 4.5, scheme
    assert papers == ["rgb(255, 255, 255)", "rgb(20, 23, 26)"]


@some_pages
def test_the_keyboard_reaches_everything(opened: Any, site: Site, name: str) -> None:
    tab = opened(site(name))
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["x"] >= 0
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#content")
    every = [".scroll", "th button", ".filter input"]
    wanted = [selector for selector in every if tab.locator(selector).count()]
    assert wanted == every or name in REPORTS
    reached: dict[str, int] = {}
    for step in range(400):
        tab.keyboard.press("Tab")
        for selector in wanted:
            if tab.evaluate("what => document.activeElement.matches(what)", selector):
                reached.setdefault(selector, step)
                outline = style(tab, ":focus", "outlineStyle", "outlineWidth")
                assert outline == ["solid", "3px"]
        if len(reached) == len(wanted):
            break
    assert reached.keys() == set(wanted)


@some_pages
def test_enter_sorts_numbers_as_numbers(opened: Any, site: Site, name: str) -> None:
    tab = opened(site(name))
    changed = 0
    for table in tab.locator(SORTABLE).all():
        heads = table.locator("thead th")
        columns = heads.evaluate_all(
            "all => all.flatMap((head, at) => head.className === 'num' ? [at] : [])"
        )
        for column in columns:
            head, before = heads.nth(column), cells(table, column)
            for direction in ("ascending", "descending"):
                head.locator("button").focus()
                tab.keyboard.press("Enter")
                assert head.get_attribute("aria-sort") == direction
                assert table.locator("[aria-sort]").count() == 1
                after = cells(table, column)
                filled = [number(text) for text in after if text]
                assert sorted(after) == sorted(before)
                assert filled == sorted(filled, reverse=direction == "descending")
                assert not any(after[len(filled) :]), "empty cells come last"
                changed += after != before
    assert changed or name in REPORTS, "a report may have no numbers out of order"


@pytest.mark.parametrize("name", KEY_FINDINGS)
def test_written_numbers_sort_by_what_they_mean(
    opened: Any, site: Site, name: str
) -> None:
    tab = opened(site(name))
    table = tab.locator(SORTABLE, has_text="46.92万")
    table.locator("th button").nth(1).press("Enter")
    assert cells(table, 1) == [*IN_ORDER, ""]
    table.locator("th button").nth(1).press("Enter")
    assert cells(table, 1) == [*IN_ORDER[::-1], ""]
    table.locator("th button").nth(0).press("Enter")
    assert cells(table, 0) == [f"row{at}" for at in range(9)]


@some_pages
def test_typing_in_a_filter_leaves_the_rows_that_fit(
    opened: Any, site: Site, name: str
) -> None:
    tab = opened(site(name))
    chinese = language(name) == "zh-CN"
    filters = tab.locator(".filter").all()
    assert filters or name in REPORTS, "a report may have short tables only"
    for line in filters:
        table = line.locator("xpath=following-sibling::*[1]").locator("table")
        everything = rows_shown(table)
        field, told = line.locator("input"), line.locator("[role=status]")
        words = "筛选行" if chinese else "Filter rows"
        assert line.inner_text().startswith(words)
        caption = table.locator("caption").all_inner_texts()
        label = ": ".join([words, *caption])
        assert field.get_attribute("aria-label") == label

        def counted(found: int, all: int = len(everything)) -> str:
            return (
                f"共 {all} 行，显示 {found} 行" if chinese else f"{found} of {all} rows"
            )

        assert told.inner_text() == counted(len(everything))
        word = max(everything[-1].split(), key=len)
        field.press_sequentially(word.upper())
        fitting = [row for row in everything if word.lower() in row.lower()]
        assert rows_shown(table) == fitting
        assert told.inner_text() == counted(len(fitting))
        field.fill("nothing like this")
        assert rows_shown(table) == [] and told.inner_text() == counted(0)
        field.fill("")
        assert rows_shown(table) == everything


@some_pages
def test_what_scrolls_has_a_name_and_scrolls_by_keyboard(
    opened: Any, site: Site, name: str
) -> None:
    tab = opened(site(name), viewport=PHONE)
    wide = 0
    for region in tab.locator("figure .scroll").all():
        assert region.get_attribute("role") == "region"
        assert region.get_attribute("aria-label")
        region.focus()
        assert region.evaluate("box => box === document.activeElement")
        if region.evaluate("box => box.scrollWidth > box.clientWidth + 5"):
            wide += 1
            tab.keyboard.press("ArrowRight")
            moved = "() => document.activeElement.scrollLeft > 0"
            tab.wait_for_function(moved)
    assert wide or name in REPORTS, "a report may have nothing wide"


@some_pages
def test_figures_stay_legible_on_a_phone(opened: Any, site: Site, name: str) -> None:
    tab = opened(site(name), viewport=PHONE)
    for drawing in tab.locator("figure svg").all():
        stated = float(str(drawing.get_attribute("width")).removesuffix("pt")) * 4 / 3
        assert drawing.bounding_box()["width"] >= min(stated, 640) - 1


@some_pages
def test_a_link_to_a_heading_or_a_figure_arrives(
    opened: Any, site: Site, name: str
) -> None:
    tab = opened(site(name))
    anchors = tab.locator("main :is(h2, figure)[id]").evaluate_all(
        "all => all.map(element => element.id)"
    )
    assert anchors
    for anchor in {anchors[0], anchors[len(anchors) // 2], anchors[-1]}:
        there = opened(f"{site(name)}#{anchor}")
        top, end = there.evaluate(
            """id => [document.getElementById(id).getBoundingClientRect().top,
              Math.ceil(scrollY + innerHeight) >= document.body.scrollHeight]""",
            anchor,
        )
        assert 0 <= top < (900 if end else 40), anchor


@some_pages
def test_every_linked_value_exists(
    opened: Any, site: Site, project: Project, name: str
) -> None:
    tables = (project.observations, project.derived, project.findings)
    known = {id for table in tables for id in table.index}
    assert {id_of(link) for link in targets(opened(site(name)))} <= known


@some_pages
def test_a_link_on_a_value_leads_to_its_sentence(
    opened: Any, site: Site, project: Project, name: str
) -> None:
    quotes = project.observations["quote"].to_dict()
    tab = opened(site(name))
    links = targets(tab)
    stated = [link for link in links if id_of(link) in quotes]
    others = [link for link in links if id_of(link) not in quotes]
    for link in [*stated[:: max(1, len(stated) // 3)], *others[:3]]:
        tab.goto(site(name))
        tab.locator(f"a[href='{link}']").first.click()
        see(tab, "#heading")
        assert tab.url.endswith(f"/{link}")
        assert tab.locator("#panel .id").inner_text() == id_of(link)
        assert link in stated or tab.locator("#mark").count() == 0
        if link in stated:
            marked = tab.locator("#mark").evaluate("mark => mark.textContent")
            assert marked.replace("\n", "⏎") == quotes[id_of(link)]
            assert mark_is_in_sight(tab)
        if "lang=zh" in link:
            assert tab.evaluate("document.documentElement.lang") == "zh-CN"


@some_pages
def test_print_leaves_out_what_only_a_screen_can_do(
    opened: Any, site: Site, name: str
) -> None:
    tab = opened(site(name), color_scheme="dark")
    for field in tab.locator(".filter input").all():
        field.fill("nothing like this")
    hidden = tab.locator("tr[hidden]").all()
    assert (hidden or name in REPORTS) and not any(row.is_visible() for row in hidden)
    tab.emulate_media(media="print")
    assert not any(line.is_visible() for line in tab.locator(".filter, nav").all())
    assert all(row.is_visible() for row in hidden), "a print tells of no filter"
    assert style(tab, "body", "backgroundColor") == ["rgb(255, 255, 255)"]
    assert style(tab, ".scroll", "overflowX", "maxHeight") == ["visible", "none"]


@some_pages
def test_no_table_makes_the_print_smaller(opened: Any, site: Site, name: str) -> None:
    tab = opened(site(name), viewport=PAPER)
    tab.emulate_media(media="print")
    assert tab.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]


@pytest.mark.parametrize("name", KEY_FINDINGS)
def test_key_findings_stand_out_as_a_box(opened: Any, site: Site, name: str) -> None:
    for scheme in SCHEMES:
        tab = opened(site(name), color_scheme=scheme)
        paper = style(tab, "body", "backgroundColor")
        assert style(tab, "aside", "backgroundColor") != paper
        for media in ("screen", "print"):
            tab.emulate_media(media=media, color_scheme=scheme)
            sides = ("Top", "Right", "Bottom", "Left")
            widths = style(tab, "aside", *[f"border{side}Width" for side in sides])
            assert all(float(width.removesuffix("px")) >= 1 for width in widths)


@pytest.mark.parametrize("name", KEY_FINDINGS)
def test_linked_numbers_are_quiet_but_visible(
    opened: Any, site: Site, name: str
) -> None:
    tab = opened(site(name))
    link = f"aside {EVIDENCE}"
    assert style(tab, link, "color") == style(tab, "aside li", "color")
    line = style(tab, link, "textDecorationLine", "textDecorationStyle")
    assert line == ["underline", "dotted"]
    tab.locator(link).first.hover()
    assert style(tab, link, "color") != style(tab, "aside li", "color")


@pytest.mark.parametrize("name", KEY_FINDINGS)
def test_a_small_table_is_not_stretched(opened: Any, site: Site, name: str) -> None:
    tab = opened(site(name))
    table = tab.locator("table", has_text="46.92万").bounding_box()
    assert table["width"] < tab.locator("main").bounding_box()["width"] / 2


def test_a_chinese_page_is_set_as_chinese(opened: Any, site: Site) -> None:
    tab = opened(site("briefing.zh"))
    assert tab.evaluate("document.documentElement.lang") == "zh-CN"
    family, spacing = style(tab, "main p", "fontFamily", "textAutospace")
    assert family.startswith('"Report Song", "Noto Serif SC"')
    assert spacing == "no-autospace"
    assert tab.locator(".skip").inner_text() == "跳到正文"
    shown = tab.inner_text("main")
    assert "Source:" not in shown and "Note:" not in shown and "资料来源：" in shown


@every_page
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_a_report(
    opened: Any, site: Site, violations: Any, name: str, scheme: str
) -> None:
    for window in WINDOWS:
        tab = opened(site(name), viewport=window, color_scheme=scheme, bypass_csp=True)
        tab.locator("th button").first.press("Enter")
        assert violations(tab) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "hash", ["", "#jiamusi:814", "#changsha:slot_ratio:2021", "#jiamusi:814&lang=zh"]
)
def test_axe_finds_nothing_on_the_evidence(
    opened: Any, address: str, violations: Any, hash: str, scheme: str
) -> None:
    for window in WINDOWS:
        tab = opened(
            address + hash, viewport=window, color_scheme=scheme, bypass_csp=True
        )
        assert violations(tab) == []
