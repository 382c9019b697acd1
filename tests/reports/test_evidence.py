"""The evidence page carries every observation, its sentence, and nothing that runs."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from typing import Any

import lxml.html
import pytest
from conftest import ROOT, table

from compare.documents.text import Document, fold
from compare.project import Project
from compare.reports.evidence import CODELISTS, TEMPLATES, payload, render
from compare.views.evidence import read_as

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(2)>",
    "a\u2028b\u2029c",
    "\"'`&lt;&amp;]]><!--",
    "=1+1",
)


@pytest.fixture(scope="module")
def text(project: Project) -> str:
    return render(project)


def data_in(text: str) -> Any:
    tree: Any = lxml.html.document_fromstring(text)
    return json.loads(tree.get_element_by_id("data").text)


def with_documents(project: Project, **documents: Document) -> Project:
    """A project whose documents say something else."""
    changed = dataclasses.replace(project)
    vars(changed)["documents"] = {**project.documents, **documents}
    return changed


def rows(shown: Any) -> list[dict[str, str]]:
    return [
        {
            name: cells[0][cells[1][at] if len(cells) > 1 else at]
            for name, cells in shown["columns"].items()
        }
        for at in range(shown["size"])
    ]


@pytest.fixture(scope="module")
def data(text: str) -> Any:
    return data_in(text)


def test_the_page_forbids_itself_every_request(text: str) -> None:
    tree: Any = lxml.html.document_fromstring(text)
    policy = tree.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy and "unsafe-eval" not in policy
    scripts = [item for item in tree.iter("script") if item.get("type") is None]
    assert len(scripts) == 1 and len(list(tree.iter("script"))) == 2
    digest = base64.b64encode(hashlib.sha256(scripts[0].text.encode()).digest())
    assert f"script-src 'sha256-{digest.decode()}'" in policy
    assert not tree.xpath("//@src | //link | //iframe | //img | //object | //base")
    rest = re.sub("base64,[^)]*", "", text)
    assert "@import" not in rest
    assert all(
        url.startswith('"data:font/') for url in re.findall(r"url\((.*?)\)", rest)
    )


@pytest.mark.parametrize("name", ["observations", "derived", "findings"])
def test_every_row_and_column_of_every_table_is_there(data: Any, name: str) -> None:
    shown = rows(data[name])
    given = table(ROOT / "data" / "curated" / f"{name}.csv")
    assert [row | wanted for row, wanted in zip(shown, given, strict=True)] == shown


def test_every_quote_stands_at_its_place_in_the_text_of_the_page(data: Any) -> None:
    for row in rows(data["observations"]):
        text = data["documents"][row["doc"]]["text"]
        quote = text[int(row["quote_start"]) : int(row["quote_end"])]
        assert quote.replace("\n", "⏎") == row["quote"], row["id"]


def test_another_project_has_a_page_of_its_own(toy_project: Project) -> None:
    shown = payload(toy_project)
    assert [row[0] for row in shown["places"]] == toy_project.book.order
    assert shown["documents"].keys() == toy_project.documents.keys()
    assert shown["observations"]["size"] == len(toy_project.observations)


def test_each_document_stands_in_the_page_once(
    text: str, project: Project, data: Any
) -> None:
    for doc, document in project.documents.items():
        assert data["documents"][doc]["text"] == document.text
        line = max(document.text.splitlines(), key=len)
        assert text.count(json.dumps(line, ensure_ascii=False)[1:-1]) == 1


def test_a_value_has_its_group_and_all_its_reasons(data: Any, project: Project) -> None:
    found = {
        row["id"]: row
        for name in ("observations", "derived")
        for row in rows(data[name])
    }
    assert {row["group"] for row in found.values()} == {"", *data["signs"]}
    for id, row in found.items():
        standing = project.standings.get(id)
        assert row["group"] == (standing.group if standing else "")
        for language in ("zh", "en"):
            differences = standing.differences if standing else ()
            told = [one.reason(language) for one in differences]
            assert row[f"reason_{language}"] == "\n".join(told)
    signs = {code: cells[0] for code, cells in data["signs"].items()}
    assert signs == {"equal": "=", "care": "≈", "apart": "≠", "alone": ""}


def test_places_and_families_stand_in_their_order(data: Any, project: Project) -> None:
    book = project.book
    assert [place[0] for place in data["places"]] == book.order
    assert [place[1] for place in data["places"]] == [
        book.place(doc).short_zh for doc in book.order
    ]
    assert [family[0] for family in data["families"]] == list(book.families)


def test_every_input_leads_somewhere(data: Any) -> None:
    known = {
        row["id"]
        for name in ("observations", "derived", "findings")
        for row in rows(data[name])
    }
    for name in ("derived", "findings"):
        for row in rows(data[name]):
            assert set(row["inputs"].split()) <= known, row["id"]


def test_damage_is_shown_as_it_is_read(data: Any, project: Project) -> None:
    shown = {row["id"]: row for row in rows(data["observations"])}
    hits = 0
    for damage in project.book.damage:
        if damage.effect != "lost_character":
            continue
        near = [row for row in shown.values() if row["doc"] == damage.doc]
        hit = [row for row in near if re.search(damage.pattern, row["quote"])]
        assert all(damage.read_as in row["read_as"] for row in hit)
        hits += len(hit)
    assert hits
    assert 0 < sum(bool(row["read_as"]) for row in shown.values()) < len(shown)
    assert shown["jiamusi:814"]["read_as"] == ""


def test_a_page_mark_inside_a_word_is_left_out(project: Project) -> None:
    text = "月探\n15、访率100%"
    small = with_documents(project, jingdezhen=Document("jingdezhen", text, ""))
    assert read_as(small, "jingdezhen", (0, 8)) == "月探访率100%"


def test_search_is_folded_and_ignores_line_breaks(data: Any) -> None:
    found = {row["id"]: row["search"] for row in rows(data["observations"])}
    assert "每千名老人床位数" in found["xianning:487"]
    assert "养老床位数(张)|32" in found["jiamusi:814"]
    pairs = dict(zip(data["fold"][::2], data["fold"][1::2], strict=True))
    assert pairs["養"] == "养" and pairs["託"] == fold("託")
    assert all(fold(old) == new for old, new in pairs.items())


def test_values_are_worded_for_readers(data: Any) -> None:
    found = {
        row["id"]: row["number"]
        for name in ("observations", "derived")
        for row in rows(data[name])
    }
    assert found["xianning:487"] == "36.4"
    assert found["jiamusi:778"] == "55%"
    assert found["changsha:1088"] == "30,000"
    assert found["changsha:3117"] == "3 – 5"
    assert found["jiamusi:1859"] == ""
    assert found["changsha:slot_ratio:2021"] == "1.464 – 2.442"
    assert "≥3.25" in found.values()


def test_both_languages_have_every_word(text: str) -> None:
    words = json.loads((TEMPLATES / "evidence.json").read_text("utf-8"))
    script = (TEMPLATES / "evidence.js").read_text("utf-8")
    named = set(re.findall(r'\bt\("(\w+)"', script))
    named |= set(re.findall(r'data-word="(\w+)"', text))
    named |= set(re.findall(r'(?:section\(|\[)"([a-z_]+)", [^"\]]', script)) & set(
        words
    )
    assert named <= set(words) and len(named) > 50
    assert set(re.findall(r'\b(?:code|keysOf)\("(\w+)"', script)) <= set(CODELISTS)
    for chinese, english in words.values():
        fields = re.findall(r"\{\w+\}", chinese)
        assert sorted(fields) == sorted(re.findall(r"\{\w+\}", english))
        assert not re.search("[\u4e00-\u9fff]", english)


def test_the_script_writes_text_only_as_text() -> None:
    script = (TEMPLATES / "evidence.js").read_text("utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
        assert way not in script
    assert not re.search("localStorage|sessionStorage|cookie|fetch|XMLHttp", script)
    assert len(script.encode()) < 26_000


def hostile(project: Project) -> Project:
    """The project with hostile text in quotes, notes, labels and texts."""
    count, size = len(project.observations), len(HOSTILE)
    spoilt = project.observations.assign(
        quote=[HOSTILE[at % size] for at in range(count)],
        note=[HOSTILE[(at + 1) % size] for at in range(count)],
        label_stated=[HOSTILE[(at + 2) % size] for at in range(count)],
    )
    book = project.book
    indicators = {
        code: row.model_copy(update={"label_zh": HOSTILE[1], "label_en": HOSTILE[0]})
        for code, row in book.indicators.items()
    }
    changed = dataclasses.replace(
        project,
        book=dataclasses.replace(book, indicators=indicators),
        observations=spoilt,
    )
    documents = {
        doc: dataclasses.replace(document, text=document.text + "\n".join(HOSTILE))
        for doc, document in project.documents.items()
    }
    return with_documents(changed, **documents)


def test_hostile_text_stays_text(project: Project) -> None:
    text = render(hostile(project))
    tree: Any = lxml.html.document_fromstring(text)
    assert len(list(tree.iter("script"))) == 2 and not list(tree.iter("img"))
    raw = re.search('<script type="application/json" id="data">(.*?)</script>', text)
    assert raw is not None and not re.search("[<>&\u2028\u2029]", raw[1])
    shown = rows(data_in(text)["observations"])
    assert [row["quote"] for row in shown[:5]] == list(HOSTILE)


def test_further_columns_come_along(project: Project) -> None:
    wider = project.observations.assign(order="x", words="y")
    shown = payload(dataclasses.replace(project, observations=wider))
    assert shown["observations"]["columns"]["order"][0] == ["x"]


def test_the_same_bytes_twice(project: Project, text: str) -> None:
    assert render(project) == text
