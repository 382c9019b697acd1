"""SSSOM: the crosswalk as a set of mappings.

In: the codebook. Out: a table with a header of its own, for tools that align terms.
"""

from collections.abc import Iterator

import pandas as pd

from compare.codebook.book import Codebook
from compare.codebook.models import NO_TERM, Match
from compare.formats import NAMES

PREFIXES = {
    "document": f"{NAMES}document:",
    "indicator": f"{NAMES}indicator:",
    "column": f"{NAMES}column:",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
UNLICENSED = "https://w3id.org/sssom/license/unspecified"
EXTENSIONS = ("scope_stated", "unit_stated", "denominator_stated", "unit", "ruling")


def sssom(book: Codebook) -> bytes:
    """Write the crosswalk in the SSSOM form of mappings, version 1.1, as TSV.

    Subjects are wordings (literals), objects are indicators. A rejected judgement is
    a mapping that does not hold: ``predicate_modifier`` is ``Not``. Undecided ones are
    left out. No licence is settled, and the file says so.
    """
    judged = (row for row in book.crosswalk if row.status in ("accepted", "rejected"))
    table = pd.DataFrame([_mapping(row, book) for row in judged])
    head = "".join(f"#{line}\n" for line in _header(book.last_judgement()))
    text = head + table.to_csv(sep="\t", index=False, lineterminator="\n")
    return text.encode("utf-8")


def _header(version: str) -> Iterator[str]:
    yield 'sssom_version: "1.1"'
    yield f'mapping_set_id: "{NAMES}crosswalk"'
    yield f'mapping_set_version: "{version}"'
    yield 'mapping_set_title: "Wordings of plans and the indicators they state"'
    yield f'license: "{UNLICENSED}"'
    yield "curie_map:"
    yield from (f'  {prefix}: "{name}"' for prefix, name in PREFIXES.items())
    yield "extension_definitions:"
    for slot in EXTENSIONS:
        yield f"- slot_name: {slot}"
        yield f'  property: "column:{slot}"'
        yield '  type_hint: "xsd:string"'


def _mapping(row: Match, book: Codebook) -> dict[str, str]:
    """One judgement in the words of SSSOM."""
    found = row.object_id != NO_TERM
    return {
        "subject_label": row.subject_label,
        "predicate_id": f"skos:{row.predicate_id}",
        "predicate_modifier": "Not" if row.status == "rejected" else "",
        "object_id": f"{'indicator' if found else 'sssom'}:{row.object_id}",
        "object_label": book.indicators[row.object_id].label_en if found else "",
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_label": "|".join(row.author_label.split()),
        "mapping_date": row.mapping_date,
        "subject_source": f"document:{row.subject_source}",
        "subject_type": "rdfs literal",
        "comment": row.comment,
    } | {slot: getattr(row, slot) for slot in EXTENSIONS}
