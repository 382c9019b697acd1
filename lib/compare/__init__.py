"""Compare what city plans promise for the old and the very young.

Every number is one step from the sentence that states it:

>>> import compare
>>> plans = compare.load()
>>> plans
5 plans · 194 indicators · 502 observations · 184 findings
>>> plans.across("护理型床位占比", kind="baseline")["stated"].tolist()
['35%', '45%']
>>> plans.evidence("jiamusi:778")
jiamusi:778  佳木斯市“一老一小”方案(题名缺失)
二、发展目标 [专栏1]
characters 760 to 781
<BLANKLINE>
【护理型养老床位占比 |⏎45% |⏎55%】 |
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.plans import Plans, load
    from compare.views.markers import style

__version__ = "0.3.0"
__all__ = ["Plans", "__version__", "load", "style"]

_HOMES = {
    "Plans": "compare.plans",
    "load": "compare.plans",
    "style": "compare.views.markers",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing stays fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'compare' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
