"""Printed pages, set by Typst: tagged for screen readers, fonts inside, the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_STYLE = Path(__file__).parent


def pdf(template: Path, data: Mapping[str, Any], *, language: str = "pl") -> bytes:
    """The template reads its data as one JSON text, so that nothing typed by anyone is taken for markup."""
    import typst  # a third of a second at every start, which only those who print need pay

    inputs = {"data": json.dumps({**data, "language": language}, ensure_ascii=False, default=str)}
    made: bytes = typst.compile(
        str(template), root=str(_root(template)), sys_inputs=inputs, format="pdf", pdf_standards=["ua-1"]
    )
    return made


def _root(template: Path) -> Path:
    """The common parent of the template and of the house style that it may import."""
    return next(parent for parent in template.resolve().parents if _STYLE.resolve().is_relative_to(parent))
