"""What a reader may rely on everywhere, checked over the whole tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from okienko.ui import icons

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "okienko"
BANNED = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "common",
    "managers",
    "signals",
    "misc",
}


def files(pattern: str) -> list[Path]:
    return sorted(
        path
        for path in SOURCE.rglob(pattern)
        if not {"migrations", "tests", "vendor", "locale", "__pycache__"} & set(path.parts)
    )


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def actions() -> Iterator[tuple[Path, ast.FunctionDef, ast.Module]]:
    for path in files("*.py"):
        if path.stem == "actions" or path.parent.name == "actions":
            module = tree(path)
            for node in module.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield path, node, module


def calls(node: ast.AST) -> set[str]:
    found = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            function = call.func
            found.add(function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", ""))
    return found


WRITES_HISTORY = {"record", "record_many", "forget"}
# In history/actions itself the plain functions are the record.
RECORD_ITSELF = {"kernel/history/actions.py"}


def leaves_history(
    function: ast.FunctionDef, module: ast.Module, known: set[str], seen: frozenset[str] = frozenset()
) -> bool:
    here = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    called = calls(function)
    if called & (WRITES_HISTORY | known):
        return True
    inner = (here[name] for name in called if name in here and name not in seen)
    return any(leaves_history(node, module, known, seen | {function.name}) for node in inner)


def takes_by(function: ast.FunctionDef) -> bool:
    return {"by", "at"} <= {argument.arg for argument in function.args.kwonlyargs}


def is_atomic(function: ast.FunctionDef) -> bool:
    return any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)


@pytest.mark.req("CORE-22", "CORE-31")
def test_every_action_is_atomic_and_leaves_history():
    found = [(path, node, module) for path, node, module in actions() if takes_by(node)]
    assert len(found) > 40
    known = {node.name for path, node, module in found if leaves_history(node, module, set())}
    wrong = []
    for path, node, module in found:
        if named(path) in RECORD_ITSELF:
            continue
        if not is_atomic(node):
            wrong.append(f"{named(path)}: {node.name} is not atomic")
        if not leaves_history(node, module, known):
            wrong.append(f"{named(path)}: {node.name} leaves no history")
    assert wrong == []


@pytest.mark.req("CORE-03")
def test_views_and_api_reach_things_only_through_queries():
    """No view asks a table directly: what a person may see is decided in one place per kind of thing."""
    wrong = []
    for path in [*files("views.py"), *files("api.py"), *files("views/*.py"), *files("api/*.py")]:
        wrong += [
            f"{named(path)}:{node.lineno} {ast.unparse(node)}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
        ]
    assert wrong == []


def test_no_file_has_a_name_that_says_nothing():
    assert [named(path) for path in files("*.py") if path.stem in BANNED] == []


def test_no_file_grows_past_what_one_reads_at_once():
    long = {
        named(path): lines for path in files("*.py") if (lines := len(path.read_text().splitlines())) > 420
    }
    assert long == {}


def test_rules_know_no_framework():
    for path in [*files("rules.py"), *files("rules/*.py")]:
        if "kernel" in path.relative_to(SOURCE).parts:
            assert "django" not in path.read_text(), named(path)


def test_no_clock_is_hidden_below_the_edges():
    """Actions, queries and rules are told what time it is."""
    hidden = re.compile(r"\b(timezone\.now|datetime\.now|date\.today|time\.now|localdate)\(")
    wrong = [
        named(path)
        for path in files("*.py")
        if path.stem in {"actions", "rules", "queries", "models", "events", "reactions"}
        and hidden.search(path.read_text())
    ]
    assert wrong == []


def test_no_template_holds_script_or_style_of_its_own():
    inline = re.compile(
        r"<style|<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)|\sstyle=|\son[a-z]+=", re.IGNORECASE
    )
    wrong = [named(path) for path in files("*.html") if inline.search(path.read_text())]
    assert wrong == []


def test_nothing_is_left_for_later():
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|pytest\.skip\(|mark\.skip|mark\.xfail")
    tracked = [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *(ROOT / "bench").glob("*.py")]
    assert [str(path) for path in tracked if left.search(path.read_text())] == []


ICONS = re.compile(r"""\{% icon ["']([a-z-]+)["']|\bicon=["']([a-z-]+)["']""")


def test_every_icon_that_a_page_asks_for_is_there() -> None:
    """One that is not would be a dot, which nobody notices."""
    asked = {
        (named(path), first or second)
        for path in (*files("*.html"), *files("*.py"))
        for first, second in ICONS.findall(path.read_text())
    }
    assert len(asked) > 100
    assert not {(page, name) for page, name in asked if name not in icons.PATHS}
