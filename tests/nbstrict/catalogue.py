"""Every known hole of nbval: a cell that shows one thing and was stored with another.

``plain`` is what nbval 0.11.0 says by itself: ``passes`` is a hole, ``fails`` a false
alarm on an honest cell or, where ``caught`` names a net too, a lie that nbval sees.
``caught`` is what says it in the strict suite: ``cell``, ``policy``, ``bytes``, or
nothing where the cell is honest and must pass.
"""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)
from PIL import Image

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class Hole:
    """One cell of a demonstration notebook.

    ``count`` as stored: ``None`` for a cell that never ran, 0 for its true place.
    """

    name: str
    source: str
    stored: Sequence[NotebookNode] = ()
    plain: str = "passes"
    caught: str = "cell"
    says: str = ""
    count: int | None = 0
    tags: Sequence[str] = field(default=())
    kind: str = "code"


def says(text: str, stream: str = "stdout") -> Any:
    return new_output("stream", name=stream, text=text)


def shows(text: str, **forms: str) -> Any:
    return new_output("display_data", data={"text/plain": text, **forms})


def result(text: str, count: int = 1) -> Any:
    return new_output(
        "execute_result", data={"text/plain": text}, execution_count=count
    )


def printed(source: str) -> Any:
    """Output of a cell that was run as 'compare report' runs it."""
    command = [sys.executable, "-c", source]
    env = os.environ | {"PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return says(done.stdout)


def picture(colour: str, size: int = 8) -> Any:
    buffer = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(buffer, "png")
    data = base64.b64encode(buffer.getvalue()).decode()
    return shows("<IPython.core.display.Image object>", **{"image/png": data})


def paints(colour: str) -> str:
    return (
        "import io, PIL.Image, IPython.display as screen\n"
        "buffer = io.BytesIO()\n"
        f"PIL.Image.new('RGB', (8, 8), '{colour}').save(buffer, 'png')\n"
        "screen.display(screen.Image(buffer.getvalue()))"
    )


DRAWN = """import io, IPython.display as screen
from matplotlib.figure import Figure
figure, buffer = Figure(figsize=(2, 2)), io.StringIO()
figure.subplots().bar([1], [36.4], hatch="/")
figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
screen.display({"text/plain": "beds", "image/svg+xml": buffer.getvalue()}, raw=True)"""


def drawn(height: float) -> Any:
    from matplotlib.figure import Figure

    figure, buffer = Figure(figsize=(2, 2)), io.StringIO()
    figure.subplots().bar([1], [height], hatch="/")
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return shows("beds", **{"image/svg+xml": buffer.getvalue()})


ROWS = pd.Series(range(100), name="beds")
TEXT = "Beds of all institutions that the document counts, "
PRINTS = "print(36.4)"
LIE = [says("39.6\n")]
TRUE = [says("36.4\n")]
OTHER_FIRST = "import IPython.display as screen\nprint('beds')\nscreen.display(36.4)"

SET = "print(*set('beds slots funds shares gaps areas places'.split()))"

OUTPUTS = [
    Hole("an output edited by hand", PRINTS, LIE, "fails"),
    Hole("another picture", paints("white"), [picture("black")]),
    Hole("a picture of another shape", paints("white"), [picture("white", 9)]),
    Hole("order of stream and display", OTHER_FIRST, [shows("36.4"), says("beds\n")]),
    Hole(
        "text before a carriage return",
        r"print('36.4\rdone')",
        [says("39.6\rdone\n")],
    ),
    Hole("a trailing ;", "36.4;", [], "fails", ""),
    Hole(
        "output of a subprocess",
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'print(36.4)']).check_returncode()",
        TRUE,
        "fails",
        "",
    ),
    Hole("ids of an SVG", DRAWN, [drawn(36.4)], "fails", ""),
    Hole("a moved bar in an SVG", DRAWN, [drawn(39.6)], "fails"),
    Hole(
        "order of a set",
        SET,
        [printed(SET)],
        "fails",
        "",
    ),
    Hole("a new warning", "import warnings; warnings.warn('36.4')", [], "fails"),
]

