"""Every claim of speed, each beside a peer or a limit measured in the same run: `make bench`, or `make bench only=slots`.

Absolute times depend on the machine and on what else it does; the shares and ratios hold better.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import Any

from bench.office import office

MODULES = (
    "deadlines", "slots", "pages", "lists", "map", "statistics", "intake", "live", "open311", "rush",
    "booking", "booking_http", "availability", "helpdesk", "helpdesk_lists", "exports", "mass",
)  # fmt: skip
MANY = int(os.environ.get("BENCH_CASES", "1000000"))
AS_PEERS = 200_000  # as many as a peer still bears
SIZES = {
    "lists": (1_000, MANY),
    "map": (MANY,),
    "statistics": (MANY,),
    "helpdesk_lists": (AS_PEERS,),
    "exports": (AS_PEERS,),
}


def main() -> int:
    results = [result for name in sys.argv[1:] or MODULES for result in _results(name)]
    _print(results)
    return 0 if all(result["ok"] for result in results) else 1


def _results(name: str) -> list[dict[str, Any]]:
    """What one module found; how it failed is told as one more row, so that nothing of the others is lost."""
    try:
        return _found(name)
    except Exception as failure:
        told = f"{name} ended before its time ({failure})"
        return [{
            "name": told, "value": None, "unit": "", "peer": "", "peer_value": None, "limit": None, "ok": False,
        }]  # fmt: skip


def _found(name: str) -> list[dict[str, Any]]:
    measured = {}
    for size in SIZES.get(name, (0,)):
        with office(size) as environment:
            measured[size] = _measured(name, environment, size)
    compare = getattr(module(name), "compare", None)
    found: list[dict[str, Any]] = compare(measured) if compare else list(chain(*measured.values()))
    return found


def _measured(name: str, environment: dict[str, str], size: int) -> list[dict[str, Any]]:
    """Each in a process of its own, so that none inherits what another has warmed or filled."""
    command = [sys.executable, "-m", "bench.one", name, str(size)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


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
