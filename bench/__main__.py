"""Every claim of speed, each beside a peer or a limit measured in the same run: `make bench`, or `make bench only=slots`.

Absolute times depend on the machine and on what else it does; the shares and ratios hold better.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.office import office

MODULES = ("deadlines", "slots", "pages", "lists", "map", "intake", "live", "open311", "rush")
MANY = int(os.environ.get("BENCH_CASES", "1000000"))
SIZES = {"lists": (1_000, MANY), "map": (MANY,)}


def main() -> int:
    wanted = sys.argv[1:] or list(MODULES)
    results: list[dict[str, Any]] = []
    for name in wanted:
        measured = {}
        for size in SIZES.get(name, (0,)):
            with office(size) as environment:
                measured[size] = _measured(name, environment, size)
        results += module(name).compare(measured) if name in SIZES else measured[0]
    _print(results)
    return 0 if all(result["ok"] for result in results) else 1


def _measured(name: str, environment: dict[str, str], size: int) -> list[dict[str, Any]]:
    """Each in a process of its own, so that none inherits what another has warmed or filled."""
    command = [sys.executable, "-m", "bench.one", name, str(size)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _print(results: list[dict[str, Any]]) -> None:
    for result in results:
        mark = "ok  " if result["ok"] else "MISS"
        peer = f"   {result['peer']}: {_number(result['peer_value'])}" if result["peer"] else ""
        limit = f"   limit {_number(result['limit'])}" if result["limit"] is not None else ""
        print(f"{mark} {result['name']}: {_number(result['value'])} {result['unit']}{limit}{peer}")


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def module(name: str) -> Any:
    return importlib.import_module(f"bench.{name}")


if __name__ == "__main__":
    os.chdir(Path(__file__).parent.parent)
    sys.exit(main())
