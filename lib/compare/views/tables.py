"""Views: tidy frames that answer one question each.

In: the curated tables. Out: frames whose rows are sorted, whose columns are named and
whose numbers are worded, ready to be shown, drawn or saved. Like is put beside like
only: reported apart from derived, each scope by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from string import ascii_lowercase

import pandas as pd

from compare.codebook.book import Codebook, ReferenceLine, find_root, load_codebook
from compare.views import digest
from compare.views.words import between, cited, mark, name_of, say, when, worded

NUMBERS = ("value", "lower", "upper")
NEAR = ("exactMatch", "closeMatch")
SEVERAL = "; "
MEASURES = (
    "found",
    "value",
    "comparator",
    "unit_stated",
    "time_period",
    "kind",
    "object_id",
    "predicate_id",
)
ALSO = {"kind": "measure_derived"}


def load(root: Path | None = None) -> pd.DataFrame:
    """All observations: every statement of every document in canonical terms.

    Parameters
    ----------
    root
        Folder of the project; default: as ``find_root``.

    Returns
    -------
    pandas.DataFrame
        One row for each observation, columns as in ``data/curated/datapackage.json``;
        ``value``, ``lower`` and ``upper`` are floats in ``unit``, NaN where the
        document sets none; everything else is text, empty where there is nothing.

    Examples
    --------
    >>> observations = load()
    >>> rows = observations.query("id == 'jiamusi:814'")
    >>> rows[["indicator", "value", "quote"]].values.tolist()
    [['eldercare_beds_per_1000_elderly', 32.0, '每千名老年人拥有养老床位数(张) |⏎32']]
    """
    return _read("observations", root)


def load_derived(root: Path | None = None) -> pd.DataFrame:
    """All derived values and refusals, with formula and input ids.

    Returns
    -------
    pandas.DataFrame
        One row for each; ``value`` is NaN where an input is hedged or the ratio was
        refused.
    """
    return _read("derived", root)


def statements(
    indicators: Iterable[str], root: Path | None = None, *, language: str = "en"
) -> pd.DataFrame:
    """List what each place states for some indicators, repetitions put together.

    Only statements for the whole place whose wording is an exact or close match, in
    the fixed order of places.

    Returns
    -------
    pandas.DataFrame
        Columns ``indicator``, ``position``, ``doc``, ``place``, ``place_zh``,
        ``place_en``, ``source``, ``kind``, ``time_period``, ``value``, ``lower``,
        ``upper``, ``upper_open``, ``comparator``, ``scope``, ``scope_stated``,
        ``obligation``, ``match_type``, ``obs_status``, ``stated`` (in words),
        ``note``, ``id`` and ``ids``: all observations that say the same.

    Examples
    --------
    >>> beds = statements(["eldercare_beds_per_1000_elderly"])
    >>> beds[["place_en", "stated"]].values.tolist()
    [['Xianning', '36.4'], ['Jiamusi', '32'], ['Jiamusi', '35']]
    """
    book = _book(root)
    frame = load(root)
    wanted = list(indicators)
    whole = {doc: source.ref_area for doc, source in book.documents.items()}
    frame = frame[
        frame["indicator"].isin(wanted)
        & frame["match_type"].isin(NEAR)
        & (frame["ref_area"] == frame["doc"].map(whole))
        & ~frame["scope"].isin(["rural", "urban", "part_of_place"])
    ].copy()
    frame["order"] = frame["indicator"].map(wanted.index)
    same = ["indicator", "doc", "kind", "time_period", "comparator", *NUMBERS, "scope"]
    frame["first"] = frame.groupby(same, dropna=False, sort=False)["id"].transform(
        "first"
    )
    ids = frame.groupby("first", sort=False)["id"].agg(SEVERAL.join)
    notes = frame.groupby("first", sort=False)["note"].agg(_joined)
    obligations = frame.groupby("first", sort=False)["obligation"].agg(_joined)
    kept = frame[frame["id"] == frame["first"]].set_index("id", drop=False)
    kept = kept.assign(ids=ids, note=notes, obligation=obligations)
    kept = kept.join(places(book), on="doc")
    kept["stated"] = [worded(row, book, language) for row in kept.itertuples()]
    kept["source"] = "reported"
    kinds = list(book.codes["kind"])
    kept["kind_order"] = kept["kind"].map(kinds.index)
    by = ["order", "position", "kind_order", "time_period", "value", "comparator"]
    columns = [
        "indicator",
        "position",
        "doc",
        "place",
        "place_zh",
        "place_en",
        "source",
        "kind",
        "time_period",
        *NUMBERS,
        "upper_open",
        "comparator",
        "scope",
        "scope_stated",
        "obligation",
        "match_type",
        "obs_status",
        "stated",
        "note",
        "id",
        "ids",
    ]
    return kept.sort_values(by, kind="stable")[columns].reset_index(drop=True)


def coverage(
    families: Iterable[str], root: Path | None = None, *, least: int = 1
) -> pd.DataFrame:
    """Which place states which indicator, and why there is nothing where it does not.

    Parameters
    ----------
    families
        Codes of families of indicators.
    least
        How many places must state an indicator for it to be listed.

    Returns
    -------
    pandas.DataFrame
        Long: ``indicator``, ``label_zh``, ``label_en``, ``doc``, ``place``,
        ``place_en`` and ``state``, a code of the list ``state``: ``both`` (baseline and
        target), ``target``, ``baseline``, ``other``, ``blank`` (printed, but empty),
        ``out_of_scope``, ``lost_in_picture``, ``lost_part`` or ``not_stated``.
        Indicators that most places state come first.
    """
    book = _book(root)
    chosen = list(families)
    named = {code: row for code, row in book.indicators.items() if row.family in chosen}
    frame = statements(named, root)
    reasons = {(row.doc, row.subject): row.status for row in book.coverage}
    found = {
        key: set(group["kind"].where(group["comparator"] != "missing", "blank"))
        for key, group in frame.groupby(["indicator", "doc"], sort=False)
    }
    rows = []
    for code, indicator in named.items():
        if not any(key[0] == code for key in found):
            continue
        for place in book.places:
            absent = reasons.get((place.doc, code)) or reasons.get(
                (place.doc, indicator.family), "not_stated"
            )
            state = _state(found.get((code, place.doc), set()), absent)
            rows.append((code, indicator.family, place.doc, state))
    table = pd.DataFrame(rows, columns=["indicator", "family", "doc", "state"])
    of_indicator = table["indicator"]
    table["stated"] = _is_stated(table["state"]).groupby(of_indicator).transform("sum")
    table["both"] = (table["state"] == "both").groupby(of_indicator).transform("sum")
    table = table[table["stated"] >= least]
    table["family_order"] = table["family"].map(chosen.index)
    table = table.join(places(book), on="doc")
    for language in ("label_zh", "label_en"):
        labels = {code: getattr(row, language) for code, row in named.items()}
        table[language] = table["indicator"].map(labels)
    table = table.sort_values(
        ["family_order", "stated", "both", "indicator", "position"],
        ascending=[True, False, False, True, True],
        kind="stable",
    )
    columns = ["indicator", "label_zh", "label_en", "doc", "place", "place_en", "state"]
    return table[columns].reset_index(drop=True)


def coverage_table(
    families: Iterable[str], root: Path | None = None, *, least: int = 1
) -> pd.DataFrame:
    """Lay coverage out: one row for each indicator, one column for each place."""
    book = _book(root)
    table = coverage(families, root, least=least)
    names = {code: row.label_en for code, row in book.codes["state"].items()}
    wide = table.assign(state=table["state"].map(names)).pivot(
        index="indicator", columns="place_en", values="state"
    )
    order = table["indicator"].drop_duplicates()
    places = [place.short_en for place in book.places]
    labels = table.drop_duplicates("indicator").set_index("indicator")
    wide = wide.loc[order, places]
    names = labels.loc[order, "label_en"] + " " + labels.loc[order, "label_zh"]
    wide.insert(0, "Indicator 指标", names)
    return wide.reset_index(drop=True).rename_axis(columns=None)


def families(root: Path | None = None) -> list[str]:
    """Name all families of indicators, in the order of the reports."""
    return [row.family for row in _book(root).families]


def trackable(
    families: Iterable[str], root: Path | None = None, *, language: str = "en"
) -> pd.DataFrame:
    """For how many indicators each place states both a baseline and a target."""
    table = coverage(families, root)
    counts = (
        table.assign(both=table["state"] == "both", stated=_is_stated(table["state"]))
        .groupby("place", sort=False)[["stated", "both"]]
        .sum()
        .reset_index()
    )
    counts = counts.rename(columns={"stated": "indicators_stated"})
    return as_table(counts, root=root, language=language)


def documents(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Describe the documents: what each one is, its date, what the text held lacks."""
    book = _book(root)
    sources = [book.documents[place.doc] for place in book.places]
    chinese = language == "zh"
    frame = pd.DataFrame(
        {
            "place": [f"{place.short_zh} {place.short_en}" for place in book.places],
            "document": [source.title for source in sources],
            "level": [book.label("level", row.level, language) for row in sources],
            "date_signed": [
                source.date_signed or say(book, "not_printed", language)
                for source in sources
            ],
            "covers": [row.covers_zh if chinese else row.covers for row in sources],
            "quality": [
                book.label("quality", row.quality, language) for row in sources
            ],
            "note": [
                row.quality_note_zh if chinese else row.quality_note for row in sources
            ],
        }
    )
    return as_table(frame, root=root, language=language)


