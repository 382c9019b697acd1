"""Shape: small functions, small modules, no place in the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from compare.codebook.book import find_root, load_codebook

LIB = Path(__file__).parents[1] / "lib"
LONGEST_FUNCTION, LONGEST_MODULE = 50, 500


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def size(function: ast.FunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    lines = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    return lines - ((first.end_lineno or 0) - first.lineno + 1)


def test_no_function_is_long() -> None:
    long = [
        f"{path.relative_to(LIB)} {function.name}: {size(function)} lines"
        for path in LIB.rglob("*.py")
        for function in functions(ast.parse(path.read_text("utf-8")))
        if size(function) > LONGEST_FUNCTION
    ]
    assert not long, f"split {long}"


def test_no_module_is_long() -> None:
    long = [
        path.relative_to(LIB).as_posix()
        for path in LIB.rglob("*.py")
        if len(path.read_text("utf-8").splitlines()) > LONGEST_MODULE
    ]
    assert not long, f"make rooms of {long}"


def test_no_place_stands_in_the_code() -> None:
    """Examples in docstrings may name places; code may not."""
    book = load_codebook(find_root(LIB.parent))
    names = {
        name
        for place in book.places.values()
        for name in (place.place, place.short_zh, place.short_en)
    }
    for path in (LIB / "compare").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        told = {
            ast.get_docstring(node, clean=False)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if node.value not in told:
                    found = [name for name in names if name in node.value]
                    assert not found, (
                        f"{path.relative_to(LIB)} line {node.lineno}: {found}"
                    )
