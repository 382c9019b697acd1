"""Valued: facets of values, for tests of what may be compared."""

from hypothesis import strategies as st

Row = dict[str, str]
SAME: Row = {
    "numerator": "exact",
    "counted": "",
    "denominator": "stated",
    "territory": "city_level",
    "value_type": "reported",
    "date": "2021",
    "doubt": "",
    "scale": "ratio",
    "level": "county",
    "interim": "",
    "mixed": "",
}
choices = {
    "doc": ["a", "b", "c"],
    "indicator": ["beds", "slots"],
    "kind": ["baseline", "target"],
    "numerator": ["exact", "close"],
    "counted": ["", "新增"],
    "denominator": ["", "none", "stated", "户籍", "老年人"],
    "territory": ["", "unstated", "city_level", "whole_city", "county_retained"],
    "value_type": ["reported", "hedged", "derived"],
    "date": ["", "2021", "2021-03", "2025"],
    "doubt": ["", "yes"],
    "scale": ["ratio"],
    "level": ["county", "prefecture_level_city"],
    "interim": ["", "yes"],
    "mixed": ["", "yes"],
}


def numbered(rows: list[Row]) -> list[Row]:
    return [row | {"id": f"{row['doc']}:{n}"} for n, row in enumerate(rows)]


any_rows = st.lists(
    st.fixed_dictionaries(
        {name: st.sampled_from(codes) for name, codes in choices.items()}
    ),
    max_size=12,
).map(numbered)
