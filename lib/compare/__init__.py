"""Compare what five Chinese places promise for the old and the very young.

Every number is one step from the sentence that states it:

>>> import compare
>>> observations = compare.load()
>>> beds = observations.query("doc == 'jiamusi' and indicator == 'nursing_bed_share'")
>>> beds[["kind", "time_period", "comparator", "value", "id"]].values.tolist()
[['target', '2025', '>=', 55.0, 'jiamusi:129'], ['baseline', '2020', '=', 45.0, \
'jiamusi:772'], ['target', '2025', '=', 55.0, 'jiamusi:778']]
>>> compare.evidence("jiamusi:778")
jiamusi:778  佳木斯市“一老一小”方案(题名缺失)
二、发展目标 [专栏1]
characters 760 to 781
<BLANKLINE>
【护理型养老床位占比 |⏎45% |⏎55%】 |
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import SimpleNamespace

    from compare.views.explore import across, indicator
    from compare.views.quotations import evidence
    from compare.views.tables import (
        comparability,
        findings,
        load,
        load_derived,
        statements,
    )

    codes: SimpleNamespace

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "across",
    "codes",
    "comparability",
    "evidence",
    "findings",
    "indicator",
    "load",
    "load_derived",
    "statements",
]

_HOMES = {
    "across": "compare.views.explore",
    "comparability": "compare.views.tables",
    "findings": "compare.views.tables",
    "indicator": "compare.views.explore",
    "evidence": "compare.views.quotations",
    "load": "compare.views.tables",
    "load_derived": "compare.views.tables",
    "statements": "compare.views.tables",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing stays fast."""
    if name == "codes":
        return import_module("compare.views.explore").codes()
    if name not in _HOMES:
        raise AttributeError(f"module 'compare' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
