"""What the record holds of things whose page shows their history is told in words, not by the names of the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from okienko.kernel.history import words

SOURCE = Path(__file__).parents[2] / "src" / "okienko"
TOLD_OF = (
    "kernel/cases", "kernel/consents", "kernel/office", "kernel/people", "kernel/units", "features/faults",
    "features/visits/actions/booking.py", "features/visits/embed",
)  # fmt: skip
OF_NO_PAGE = {"draft.begun", "draft.ended", "query", "shared"}
"""Drafts of residents and saved views: nobody is shown their history."""


def files() -> Iterator[Path]:
    for place in TOLD_OF:
        path = SOURCE / place
        yield from [path] if path.is_file() else path.rglob("*.py")


def recorded(tree: ast.AST) -> Iterator[str]:
    """Kinds of entry and names of fields that a call of `record` writes out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("record", "record_many"):
            continue
        kinds = [one.value for one in node.args if isinstance(one, ast.Constant)]
        changed = [one.value for one in node.keywords if one.arg in ("before", "after")]
        names = [key for one in changed if isinstance(one, ast.Dict) for key in one.keys]
        yield from (kind for kind in kinds if isinstance(kind, str))
        yield from (
            key.value for key in names if isinstance(key, ast.Constant) and isinstance(key.value, str)
        )


@pytest.mark.req("CORE-22")
def test_every_entry_that_a_page_tells_of_has_its_words() -> None:
    found = {
        name
        for path in files()
        if not {"tests", "migrations"} & set(path.parts)
        for name in recorded(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {"joined", "expected", "fault.asked"} <= found
    assert {name for name in found - OF_NO_PAGE if words.sentence(name) == name} == set()