STORED = [
    Hole(
        "a cell left unexecuted",
        PRINTS,
        caught="policy",
        says="run as never",
        count=None,
    ),
    Hole("stripped outputs", PRINTS, caught="policy", says="run as never", count=None),
]

MARKERS = [
    Hole("the tag nbval-ignore-output", PRINTS, LIE, tags=["nbval-ignore-output"]),
    Hole("the tag nbval-skip", PRINTS, LIE, tags=["nbval-skip"]),
    Hole("the comment NBVAL_IGNORE_OUTPUT", f"# NBVAL_IGNORE_OUTPUT\n{PRINTS}", LIE),
    Hole(
        "the same error raised elsewhere",
        "beds = 39.6\nraise ValueError('beds')",
        [new_output("error", ename="ValueError", evalue="beds", traceback=["line 1"])],
        tags=["raises-exception"],
    ),
    Hole(
        "a time-out where an error is expected",
        "import time\ntime.sleep(60)",
        [new_output("error", ename="KeyboardInterrupt", evalue="", traceback=["x"])],
        tags=["raises-exception"],
    ),
    Hole(
        "a misspelt marker",
        "# NBVAL_CHECK_OUPUT\nprint(36.4)",
        TRUE,
        caught="policy",
        says="marker",
    ),
]

SLOW = [
    Hole("a time-out", "import time\ntime.sleep(60)", [], "fails", says="Timeout"),
    Hole("a lie after a time-out", PRINTS, LIE),
]

RUN_AS = {"caught": "policy", "says": "its cells were run as 2, 1, 4"}
ORDER = [
    Hole("two swapped cells", PRINTS, TRUE, count=2, **RUN_AS),
    Hole("counts out of order", PRINTS, TRUE, count=1, **RUN_AS),
    Hole("a deleted cell", PRINTS, TRUE, count=4, **RUN_AS),
]

DEAD = [
    Hole("a dead kernel", "import os\nos._exit(1)", [], "fails", says="kernel died"),
]

ELSEWHERE = [
    Hole(
        "the kernel of another environment",
        "import os\nprint(os.environ.get('ELSEWHERE'))",
        [says("39.6\n")],
    ),
]

WRITES = [
    Hole(
        "a notebook that rewrites the data it reads",
        "from pathlib import Path\n_ = Path('beds.csv').write_text('39.6')",
        caught="bytes",
        says="beds.csv: it was written",
    ),
    Hole(
        "results written to a file only",
        "_ = Path('results.csv').write_text('39.6')",
        caught="bytes",
        says="results.csv: it was written",
    ),
]

