"""Prints each requirement with the tests that show it, from what the last test runs left; then those without.

The plain list of requirements is docs/requirements.txt. `--update FOLDER` makes it anew from the requirement
texts, where they are at hand.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "requirements.txt"
SHOWN = ROOT / ".pytest_cache" / "v" / "okienko" / "requirements"
LINE = re.compile(r"^- \*\*(?P<id>[A-Z]+-\d+)\*\*\s*(?:→\s*)?(?P<text>.+)$")
SENTENCE = re.compile(r"^(.{20,}?[.:;])(\s|$)")
LONGEST = 120


def update(folder: Path) -> None:
    lines = []
    for path in sorted(folder.glob("*.md")):
        for line in path.read_text().splitlines():
            if match := LINE.match(line):
                text = match["text"].replace("**", "")
                first = SENTENCE.match(text)
                short = (first.group(1) if first else text).rstrip(".:;")
                if len(short) > LONGEST:
                    short = short[:LONGEST].rpartition(" ")[0].rstrip(",;:") + " …"
                lines.append(f"{match['id']} {short}")
    LIST.write_text("\n".join(lines) + "\n")


def requirements() -> dict[str, str]:
    pairs = (line.partition(" ") for line in LIST.read_text().splitlines() if line)
    return {name: text for name, _, text in pairs}


def shown() -> dict[str, list[str]]:
    if not SHOWN.exists():
        return {}
    by_requirement: dict[str, list[str]] = {}
    for test, result in sorted(json.loads(SHOWN.read_text()).items()):
        # A test that was renamed or removed shows nothing any more.
        if result["passed"] and (ROOT / test.partition("::")[0]).exists():
            for name in result["req"]:
                tests = by_requirement.setdefault(name, [])
                if (function := test.partition("[")[0]) not in tests:
                    tests.append(function)
    return by_requirement


def main() -> int:
    if sys.argv[1:2] == ["--update"]:
        update(Path(sys.argv[2]))
        return 0
    known, proofs = requirements(), shown()
    write = sys.stdout.write
    for name, text in known.items():
        if tests := proofs.get(name):
            write(f"{name} {text}\n")
            for test in tests:
                write(f"    {test}\n")
    missing = [name for name in known if name not in proofs]
    if missing:
        write(f"\nWithout a passing test ({len(missing)} of {len(known)}):\n")
        for name in missing:
            write(f"{name} {known[name]}\n")
    unknown = sorted(set(proofs) - set(known))
    for name in unknown:
        write(f"\nUnknown requirement {name}, named by {', '.join(proofs[name])}\n")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
