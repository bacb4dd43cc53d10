"""Compiles requirements/*.txt anew; `--check` looks, without a network, whether they are as they should be.

They should pin every package with hashes, hold no address of any index, and cover what pyproject.toml names.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
UV = Path(sys.executable).with_name("uv")

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==[^ ;]+( ; [^\\]+)?( \\)?$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host")
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")

SOURCES: dict[str, list[str]] = {
    "run.txt": ["pyproject.toml"],
    "dev.txt": ["pyproject.toml", "--group", "dev", "--group", "bench"],
    "uv.txt": ["requirements/uv.in"],
    "peer-helpdesk.txt": ["requirements/peer-helpdesk.in"],
    "peer-pretix.txt": ["requirements/peer-pretix.in"],
}


def compile_all() -> int:
    for name, source in SOURCES.items():
        command = [UV, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"]
        command += [
            "--python-version",
            "3.11",
            "--no-emit-index-url",
            "--output-file",
            f"requirements/{name}",
        ]
        done = subprocess.run([*command, *source], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # noqa: S603
        if done.returncode:
            return done.returncode
    return check()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: list[Any]) -> set[str]:
    found = (NAME.match(line) for line in requirements if isinstance(line, str))
    return {plain(match.group()) for match in found if match}


def wanted() -> dict[str, set[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups: dict[str, list[Any]] = project["dependency-groups"]
    run = named(project["project"]["dependencies"])
    dev = run | named([line for group in groups.values() for line in group])
    listed = {
        name: named((ROOT / source[0]).read_text().split())
        for name, source in SOURCES.items()
        if source[0].endswith(".in")
    }
    return {"run.txt": run, "dev.txt": dev, **listed}


def faults(name: str, text: str, needed: set[str]) -> Iterator[str]:
    if ADDRESS.search(text):
        yield f"{name} holds an address or an option of an index"
    pinned: set[str] = set()
    unhashed = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.lstrip().startswith("#"):
            continue
        if HASH.match(line):
            unhashed = ""
            continue
        if unhashed:
            yield f"{name}: {unhashed} has no hash"
        pin = PIN.match(line)
        if pin is None:
            yield f"{name}:{number} is neither a pin nor a hash: {line}"
            unhashed = ""
            continue
        unhashed = pin["name"]
        pinned.add(plain(unhashed))
    if unhashed:
        yield f"{name}: {unhashed} has no hash"
    for missing in sorted(needed - pinned):
        yield f"{name} lacks {missing}, which its source names"


def check() -> int:
    needed = wanted()
    found = [fault for name in SOURCES for fault in faults(name, (FOLDER / name).read_text(), needed[name])]
    for fault in found:
        sys.stderr.write(f"{fault}; run `make locks`\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(check() if "--check" in sys.argv[1:] else compile_all())