def counts_by_status(root: Path | None = None) -> pd.DataFrame:
    """Observations by status and place: how many, and how sure."""
    book = _book(root)
    frame = load(root)
    table = pd.crosstab(frame["obs_status"], frame["doc"])
    table = table[[place.doc for place in book.places]]
    table.columns = pd.Index([place.short_en for place in book.places])
    table.insert(len(table.columns), "All", table.sum(axis=1))
    table.loc["all"] = table.sum()
    names = {code: row.label_en for code, row in book.codes["obs_status"].items()}
    words = [
        f"{code} {names[code]}" if code in names else "All" for code in table.index
    ]
    table.insert(0, "Status", words)
    return table.reset_index(drop=True)


def bed_ratios(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Put beds per 1,000 elderly, reported and derived, into the two panels of a chart.

    Returns
    -------
    pandas.DataFrame
        As ``statements``, with ``panel`` (``reported`` or ``institution``) and
        ``what`` in words; ``source`` is ``reported`` or ``derived``. An all-bed ratio
        that we derive stands in the reported panel beside the value that the document
        reports. Refused ratios are not here; ``refusals`` lists them.
    """
    codes = ["eldercare_beds_per_1000_elderly", "institution_beds_per_1000_elderly"]
    reported = statements(codes[:1], root, language=language)
    reported = reported.assign(panel="reported")
    derived = _derived_like(codes, root, language)
    institution = derived["indicator"] == "institution_beds_per_1000_elderly"
    derived["panel"] = institution.map({True: "institution", False: "reported"})
    both = pd.concat([reported, derived], ignore_index=True)
    both["panel_order"] = both["panel"].map({"reported": 0, "institution": 1})
    by = ["panel_order", "position", "source", "time_period"]
    ascending = [True, True, False, True]
    both = both.sort_values(by, ascending=ascending, kind="stable", ignore_index=True)
    book = _book(root)
    both["what"] = [
        say(
            book,
            f"{row.source}_ratio",
            language,
            book.label("kind", str(row.kind), language),
            name_of(book, str(row.indicator), language),
        )
        for row in both.itertuples()
    ]
    return graded(both, root, group="panel")


def refusals(root: Path | None = None) -> pd.DataFrame:
    """Ratios that were not computed, with the reason."""
    book = _book(root)
    frame = load_derived(root)
    frame = frame[(frame["refused"] == "yes") & (frame["measure"] == "value")].copy()
    frame["doc"] = frame["id"].str.replace(":.*", "", regex=True)
    frame = frame.join(places(book), on="doc").sort_values(["position", "id"])
    labels = {code: row.label_en for code, row in book.indicators.items()}
    return pd.DataFrame(
        {
            "Place 地区": frame["place"],
            "Ratio": frame["indicator"].map(labels),
            "Why it is not computed": frame["note"],
            "Inputs": frame["inputs"],
        }
    ).reset_index(drop=True)


def childcare_slot_ratios(
    root: Path | None = None, *, language: str = "en"
) -> pd.DataFrame:
    """List slots per 1,000 residents: reported, and derived where only counts are.

    Returns
    -------
    pandas.DataFrame
        As ``statements``; ``source`` is ``reported`` or ``derived``; with ``grade`` and
        ``facet`` of the worst pair.
    """
    code = ["childcare_slots_per_1000_residents"]
    return graded(with_derived(code, root, language=language), root)


def lottery_fund_shares(
    root: Path | None = None, *, language: str = "en"
) -> pd.DataFrame:
    """List lottery-fund shares, each with the fund that it is a share of.

    Returns
    -------
    pandas.DataFrame
        As ``statements``, with ``fund``, ``fund_zh`` and ``fund_en``; funds that only
        a county
        keeps come last, since no other row shares their base.
    """
    book = _book(root)
    frame = statements(["lottery_fund_eldercare_share"], root, language=language)
    scopes = book.codes["scope"]
    frame["fund_zh"] = [scopes[code].label_zh for code in frame["scope"]]
    frame["fund_en"] = [scopes[code].label_en for code in frame["scope"]]
    frame["fund"] = frame["fund_zh"] + " " + frame["fund_en"]
    frame["apart"] = frame["scope"].isin(list(book.codes["scope_apart"]))
    by = ["apart", "position", "time_period"]
    frame = frame.sort_values(by, kind="stable", ignore_index=True)
    return graded(frame, root, group="apart")


def area_series(indicator: str, root: Path | None = None) -> pd.DataFrame:
    """Values by area and year, for documents that plan by area.

    Returns
    -------
    pandas.DataFrame
        One row for each area, the whole place first, one column for each year.
    """
    book = _book(root)
    frame = load(root)
    by_area = frame["area_stated"] != ""
    docs = frame.loc[by_area & (frame["indicator"] == indicator), "doc"].unique()
    frame = frame[
        frame["doc"].isin(docs)
        & (frame["indicator"] == indicator)
        & (frame["flow_stated"] != "")
    ]
    whole = {source.ref_area for source in book.documents.values()}
    wide = frame.pivot(index="ref_area", columns="time_period", values="value")
    order = sorted(wide.index, key=lambda code: (code not in whole, code))
    wide = wide.loc[order].astype(int)
    wide.insert(0, "地区", [book.areas[code].name_zh for code in order])
    wide.insert(0, "Area", [book.areas[code].name_en for code in order])
    return wide.reset_index(drop=True).rename_axis(columns=None)


def counts(root: Path | None = None) -> dict[str, int]:
    """Count what sentences speak of.

    Returns
    -------
    dict
        ``observations``, ``indicators`` and ``documents``; ``findings`` and, for each
        verdict, ``findings:VERDICT``; ``pairs`` and ``pairs:GRADE``; ``stated:DOC`` and
        ``both:DOC``, indicators that a place states, and with baseline and target;
        ``places:INDICATOR:KIND``, places that state an indicator.

    Examples
    --------
    >>> counts()["documents"], counts()["places:nursing_bed_share:target"]
    (5, 5)
    """
    book = _book(root)
    told, found, pairs = load(root), findings(root), comparability("", root)
    cover = coverage(families(root), root)
    both = cover[cover["state"] == "both"]
    stated = statements(book.indicators, root)
    return {
        "documents": len(book.documents),
        "observations": len(told),
        "indicators": told["indicator"].nunique(),
        "findings": len(found),
        "pairs": len(pairs),
        **_tally("findings", found["verdict"]),
        **_tally("pairs", pairs["grade"]),
        **{f"both:{doc}": 0 for doc in book.documents},
        **_tally("both", both["doc"]),
        **_tally("stated", cover.loc[_is_stated(cover["state"]), "doc"]),
        **{
            f"places:{indicator}:{kind}": group["doc"].nunique()
            for (indicator, kind), group in stated.groupby(["indicator", "kind"])
        },
    }


def _tally(name: str, cells: pd.Series[str]) -> dict[str, int]:
    return {
        f"{name}:{cell}": int(count) for cell, count in cells.value_counts().items()
    }


def obligations(root: Path | None = None) -> pd.DataFrame:
    """Lay out which targets bind where: the same indicator, binding here or there.

    Returns
    -------
    pandas.DataFrame
        Indicators that at least two tables mark, one column for each place.
    """
    book = _book(root)
    frame = statements(book.indicators, root)
    marked = frame[(frame["obligation"] != "") & (frame["kind"] == "target")]
    wide = marked.drop_duplicates(["indicator", "doc"]).pivot(
        index="indicator", columns="place_en", values="obligation"
    )
    wide = wide[wide.notna().sum(axis=1) > 1]
    places = [place.short_en for place in book.places if place.short_en in wide]
    differs = wide.nunique(axis=1) > 1
    names = {code: row.label_en for code, row in book.codes["obligation"].items()}
    shown = wide[places].replace(names).fillna("")
    labels = {
        code: f"{row.label_en} {row.label_zh}" for code, row in book.indicators.items()
    }
    shown.insert(0, "Indicator 指标", [labels[code] for code in shown.index])
    shown["Same?"] = differs.map({True: "differs", False: "same"})
    return shown.sort_values(
        ["Same?", "Indicator 指标"], kind="stable", ignore_index=True
    ).rename_axis(columns=None)


def findings(root: Path | None = None) -> pd.DataFrame:
    """All findings: what holds inside each document, what fails, what depends.

    Returns
    -------
    pandas.DataFrame
        Columns of ``findings.csv`` as text, ``lower`` and ``upper`` as floats, with
        ``place``; failures first, then what depends.
    """
    book = _book(root)
    frame = _read("findings", root).join(places(book), on="doc")
    order = {"fails": 0, "depends": 1, "holds": 2}
    frame["order"] = frame["verdict"].map(order)
    by = ["order", "rule", "position", "id"]
    return frame.sort_values(by, kind="stable", ignore_index=True).drop(columns="order")


def findings_by_rule(root: Path | None = None) -> pd.DataFrame:
    """Count verdicts by rule: a table of failures alone proves nothing."""
    book = _book(root)
    frame = findings(root)
    table = pd.crosstab(frame["rule"], frame["verdict"])
    verdicts = list(book.codes["verdict"])
    table = table.reindex(columns=verdicts, fill_value=0)
    meaning = {row.rule: row.explanation_en for row in book.finding_rules}
    table.insert(0, "Rule", [meaning[code] for code in table.index])
    return table.reset_index(drop=True).rename_axis(columns=None)


def open_findings(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Show contradictions: what fails or depends, flat targets and zeros apart."""
    explained = f"explanation_{language}"
    columns = ["place", "indicator", "verdict", explained, "stated", "computed"]
    frame = contradictions(root, language=language)
    return as_table(frame, [*columns, "arithmetic"], root, language=language)


def contradictions(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """List findings that fail or depend, flat targets and zeros apart.

    Returns
    -------
    pandas.DataFrame
        As ``findings``, with the ``indicator`` of the first value that is tested;
        ``stated`` and ``computed`` as print has them.
    """
    frame = findings(root)
    opened = (frame["verdict"] != "holds") & ~frame["rule"].isin(_about_targets(root))
    frame = frame[opened].reset_index(drop=True)
    first = frame["inputs"].str.replace(" .*", "", regex=True)
    frame["indicator"] = first.map(load(root).set_index("id")["indicator"])
    frame["stated"] = frame["stated"].str.replace(">=", "≥")
    if language == "en":
        return frame
    between = say(_book(root), "between", language, r"\1", r"\2")
    told = frame["computed"].str.replace(r"(.+) to (.+)", between, regex=True)
    return frame.assign(computed=told)


def flat_targets(root: Path | None = None) -> pd.DataFrame:
    """Show targets that do not lie beyond their baselines, and baselines of zero."""
    book = _book(root)
    frame = findings(root)
    frame = frame[
        (frame["verdict"] != "holds") & frame["rule"].isin(_about_targets(root))
    ]
    indicators = load(root).set_index("id")["indicator"]
    labels = {code: row.label_en for code, row in book.indicators.items()}
    tests = {row.rule: book.label("test", row.test) for row in book.finding_rules}
    first = frame["inputs"].str.replace(" .*", "", regex=True)
    table = pd.DataFrame(
        {
            "Place 地区": frame["place"],
            "Test": frame["rule"].map(tests),
            "Indicator": first.map(indicators).map(labels),
            "Said": frame["arithmetic"],
            "Where (id)": frame["inputs"].str.replace(" ", SEVERAL),
        }
    )
    return table.reset_index(drop=True)


def _about_targets(root: Path | None) -> list[str]:
    rules = _book(root).finding_rules
    return [row.rule for row in rules if row.test in ("rises", "not_zero")]


def comparability(indicator: str = "", root: Path | None = None) -> pd.DataFrame:
    """Grades of pairs of values, with the worst facet and the reason.

    Parameters
    ----------
    indicator
        Code of one indicator; all when empty.

    Returns
    -------
    pandas.DataFrame
        Columns of ``comparability.csv``, with ``left_place`` and ``right_place``, and
        what both values are.
    """
    book = _book(root)
    frame = _read("comparability", root)
    if indicator:
        frame = frame[frame["indicator"] == indicator].reset_index(drop=True)
    names = places(book)["place"]
    for side in ("left", "right"):
        frame[f"{side}_place"] = frame[side].str.partition(":")[0].map(names)
    return frame


def grades(
    indicators: Iterable[str], kind: str, root: Path | None = None
) -> pd.DataFrame:
    """Show the pair matrix of some indicators: the best grade between two places."""
    book = _book(root)
    frame = comparability("", root)
    wanted = frame["indicator"].isin(list(indicators)) & (frame["kind"] == kind)
    frame = frame[wanted]
    best = frame.sort_values("grade").drop_duplicates(["left_place", "right_place"])
    cells = {}
    for row in best.to_dict("records"):
        left, right = row["left_place"], row["right_place"]
        mark = f" ({row['facet']})" if row["facet"] else ""
        cells[left, right] = cells[right, left] = row["grade"] + mark
    names = [f"{place.short_zh} {place.short_en}" for place in book.places]
    shown = [name for name in names if any(name in pair for pair in cells)]
    table = pd.DataFrame(
        [[cells.get((left, right), "") for right in shown] for left in shown],
        columns=[name.split(" ")[1] for name in shown],
    )
    table.insert(0, "Place 地区", shown)
    table.attrs[digest.BEHIND] = digest.of_table(frame, {})
    return table


def reference_lines(indicator: str, root: Path | None = None) -> pd.DataFrame:
    """National and provincial figures that a chart of an indicator may draw.

    Returns
    -------
    pandas.DataFrame
        Columns of ``reference_lines.csv``, ``value`` as a float.
    """
    book = _book(root)
    rows = [
        row.model_dump() for row in book.reference_lines if row.indicator == indicator
    ]
    frame = pd.DataFrame(rows, columns=ReferenceLine.columns())
    frame["value"] = frame["value"].astype(float)
    return frame


def reference_lines_of(frame: pd.DataFrame, root: Path | None = None) -> pd.DataFrame:
    """Collect the reference lines of every indicator in a frame of statements."""
    codes = frame["indicator"].drop_duplicates()
    return pd.concat([reference_lines(code, root) for code in codes], ignore_index=True)


def norms(root: Path | None = None) -> pd.DataFrame:
    """Norms and thresholds for single facilities, as a table for readers."""
    book = _book(root)
    codes = [code for code, row in book.indicators.items() if row.family == "standards"]
    frame = statements(codes, root)
    units = {
        code: book.units[row.unit].label_en for code, row in book.indicators.items()
    }
    table = as_table(
        frame, ["indicator", "place", "scope_stated", "stated", "ids"], root
    )
    table.insert(4, "Unit", frame["indicator"].map(units))
    return table


def footnote_letters(frame: pd.DataFrame) -> dict[str, str]:
    """Give each facet that costs a value in a chart its grade A a letter.

    Returns
    -------
    dict
        Facet to letter, in order of appearance. Figures write these letters beside
        the places, ``footnotes`` explains them.

    Examples
    --------
    >>> footnote_letters(childcare_slot_ratios())
    {'level': 'a', 'numerator': 'b'}
    """
    facets = frame.loc[frame["grade"] == "B", "facet"].drop_duplicates()
    return dict(zip(facets, ascii_lowercase, strict=False))


def footnotes(
    frame: pd.DataFrame,
    language: str = "en",
    root: Path | None = None,
    *,
    also: str = "",
) -> str:
    """Explain the letters of a chart: why its values are compared with care.

    Parameters
    ----------
    frame
        What the chart draws, graded.
    language
        ``en`` or ``zh``.
    also
        What else a reader of the chart must know.

    Returns
    -------
    str
        Only ``also`` where no value of the chart has grade B.

    Examples
    --------
    >>> print(footnotes(bed_ratios()))
    B: (a) A wording is only a close match, or does not say what is counted.
    """
    pairs = comparability("", root)
    inside = pairs["left"].isin(frame["id"]) & pairs["right"].isin(frame["id"])
    pairs = pairs[inside & (pairs["grade"] == "B")]
    gap = "" if language == "zh" else " "
    told = [
        f"({letter}) "
        + gap.join(pairs.loc[pairs["facet"] == facet, f"reason_{language}"].unique())
        for facet, letter in footnote_letters(frame).items()
    ]
    if not told:
        return also
    graded = say(_book(root), "graded", language, "B", " ".join(told))
    return f"{graded} {also}".strip()


def colophon(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Account for each document: checksum, readings, and where they and numerals went.

    Readings = observations + without counterpart + undecided, and numerals = in
    readings + excluded, in every row.
    """
    book = _book(root)
    table = _read("accounts", root).set_index("doc")
    table = table.loc[[place.doc for place in book.places]]
    shown = table.drop(columns="sha256").astype(int)
    shown.loc["all"] = shown.sum()
    names = places(book)["place"]
    everywhere = say(book, "all_places", language)
    shown.insert(0, "place", [names.get(doc, everywhere) for doc in shown.index])
    shown.insert(1, "sha256", checksums(root).reindex(shown.index).fillna(""))
    return as_table(shown, root=root, language=language)


def checksums(root: Path | None = None) -> pd.Series[str]:
    """First eight digits of the SHA-256 of each document."""
    return _read("accounts", root).set_index("doc")["sha256"].str[:8]


def reliability(root: Path | None = None) -> pd.DataFrame:
    """Show how far two independent readings agree: share, and Krippendorff's alpha.

    Constant data have no alpha: it is shown as undefined.
    """
    book = _book(root)
    table = _read("reliability", root)
    share = table["share"].astype(float).map("{:.1%}".format)
    coefficient = pd.to_numeric(table["alpha"]).map("{:.2f}".format)
    alpha = coefficient.where(table["alpha"] != "", "undefined")
    table["told"] = share.where(table["measure"] == "found", share + " (" + alpha + ")")
    wide = table.pivot(index="measure", columns="doc", values="told")
    order = [code for code in MEASURES if code in wide.index]
    wide = wide.loc[order, [place.doc for place in book.places]]
    wide.columns = pd.Index([place.short_en for place in book.places])
    wide.insert(0, "Agreement on", [book.label("measure", code) for code in order])
    return wide.reset_index(drop=True)


def as_table(
    frame: pd.DataFrame,
    columns: Sequence[str] = (),
    root: Path | None = None,
    *,
    language: str = "en",
) -> pd.DataFrame:
    """Statements as a table for readers, columns and codes named in one language.

    Parameters
    ----------
    frame
        As made by ``statements`` or one of the views built on it.
    columns
        Which of its columns to show, in order, all by default; ``cited`` is what is
        stated, linked to its sentence, ``graded`` the grade with its facet.
    """
    book = _book(root)
    columns = columns or [str(name) for name in frame.columns]
    shown = _completed(frame, columns, book, language)[list(columns)]
    shown = shown.reset_index(drop=True)
    for name in ("kind", "obligation", "obs_status", "verdict", "facet"):
        if name in shown:
            names = {**book.codes.get(ALSO.get(name, ""), {}), **book.codes[name]}
            labels = {
                code: row.label_zh if language == "zh" else row.label_en
                for code, row in names.items()
            }
            shown[name] = [
                SEVERAL.join(labels[part] for part in cell.split(SEVERAL) if part)
                for cell in shown[name]
            ]
    if "time_period" in shown:
        undated = say(book, "undated", language)
        shown["time_period"] = [when(cell) or undated for cell in shown["time_period"]]
    if "indicator" in shown:
        shown["indicator"] = [
            name_of(book, code, language) for code in shown["indicator"]
        ]
    heads = {name: _head(book, name, language) for name in columns}
    shown = shown.rename(columns=heads)
    shown.attrs[digest.BEHIND] = digest.of_table(frame, {})
    return shown


def _completed(
    frame: pd.DataFrame, columns: Sequence[str], book: Codebook, language: str
) -> pd.DataFrame:
    """Add the columns that only readers need, and name places in their language."""
    for name in ("place", "fund"):
        if language == "zh" and f"{name}_zh" in frame:
            frame = frame.assign(**{name: frame[f"{name}_zh"]})
    if "cited" in columns and "cited" not in frame:
        frame = frame.assign(cited=[cited(row) for row in frame.to_dict("records")])
    if "graded" in columns:
        marks = zip(frame["grade"], frame["facet"], strict=True)
        frame = frame.assign(graded=[mark(*pair, book, language) for pair in marks])
    return frame


def _head(book: Codebook, column: str, language: str) -> str:
    """Head of a column as readers see it."""
    known = column in book.codes["table_column"]
    return book.label("table_column", column, language) if known else column


def _derived_like(
    indicators: Sequence[str], root: Path | None, language: str
) -> pd.DataFrame:
    """Give derived values the columns of ``statements``."""
    book = _book(root)
    frame = load_derived(root)
    of_indicator = frame["indicator"].isin(indicators) & (frame["measure"] == "value")
    frame = frame[of_indicator & (frame["refused"] == "")].copy()
    frame["doc"] = frame["id"].str.replace(":.*", "", regex=True)
    frame = frame.join(places(book), on="doc")
    hedged = frame["value"].isna()
    frame["stated"] = [between(row, book, language) for row in frame.to_dict("records")]
    return frame.assign(
        source="derived",
        kind="baseline",
        comparator=hedged.map({True: "..", False: "="}),
        scope="",
        scope_stated="",
        obligation="",
        match_type="",
        obs_status="A",
        upper_open="",
        ids=frame["inputs"].str.replace(" ", SEVERAL),
    ).drop(columns=["formula", "inputs", "refused", "note_zh", "ref_area", "unit"])


def with_derived(
    indicators: Sequence[str], root: Path | None = None, *, language: str = "en"
) -> pd.DataFrame:
    """Put reported statements and derived values of some indicators together."""
    reported = statements(indicators, root, language=language)
    derived = _derived_like(indicators, root, language)
    if derived.empty:
        return reported
    both = pd.concat([reported, derived], ignore_index=True)
    by = ["position", "kind", "time_period", "source"]
    return both.sort_values(by, kind="stable", ignore_index=True)


def graded(
    frame: pd.DataFrame, root: Path | None = None, *, group: str = "kind"
) -> pd.DataFrame:
    """Add ``grade`` and ``facet``: the worst pair of each value inside one chart.

    Parameters
    ----------
    frame
        Statements and derived values, as made by ``statements`` or built on it.
    group
        Column that tells what is drawn together: only values of one kind, and with
        the same cell here, are held against each other.

    Returns
    -------
    pandas.DataFrame
        The frame with both columns; empty where a value has no neighbour.
    """
    pairs = comparability("", root)
    grade_of = {
        (left, right): (grade, facet)
        for left, right, grade, facet in zip(
            pairs["left"], pairs["right"], pairs["grade"], pairs["facet"], strict=True
        )
    }
    rows = frame[["doc", "kind", "source", "id", "ids"]].assign(group=frame[group])
    listed = rows.to_dict("records")
    worst: list[tuple[str, str]] = []
    for row in listed:
        found = [("", "")]
        for other in listed:
            together = other["kind"] == row["kind"] and other["group"] == row["group"]
            if together and other["doc"] != row["doc"]:
                pair = (row["id"], other["id"])
                found.append(grade_of.get(pair) or grade_of.get(pair[::-1], ("", "")))
        worst.append(max(found))
    return frame.assign(
        grade=[grade for grade, _ in worst], facet=[facet for _, facet in worst]
    )


def _state(kinds: set[str], absent: str) -> str:
    if {"baseline", "target"} <= kinds:
        return "both"
    for kind in ("target", "baseline"):
        if kind in kinds:
            return kind
    if kinds - {"blank"}:
        return "other"
    return "blank" if kinds else absent


def _is_stated(states: pd.Series[str]) -> pd.Series[bool]:
    return states.isin(["both", "target", "baseline", "other"])


def _joined(texts: pd.Series[str]) -> str:
    return SEVERAL.join(dict.fromkeys(text for text in texts if text))


def places(book: Codebook) -> pd.DataFrame:
    """Order and names of the places, by document."""
    rows = [
        (
            place.doc,
            int(place.position),
            place.short_zh,
            place.short_en,
            f"{place.short_zh} {place.short_en}",
        )
        for place in book.places
    ]
    columns = ["doc", "position", "place_zh", "place_en", "place"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.set_index("doc")


def _read(name: str, root: Path | None) -> pd.DataFrame:
    path = (root or find_root()) / "data" / "curated" / f"{name}.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    for column in [name for name in NUMBERS if name in frame]:
        frame[column] = pd.to_numeric(frame[column])
    return frame


def _book(root: Path | None) -> Codebook:
    return load_codebook(root or find_root())
