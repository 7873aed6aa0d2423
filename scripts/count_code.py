"""Count code by package at commits: lines without blanks and comments, modules, endpoints, function names and comments.

.venv/bin/python scripts/count_code.py 416482bb HEAD
"""

import ast
import io
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("geodata", "platform", "web", "tests")
SCRIPTS = (".js", ".mjs", ".ts")
ROUTES = frozenset({"get", "post", "put", "patch", "delete", "route"})
VERBS = frozenset((Path(__file__).parent / "verbs.txt").read_text(encoding="utf-8").split())
"""First parts of function names that are verbs; nouns that are verbs as well, such as ``count``, are verbs here."""
SKIPPED = frozenset({tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER})


@dataclass(frozen=True, slots=True)
class PythonCounts:
    """What is counted in a module; docstrings are lines of code, as they are no comments."""

    lines: int
    comments: int
    functions: int
    verbs: int
    routes: int
    operations: int


def count_python(source: str) -> PythonCounts:
    """Return the counts of a module."""
    code, comments = set[int](), set[int]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            comments.add(token.start[0])
        elif token.type not in SKIPPED:
            code.update(range(token.start[0], token.end[0] + 1))
    nodes = list(ast.walk(ast.parse(source)))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    named = [function for function in functions if not _is_value(function)]
    return PythonCounts(
        lines=len(code),
        comments=len(comments - code),
        functions=len(named),
        verbs=sum(function.name.strip("_").split("_")[0] in VERBS for function in named),
        routes=sum(_is_route(decorator) for function in functions for decorator in function.decorator_list),
        operations=sum(isinstance(node, ast.Call) and _name(node.func) == "Operation" for node in nodes),
    )


def _is_value(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether the function is a property, whose name is a noun, or a method that Python names."""
    decorators = {_name(decorator) for decorator in function.decorator_list}
    return function.name.startswith("__") or bool(decorators & {"property", "cached_property", "fixture"})


def _is_route(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.func.attr in ROUTES


def _name(node: ast.expr) -> str:
    while isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def read_files(commit: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file of code at a commit."""
    paths = _run_git("ls-tree", "-r", "--name-only", commit, "--", *PACKAGES).splitlines()
    for path in paths:
        if path.endswith((".py", *SCRIPTS)) and "/static/" not in path:
            yield path, _run_git("show", f"{commit}:{path}")


def count_commit(commit: str) -> Mapping[str, Counter[str]]:
    """Return the counts at a commit by package; ``scripts`` are the lines of JavaScript and TypeScript of all packages."""
    counts: dict[str, Counter[str]] = {package: Counter() for package in PACKAGES}
    for path, text in read_files(commit):
        of_package = counts[path.split("/")[0]]
        if path.endswith(SCRIPTS):
            lines = (line.strip() for line in text.splitlines())
            of_package["scripts"] += sum(bool(line) and not line.startswith(("//", "/*", "*")) for line in lines)
            continue
        module = count_python(text)
        of_package["modules"] += 1
        of_package["init"] += path.endswith("__init__.py")
        for name in PythonCounts.__slots__:
            of_package[name] += getattr(module, name)
    return counts


def _run_git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Print a table of the counts at the commits of the command line."""
    print("| commit | package | lines | modules | of them `__init__.py` | functions | begin with a verb | comments | JS, TS |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for commit in sys.argv[1:]:
        packages = count_commit(commit)
        for package, counts in packages.items():
            verbs, comments = counts["verbs"] / counts["functions"], counts["comments"] / counts["lines"]
            numbers = " | ".join(f"{counts[name]:,}" for name in ("lines", "modules", "init", "functions"))
            print(f"| {commit} | {package} | {numbers} | {verbs:.0%} | {comments:.1%} | {counts['scripts']:,} |")
        routes, operations = (sum(counts[name] for counts in packages.values()) for name in ("routes", "operations"))
        print(f"\n{commit}: {operations} operations declared, {routes} routes by hand\n")


if __name__ == "__main__":
    main()
