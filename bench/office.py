"""An office to measure: its own embedded database under var/bench, filled once to the size asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from okienko.site.postgres import EmbeddedPostgres

FOLDER = Path(__file__).parent.parent / "var" / "bench"


@contextmanager
def office(size: int) -> Iterator[dict[str, str]]:
    """The environment in which a process works on an office with so many cases and bookings."""
    data = FOLDER / str(size)
    data.mkdir(parents=True, exist_ok=True)
    postgres = EmbeddedPostgres(data)
    environment = {
        **os.environ,
        "OKIENKO_DATA": str(data),
        "OKIENKO_DATABASE_URL": postgres.start(),
        "DJANGO_SETTINGS_MODULE": "okienko.site.settings",
    }
    try:
        filled = data / "filled"
        _run("migrate", environment)
        if not filled.exists():
            _run("demo", environment, *(["--scale", str(size)] if size else []))
            filled.touch()
        yield environment
    finally:
        postgres.stop()


def _run(command: str, environment: dict[str, str], *arguments: str) -> None:
    okienko = Path(sys.executable).parent / "okienko"
    subprocess.run([okienko, command, *arguments], env=environment, check=True)