POLICY = [
    Hole(
        "a number in prose",
        "# Beds\n\nThere are 41.7 beds.",
        kind="markdown",
        caught="policy",
        says="the number 41.7 stands in prose",
    ),
    Hole(
        "a code cell turned raw", PRINTS, kind="raw", caught="policy", says="raw cell"
    ),
    Hole(
        "rows cut by …",
        "import pandas as pd\n"
        "pd.Series([*range(50), 999, *range(51, 100)], name='beds')",
        [result(repr(ROWS), 1)],
        caught="policy",
        says="execute_result",
    ),
    Hole(
        "text past fifty characters",
        f"pd.Series(['{TEXT}', '{TEXT}36.4'])",
        [result(repr(pd.Series([TEXT, f"{TEXT}39.6"])), 2)],
        caught="policy",
        says="execute_result",
    ),
    Hole(
        "the seventh digit",
        "pd.Series([36.4, 39.6000001])",
        [result(repr(pd.Series([36.4, 39.6])), 3)],
        caught="policy",
        says="execute_result",
    ),
    Hole(
        "the head of a table",
        "pd.Series([36.4, 32.0, 35.0]).head(2)",
        [result(repr(pd.Series([36.4, 32.0])), 4)],
        caught="policy",
        says="a call of head",
    ),
    Hole(
        "a value computed and not shown",
        "beds = 36.4",
        caught="policy",
        says="beds is computed and not shown",
    ),
    Hole("%%capture", f"%%capture\n{PRINTS}", caught="policy", says="a magic"),
    Hole(
        "a hidden warning",
        "import warnings\nwarnings.simplefilter('ignore')\nwarnings.warn('beds')",
        caught="policy",
        says="hides or makes warnings",
    ),
    Hole(
        "display_id",
        "import IPython.display as screen\nscreen.display(36.4, display_id=True)",
        [shows("36.4"), result("<DisplayHandle display_id=1f>", 8)],
        "fails",
        "policy",
        "replaces another",
    ),
    Hole(
        "clear_output",
        "print(36.4)\nscreen.clear_output()\nprint(36.4)",
        TRUE,
        "fails",
        "policy",
        "replaces another",
    ),
    Hole(
        "a Styler",
        "pd.Series([36.4], name='beds').to_frame().style",
        [result("<pandas.io.formats.style.Styler at 0x7f0000000000>", 10)],
        "fails",
        "policy",
        "a Styler",
    ),
    Hole(
        "a memory address",
        "object()",
        [result("<object at 0x7f0000000000>", 11)],
        "fails",
        "policy",
        "execute_result",
    ),
    Hole(
        "a warning with a path",
        "warnings.simplefilter('always')\nwarnings.warn('beds')",
        [says("/tmp/ipykernel_1/1.py:2: UserWarning: beds\n", "stderr")],
        "fails",
        "policy",
        "hides or makes warnings",
    ),
    Hole(
        "an absolute path in an output",
        "import IPython.display as screen\nscreen.display('/home/reader/beds')",
        [shows("'/home/reader/beds'")],
        caught="policy",
        says="an absolute path",
    ),
    Hole(
        "a number typed into code",
        "print(36.4)",
        TRUE,
        caught="policy",
        says="the number 36.4",
    ),
    Hole(
        "a number typed in a sentence",
        "import compare\nfrom compare.views.sentences import tell\n\n"
        "plans = compare.load()\ntell(plans.project, '36.4 beds', plans.words())",
        [result("'36.4 beds'")],
        "fails",
        says="the number 36 is typed in a sentence",
    ),
]

NOTEBOOKS = {
    "outputs": OUTPUTS,
    "stored": STORED,
    "markers": MARKERS,
    "slow": SLOW,
    "order": ORDER,
    "dead": DEAD,
    "elsewhere": ELSEWHERE,
    "writes": WRITES,
    "policy": POLICY,
}


def notebook(name: str) -> Any:
    """Build one demonstration notebook as it would be committed."""
    cells, count = [], 0
    for position, hole in enumerate(NOTEBOOKS[name]):
        identity: dict[str, Any] = {"id": f"hole-{position}"}
        if hole.kind == "code":
            count += 1
            cell = new_code_cell(
                hole.source,
                outputs=list(hole.stored),
                execution_count=count if hole.count == 0 else hole.count,
                metadata={"tags": list(hole.tags)} if hole.tags else {},
                **identity,
            )
        else:
            kinds: dict[str, Any] = {"markdown": new_markdown_cell, "raw": new_raw_cell}
            cell = kinds[hole.kind](hole.source, **identity)
        cells.append(cell)
    metadata: Any = nbformat.from_dict(METADATA)
    if name == "elsewhere":
        metadata["kernelspec"]["name"] = "elsewhere"
    return new_notebook(cells=cells, metadata=metadata)


def code_number(name: str, hole: Hole) -> int:
    """Number of a code cell as nbval counts, from 0."""
    code = [one for one in NOTEBOOKS[name] if one.kind == "code"]
    return code.index(hole)
