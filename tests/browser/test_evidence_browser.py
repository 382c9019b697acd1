"""The evidence page in a real browser: links, filters, keyboard, phone, dark, speed."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from browser.conftest import lowest_contrast, mark_is_in_sight, see, write
from compare.project import Project

MANY = 20_000
HOSTILE = (
    "</script><script>window.hit=1</script><img src=x onerror='window.hit=1'>\u2028"
)
SHOWN = "#list tbody tr"
LOADED = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def count(tab: Any) -> int:
    """How many observations fit the filters, as the page says."""
    found = re.match(r"([\d,]+) of", tab.inner_text("#count"))
    assert found is not None
    return int(found[1].replace(",", ""))


def gone(tab: Any) -> None:
    """Wait until the panel is closed."""
    tab.locator("#panel").wait_for(state="hidden")


@pytest.mark.parametrize(
    "filters",
    [
        {"place": "jiamusi"},
        {"family": "childcare"},
        {"indicator": "nursing_bed_share"},
        {"kind": "projection"},
        {"group": "equal"},
        {"group": "none"},
        {"status": "U"},
        {"place": "changsha", "kind": "target", "family": "childcare"},
    ],
)
def test_filters_leave_what_they_name(
    opened: Any, address: str, project: Project, filters: dict[str, str]
) -> None:
    groups = {id: standing.group for id, standing in project.standings.items()}
    cells = [
        {
            "place": row["doc"],
            "family": project.book.indicators[row["indicator"]].family,
            "indicator": row["indicator"],
            "kind": row["kind"],
            "group": groups.get(row["id"], "none"),
            "status": row["obs_status"],
        }
        for row in project.table("observations").to_dict("records")
    ]
    tab = opened(address)
    for name, value in filters.items():
        tab.select_option(f"#{name}", value)
    wanted = sum(filters.items() <= row.items() for row in cells)
    assert count(tab) == wanted > 0
    assert tab.locator(SHOWN).count() == min(100, wanted)
    label = tab.locator(f"#{next(iter(filters))} option:checked").inner_text()
    assert label.endswith(f"({wanted})")
    tab.click("#clear")
    assert count(tab) == len(cells) and "=" not in tab.url


def test_search_finds_either_script_and_width(opened: Any, address: str) -> None:
    tab = opened(address)
    found = []
    for words in (
        "每千名老人床位",
        "每千名老人牀位",
        "每千名老人床位數",
        "36.4",
        "３６．４張",
    ):
        tab.fill("#q", words)
        tab.wait_for_timeout(300)
        found.append(count(tab))
        assert tab.locator("[id='v-xianning:487']").count() == 1, words
    assert max(found) < 5
    tab.fill("#q", "lottery 佳木斯")
    tab.wait_for_timeout(300)
    assert count(tab) >= 1
    tab.fill("#q", "nothing like this")
    tab.wait_for_timeout(300)
    assert tab.inner_text("#list") == "No observation fits these filters."


def test_a_link_to_a_value_shows_its_sentence(
    opened: Any, address: str, project: Project
) -> None:
    tab = opened(f"{address}#jiamusi:814")
    assert tab.inner_text("#mark") == "每千名老年人拥有养老床位数(张) |\n32"
    assert mark_is_in_sight(tab)
    text = tab.locator("#text").evaluate("box => box.textContent")
    assert text == project.documents["jiamusi"].text
    panel = tab.inner_text("#panel")
    assert "795 to 816" in panel and "专栏1" in panel and "二、发展目标" in panel
    assert tab.evaluate("document.activeElement.id") == "heading"
    assert tab.locator("tr.current a").inner_text() == "32"


def test_every_value_marks_its_own_quote(
    opened: Any, address: str, project: Project
) -> None:
    tab = opened(address)
    wrong = tab.evaluate(
        """async rows => {
          const wrong = [];
          for (const [id, quote] of rows) {
            const turned = new Promise(done =>
              addEventListener("hashchange", done, {once: true}));
            location.hash = id;
            await turned;
            const mark = document.getElementById("mark");
            if (mark.textContent.replaceAll("\\n", "⏎") !== quote) wrong.push(id);
          }
          return wrong;
        }""",
        project.table("observations")[["id", "quote"]][::7].values.tolist(),
    )
    assert wrong == []


def test_links_follow_navigation_and_the_back_button(opened: Any, address: str) -> None:
    tab = opened(f"{address}#place=jiamusi")
    tab.click("[id='v-jiamusi:814']")
    see(tab, "#heading", "32")
    assert tab.url.endswith("#jiamusi:814&place=jiamusi")
    tab.evaluate("location.hash = 'xianning:487'")
    see(tab, "#mark", "36.4")
    tab.go_back()
    see(tab, "#heading", "32")
    tab.go_back()
    gone(tab)
    assert tab.input_value("#place") == "jiamusi"
    assert tab.evaluate("document.activeElement.id") == "v-jiamusi:814"
    tab.go_forward()
    see(tab, "#heading", "32")


def test_derived_values_show_formula_and_inputs(opened: Any, address: str) -> None:
    tab = opened(f"{address}#changsha:slot_ratio:2021")
    panel = tab.inner_text("#panel")
    assert "1.464 – 2.442" in panel and "1.464943 – 2.441574" in panel
    assert "1000 * a / b" in panel and tab.locator("#mark").count() == 0
    tab.click("#panel a:has-text('about 20,000')")
    see(tab, "#mark", "2万")
    assert tab.url.endswith("#changsha:1260") and mark_is_in_sight(tab)
    tab.click("#panel section:has(h3:text-is('Derived values that use it')) a >> nth=0")
    see(tab, "#panel", "Derived by us")


def test_findings_are_linked_both_ways(
    opened: Any, address: str, project: Project
) -> None:
    findings = project.table("findings")
    finding = findings[findings["verdict"] != "holds"].iloc[0].to_dict()
    tab = opened(f"{address}#{finding['id']}")
    panel = tab.inner_text("#panel")
    assert finding["arithmetic"] in panel and finding["explanation_en"] in panel
    tab.click("#panel ul a >> nth=0")
    see(tab, "#mark")
    assert f"#{finding['inputs'].split()[0]}" in tab.url
    assert tab.locator(f"#panel a[href^='#{finding['id']}']").count() == 1


def test_a_value_stands_beside_others_as_the_project_says(
    opened: Any, address: str, project: Project
) -> None:
    signs = {code: row.definition for code, row in project.book.codes["group"].items()}
    values = {id: row for id, row in project.facets.items() if id in project.standings}
    some = [id for id in values if project.standings[id].group != "alone"][::5]
    tab = opened(f"{address}#lang=en")
    found = tab.evaluate(
        """async ids => {
          const found = {};
          for (const id of ids) {
            const turned = new Promise(done =>
              addEventListener("hashchange", done, {once: true}));
            location.hash = `${id}&lang=en`;
            await turned;
            const list = document.querySelector("#panel .pairs");
            found[id] = [list.parentElement.innerText,
              [...list.children].map(item => [item.querySelector("code").textContent,
                item.querySelector(".group")?.textContent ?? ""])];
          }
          return found;
        }""",
        some,
    )
    for id, (told, beside) in found.items():
        standing = project.standings[id]
        assert project.book.label("group", standing.group) in told
        assert all(one.reason("en") in told for one in standing.differences), id
        same = (values[id]["indicator"], values[id]["kind"])
        wanted = {
            other: signs[project.standings[other].group]
            for other, row in values.items()
            if (row["indicator"], row["kind"]) == same
            and other.partition(":")[0] != id.partition(":")[0]
        }
        assert dict(beside) == wanted, id
    assert len(some) > 10


def test_a_refusal_says_so(opened: Any, address: str, project: Project) -> None:
    derived = project.table("derived")
    refusal = derived[derived["refused"] != ""].iloc[0].to_dict()
    tab = opened(f"{address}#{refusal['id']}")
    assert tab.inner_text("#heading").startswith("refused")
    assert refusal["note"] in tab.inner_text("#panel")


def test_damage_is_read_beside_the_sentence(opened: Any, address: str) -> None:
    tab = opened(f"{address}#dianjiang:845&lang=en")
    assert "Damaged text, read as" in tab.inner_text("#panel")
    assert "营利性托育服务机构3家" in tab.inner_text("#panel")


def test_an_unknown_id_is_named(opened: Any, address: str) -> None:
    tab = opened(f"{address}#nowhere:1%3Cb%3E")
    assert tab.inner_text("#heading") == "No value has the id “nowhere:1<b>”."


def test_the_keyboard_is_enough(opened: Any, address: str) -> None:
    tab = opened(address)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    first = tab.evaluate("document.activeElement.id")
    assert first.startswith("v-")
    outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    tab.keyboard.press("Enter")
    see(tab, "#mark")
    assert tab.evaluate("document.activeElement.id") == "heading"
    tab.keyboard.press("Escape")
    gone(tab)
    assert tab.evaluate("document.activeElement.id") == first
    tab.focus("#next_page")
    tab.keyboard.press("Enter")
    assert "101 to 200" in tab.inner_text("#count")
    assert tab.evaluate("document.activeElement.id") == "next_page"
    tab.focus("#place")
    tab.keyboard.type("Jiam")
    assert "place=jiamusi" in tab.url and "page=" not in tab.url


def test_language_follows_the_browser_until_the_address_says_otherwise(
    opened: Any, address: str
) -> None:
    tab = opened(f"{address}#jiamusi:814", locale="zh-CN")
    assert tab.evaluate("document.documentElement.lang") == "zh-CN"
    assert "每千名老年人拥有养老床位数" in tab.inner_text("#heading")
    assert "lang" not in tab.url
    tab.click("#en")
    assert tab.inner_text("h1") == "Where every number comes from"
    assert tab.url.endswith("#jiamusi:814&lang=en")
    assert tab.get_attribute("#en", "aria-pressed") == "true"
    tab.reload()
    assert tab.inner_text("h1") == "Where every number comes from"
    assert tab.evaluate("localStorage.length + document.cookie.length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1240])
def test_it_fits_its_window_and_is_readable(
    opened: Any, address: str, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 844}
    for hash in ("", "#xianning:487", "#changsha:slot_ratio:2021"):
        tab = opened(address + hash, viewport=size, color_scheme=scheme)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate("document.getElementById('panel').scrollWidth") <= width
        spare = "list => list.clientWidth - list.scrollWidth"
        assert tab.locator("#list").evaluate(spare) >= 0
        assert lowest_contrast(tab) >= 4.5


def test_a_phone_shows_the_sentence_over_the_list(opened: Any, address: str) -> None:
    tab = opened(address, viewport={"width": 390, "height": 844}, has_touch=True)
    tab.tap("[id='v-xianning:471']")
    see(tab, "#mark")
    assert mark_is_in_sight(tab)
    box = tab.locator("#panel").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert tab.evaluate("document.querySelector('main').inert")
    tab.tap("#close")
    gone(tab)
    assert not tab.evaluate("document.querySelector('main').inert")


def test_print_shows_all_that_was_filtered_or_the_one_value(
    opened: Any, address: str
) -> None:
    tab = opened(f"{address}#place=jiamusi")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(SHOWN).count() == count(tab) > 100
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator(SHOWN).count() == 100
    tab.goto(f"{address}#jiamusi:814")
    see(tab, "#mark")
    tab.emulate_media(media="print")
    assert tab.is_hidden("main") and tab.is_visible("#mark")
    assert tab.locator(".far").evaluate_all("all => all.every(e => !e.offsetWidth)")


def test_hostile_text_does_nothing(
    opened: Any, project: Project, tmp_path: Path
) -> None:
    first = project.observations.iloc[0]
    spoilt = project.observations.copy()
    spoilt.loc[first.name, ["quote", "note", "label_stated"]] = HOSTILE
    indicator = project.book.indicators[first["indicator"]].model_copy(
        update={"label_zh": HOSTILE, "label_en": HOSTILE}
    )
    indicators = {**project.book.indicators, first["indicator"]: indicator}
    book = dataclasses.replace(project.book, indicators=indicators)
    url = write(dataclasses.replace(project, book=book, observations=spoilt), tmp_path)
    tab = opened(f"{url}#{first.name}")
    assert tab.evaluate("window.hit") is None
    assert HOSTILE.strip() in tab.inner_text("#heading")
    assert tab.locator("img").count() == 0


@pytest.mark.alone
def test_twenty_thousand_observations_are_usable_within_a_second(
    opened: Any, project: Project, tmp_path: Path, record_property: Any
) -> None:
    rows = project.observations
    many = rows.iloc[[at % len(rows) for at in range(MANY - 1)]]
    many = many.set_axis([f"{id}.{at}" for at, id in enumerate(many.index)])
    more = pd.concat([many, rows.loc[["jiamusi:814"]]]).rename_axis("id")
    url = write(dataclasses.replace(project, observations=more), tmp_path)
    loads = []
    for _ in range(3):
        tab = opened(url)
        assert count(tab) == MANY
        loads.append(tab.evaluate(LOADED))
    spent = {
        "loaded": min(loads),
        "place": timed(tab, "place", "jiamusi"),
        "search": timed(tab, "q", "养老床位"),
        "value": timed(tab, "", "jiamusi:814"),
    }
    record_property("milliseconds", spent)
    print(spent)
    assert tab.inner_text("#mark").endswith("32")
    assert max(spent.values()) < 1000, spent


def timed(tab: Any, field: str, value: str) -> float:
    """Milliseconds until a new value of a field, or of the address, is drawn."""
    spent: float = tab.evaluate(
        """async ([field, value]) => {
          const list = document.getElementById("list");
          const changed = new Promise(done =>
            new MutationObserver(done).observe(list, {childList: true}));
          const start = performance.now();
          if (field) {
            const control = document.getElementById(field);
            control.value = value;
            control.dispatchEvent(new Event(field === "q" ? "input" : "change"));
          } else location.hash = value;
          await changed;
          await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
          return performance.now() - start;
        }""",
        [field, value],
    )
    return spent
