"""The parts of docs/architecture.md that follow from the code: contracts, permission table, procedures.

python tools/architecture.py            write them
python tools/architecture.py --check    fail when they are out of step
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okienko.site.settings")
    import django
    from django.utils import translation

    django.setup()
    text = PAGE.read_text()
    with translation.override("en"):
        made = text
        for name, part in (
            ("contracts", contracts()),
            ("permissions", permissions()),
            ("procedures", procedures()),
        ):
            made = _put(made, name, part)
    if made == text:
        return 0
    if "--check" in sys.argv:
        sys.stderr.write("docs/architecture.md is out of step with the code: run tools/architecture.py\n")
        return 1
    PAGE.write_text(made)
    return 0


def _put(text: str, name: str, part: str) -> str:
    begin, end = f"<!-- made: {name} -->", f"<!-- end: {name} -->"
    found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return found.sub(lambda _: f"{begin}\n{part}\n{end}", text)


def contracts() -> str:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return "\n".join(f"- {contract['name']}: {_layers(contract)}" for contract in settings)


def _layers(contract: dict[str, list[str]]) -> str:
    named = contract.get("layers") or contract.get("modules") or contract.get("source_modules") or []
    return (" → " if "layers" in contract else ", ").join(f"`{name.strip('()')}`" for name in named)


def permissions() -> str:
    from okienko.kernel.people import roles

    lines = ["| permission | what it lets one do | roles |", "| --- | --- | --- |"]
    for permission in roles.all_permissions():
        able = ", ".join(role.code for role in roles.roles_that_may(permission.code))
        lines.append(f"| `{permission.code}` | {permission.says} | {able} |")
    return "\n".join(lines)


def procedures() -> str:
    from okienko.kernel.cases.rules import all_procedures

    parts = [
        f"### {table.name}\n\n{table.source}\n\n```mermaid\n{table.diagram()}\n```"
        for table in all_procedures()
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
