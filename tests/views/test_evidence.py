"""Evidence: the sentence behind a number, marked, in its place, harmless."""

import hashlib
from pathlib import Path

import lxml.html
import pytest
from conftest import ROOT, edit

import compare
from compare.base.problems import Problems, printable
from compare.project import Project
from compare.views.evidence import Evidence, Passage
from compare.views.evidence import evidence as of_project

RAW = "data/raw/xianning.txt"


def insert(root: Path, text: str) -> None:
    """Put text behind the last line of a document and freeze it again."""
    path = root / RAW
    path.write_bytes(path.read_bytes() + text.encode())
    sums = root / "data" / "raw" / "SHA256SUMS"
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  xianning.txt"
        if line.endswith("xianning.txt")
        else line
        for line in sums.read_text("ascii").splitlines()
    ]
    sums.write_text("\n".join(lines) + "\n", "ascii")


def text_of(page: str, tag: str) -> str:
    """Text of the one element with this tag."""
    (element,) = lxml.html.fromstring(page).findall(f".//{tag}")
    return "".join(map(str, element.itertext()))


def evidence(id: str, root: Path = ROOT) -> Evidence:
    return compare.load(root).evidence(id)


def passage(id: str) -> Passage:
    (found,) = evidence(id).passages
    return found


def test_the_quote_is_marked_in_its_context() -> None:
    found = passage("xianning:487")
    assert found.quote == "每千名老人床位數達36.4張"
    lines = repr(evidence("xianning:487")).splitlines()
    assert lines[0].startswith("xianning:487  咸寧市")
    assert lines[2] == "characters 478 to 492"
    assert "養老床位數達18577張,【每千名老人床位數達36.4張】;" in lines[4]


def test_the_context_is_what_the_document_prints(project: Project) -> None:
    for id, row in list(project.readings.items())[::40]:
        (found,) = of_project(project, id).passages
        whole = found.before + found.quote + found.after
        assert whole in project.documents[row.doc].text
        assert found.quote.replace("\n", "⏎") == row.quote


def test_a_statement_without_counterpart_has_its_sentence(project: Project) -> None:
    alone = project.readings.keys() - set(project.observations.index)
    assert alone
    for id in alone:
        assert len(of_project(project, id).passages) == 1


def test_a_table_is_named_behind_its_section() -> None:
    lines = repr(evidence("jiamusi:814")).splitlines()
    assert lines[1] == "二、发展目标 [专栏1]"
    assert lines[-1].startswith("【每千名老年人拥有养老床位数(张) |⏎32】")


def test_a_derived_value_shows_its_arithmetic_and_every_sentence() -> None:
    found = evidence("xianning:all_bed_ratio:2016-2020")
    assert found.told[1] == "1000 * a / b, a = xianning:471, b = xianning:860"
    assert [one.id for one in found.passages] == ["xianning:471", "xianning:860"]
    assert repr(found).count("【") == 2


def test_a_finding_shows_its_verdict_and_every_sentence() -> None:
    found = evidence("xianning:bed_ratio_against_beds:487")
    assert found.told[0].startswith(
        "xianning:bed_ratio_against_beds:487  does not agree: 1000 *"
    )
    assert found.passages[0].id == "xianning:487" and len(found.passages) == 3


def test_in_jupyter_it_shows_itself() -> None:
    page = evidence("xianning:487")._repr_html_()
    assert text_of(page, "mark") == passage("xianning:487").quote
    assert "characters 478 to 492" in text_of(page, "figcaption")


@pytest.mark.parametrize(
    ("id", "nearest"),
    [
        ("xianning:488", ["xianning:487", "xianning:471"]),
        ("xianning:0", ["xianning:404"]),
        ("nowhere:1", [":"]),
        ("xianning", ["xianning:404"]),
        ("", [":"]),
        ("xianning:all_bed_ratio", ["xianning:all_bed_ratio:2016-2020"]),
        ("xianning:4.99999999999999999999", ["xianning:404"]),
    ],
)
def test_an_unknown_id_gives_the_nearest_ones(id: str, nearest: list[str]) -> None:
    with pytest.raises(Problems) as raised:
        evidence(id)
    (problem,) = raised.value.problems
    assert "has this id" in problem.what
    assert all(other in problem.expected for other in nearest)


def test_what_a_document_says_is_no_markup(copy: Path) -> None:
    start = len((copy / RAW).read_bytes().decode())
    insert(copy, '每千名<script>alert("x")</script>36.4張&amp;')
    move(copy, start, "每千名<script>", '<b onclick="x">')
    page = evidence("xianning:487", copy)._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "&amp;amp;" in page
    tree = lxml.html.fromstring(page)
    assert tree.find(".//script") is None and tree.find(".//b") is None
    assert text_of(page, "mark") == "每千名<script>"
    assert '<b onclick="x">' in text_of(page, "figcaption")


def test_control_characters_of_a_document_do_not_reach_the_terminal(copy: Path) -> None:
    start = len((copy / RAW).read_bytes().decode())
    insert(copy, "每千名\x1b[31m36.4張\x07\u202e")
    move(copy, start, "每千名\x1b[31m", "一、\x1b]0;x")
    text = repr(evidence("xianning:487", copy))
    assert "�[31m" in text
    for character in "\x1b\x07\u202e\x9b":
        assert character not in text
    assert text.count("\n") == 4


def move(root: Path, start: int, quote: str, section: str) -> None:
    """Let the reading xianning:487 quote another place."""
    edit(
        root,
        "data/readings/xianning.csv",
        lambda rows: [
            row.update(
                quote=quote,
                quote_start=str(start),
                quote_end=str(start + len(quote)),
                section=section,
            )
            for row in rows
            if row["id"] == "xianning:487"
        ],
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("床位 36.4%", "床位 36.4%"),
        ("a\x1b[31mb", "a�[31mb"),
        ("a\rb\nc\td", "a�b�c�d"),
        ("\u202eabc\u200b", "�abc�"),
        ("\x9b1m", "�1m"),
    ],
)
def test_only_characters_that_steer_a_terminal_are_replaced(
    text: str, shown: str
) -> None:
    assert printable(text) == shown
