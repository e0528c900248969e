"""The house itself: what no linter of the shelf checks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "people", "engine", "contests", "rewards", "frontend")
LONGEST_FILE, LONGEST_FUNCTION = 400, 70


def sources(*suffixes: str) -> Iterator[Path]:
    for app in APPS:
        for path in (ROOT / app).rglob("*"):
            parts = set(path.parts)
            if path.suffix in suffixes and not parts & {"migrations", "node_modules", "build", "__pycache__"}:
                yield path


PYTHON = sorted(sources(".py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in PYTHON}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_fit_in_the_head() -> None:
    too_long = {
        name(path): lines
        for path in sources(".py", ".js", ".css", ".html")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }

    assert too_long == {}


def test_functions_fit_on_a_screen() -> None:
    too_long = {
        f"{name(path)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert too_long == {}


def calls(tree: ast.AST, attribute: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute:
            yield node


def test_every_atomic_says_what_it_is() -> None:
    """A bare `atomic` hides whether it opens a transaction or joins one: say savepoint= or durable=."""
    bare = [
        f"{name(path)}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "atomic"
        and not any(isinstance(call, ast.Call) and call.func is node and call.keywords for call in ast.walk(tree))
    ]

    assert bare == []


def test_every_row_lock_says_no_key() -> None:
    silent = [
        f"{name(path)}:{call.lineno}"
        for path, tree in TREES.items()
        for call in calls(tree, "select_for_update")
        if "no_key" not in {keyword.arg for keyword in call.keywords}
    ]

    assert silent == []


def test_only_env_reads_the_environment() -> None:
    readers = {
        name(path)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }

    # setdefault of the settings module, and serve hands FORWARDED_ALLOW_IPS on to the server.
    assert readers <= {"config/env.py", "config/wsgi.py", "config/asgi.py", "config/management/commands/serve.py",
                       "frontend/build.py"}  # fmt: skip


@pytest.mark.parametrize("document", ["docs/operations.md"])
def test_every_setting_is_documented(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "config").rglob("*.py"))
    names = set(re.findall(r"env\.(?:text|boolean|integer)\(\"([A-Z_]+)\"", code))
    names |= set(re.findall(r"(?<![.\w])(?:text|boolean|integer)\(\"([A-Z_]+)\"", code)) | {"FORWARDED_ALLOW_IPS"}

    assert {setting for setting in names if f"`{setting}`" not in text} == set()


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    commands = {path.stem for path in PYTHON if path.parent.name == "commands" and path.stem != "__init__"}

    assert {command for command in commands if f"manage.py {command}" not in text} == set()


HEADING = re.compile(r'<th[^>]*>\{% translate "([^"]+)" context "([^"]+)" %\}')
LABEL = re.compile(r"data-label=\"\{% translate '([^']+)' %\}")


@pytest.mark.parametrize("path", sorted(sources(".html")), ids=name)
def test_a_cell_is_labelled_as_its_column(path: Path) -> None:
    """On a phone the label of a cell stands for its column's heading: it is translated in the same context."""
    text = path.read_text(encoding="utf-8")
    in_context = {label for label, _context in HEADING.findall(text)}

    assert in_context & set(LABEL.findall(text)) == set()
