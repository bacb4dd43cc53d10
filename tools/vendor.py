"""Modules of others that pages or tests load: which, which version, and exactly which bytes.

    python tools/vendor.py            fetch what is kept in the repository and put it in its place
    python tools/vendor.py --check    compare what is in the repository

`fetched` is for tests: the file of a module that is not kept in the repository, from the cache under var/.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Module:
    package: str
    version: str
    member: str
    sha256: str
    place: Path


LEAFLET = (  # BSD-2-Clause
    ("leaflet.js", "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a"),
    ("leaflet.css", "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6"),
    ("images/layers.png", "1dbbe9d028e292f36fcba8f8b3a28d5e8932754fc2215b9ac69e4cdecf5107c6"),
    ("images/layers-2x.png", "066daca850d8ffbef007af00b06eac0015728dee279c51f3cb6c716df7c42edf"),
    ("images/marker-icon.png", "574c3a5cca85f4114085b6841596d62f00d7c892c7b03f28cbfa301deb1dc437"),
)
KEPT = (
    Module(
        package="htmx.org",
        version="2.0.11",
        member="package/dist/htmx.min.js",
        sha256="d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
        place=ROOT / "src/okienko/ui/static/ui/vendor/htmx.js",
    ),
    *(
        Module(
            package="leaflet",
            version="1.9.4",
            member=f"package/dist/{member}",
            sha256=sha256,
            place=ROOT / "src/okienko/features/faults/static/faults/vendor" / member,
        )
        for member, sha256 in LEAFLET
    ),
)
AXE = Module(
    package="axe-core",
    version="4.14.1",
    member="package/axe.min.js",
    sha256="29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
    place=ROOT / "var/cache/axe-4.14.1.js",
)


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        wrong = [module for module in KEPT if not is_right(module)]
        for module in wrong:
            sys.stderr.write(f"{module.place.relative_to(ROOT)}: not {module.package} {module.version}\n")
        return 1 if wrong else 0
    for module in KEPT:
        fetch(module)
        sys.stdout.write(f"{module.place.relative_to(ROOT)}: {module.package} {module.version}\n")
    return 0


def fetched(module: Module) -> Path:
    if not is_right(module):
        fetch(module)
    return module.place


def is_right(module: Module) -> bool:
    return module.place.exists() and _hash(module.place.read_bytes()) == module.sha256


def fetch(module: Module) -> None:
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603  (a fixed command)
            ["npm", "pack", "--silent", f"{module.package}@{module.version}"],  # noqa: S607
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()[-1]
        with tarfile.open(Path(folder) / packed) as archive:
            member = archive.extractfile(module.member)
            content = member.read() if member else b""
    if _hash(content) != module.sha256:
        raise SystemExit(f"{module.package} {module.version}: {module.member} has another hash than expected")
    module.place.parent.mkdir(parents=True, exist_ok=True)
    # Several test processes may fetch at once: each writes its own, the last one stays.
    draft = module.place.with_name(f"{module.place.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(module.place)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
