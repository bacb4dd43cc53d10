"""What the last preparation left, so that a start after it need not prepare anew. Without Django: that is the point.

A preparation is known again by the code, the libraries and the settings that it was made with, and by the
database itself: its migrations, its people. Whatever differs, or cannot be told, is prepared as ever.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

SignIns = list[list[str]]

NAME = "prepared.json"
PACKAGE = Path(__file__).parent.parent
# These say where it listens; nothing is prepared by them. The database is asked who it is.
OF_NO_MATTER = {
    "OKIENKO_PORT",
    "OKIENKO_HOST",
    "OKIENKO_LIVE_PORT",
    "OKIENKO_LIVE_URL",
    "OKIENKO_DATABASE_URL",
}

_DATABASE = """
SELECT oid::text, (SELECT md5(string_agg(app || '.' || name, ' ' ORDER BY app, name)) FROM django_migrations),
    EXISTS (SELECT 1 FROM people_person), (SELECT count(*) FROM people_person WHERE email = ANY(%s))
FROM pg_database WHERE datname = current_database()
"""


def recall(data: Path, address: str) -> SignIns | None:
    """The sign-ins to greet with, where nothing needs to be prepared. In production nothing is taken on trust."""
    if os.environ.get("OKIENKO_MODE") == "production" or not (data / "static" / ".collected").exists():
        return None
    try:
        noted = json.loads((data / NAME).read_text())
        sign_ins: SignIns = noted["sign_ins"]
        known = noted["code"] == _code() and noted["database"] == _database(address, sign_ins)
    except (OSError, ValueError, KeyError, psycopg.Error):
        return None
    return sign_ins if known else None


def note(data: Path, address: str, sign_ins: SignIns) -> None:
    whole = {"code": _code(), "database": _database(address, sign_ins), "sign_ins": sign_ins}
    fresh = data / f"{NAME}.new"
    fresh.write_text(json.dumps(whole))
    fresh.replace(data / NAME)


def _code() -> str:
    seen = hashlib.sha256(sys.version.encode())
    for name, value in sorted(os.environ.items()):
        if name.startswith("OKIENKO_") and name not in OF_NO_MATTER:
            seen.update(f"{name}={value}\n".encode())
    for folder in sys.path:
        seen.update("\n".join(sorted(path.name for path in Path(folder).glob("*.dist-info"))).encode())
    for line in _files(PACKAGE):
        seen.update(line.encode())
    return seen.hexdigest()


def _files(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda found: found.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(Path(entry.path))
            else:
                found = entry.stat()
                yield f"{entry.path}\0{found.st_size}\0{found.st_mtime_ns}\n"


def _database(address: str, sign_ins: SignIns) -> list[Any]:
    with psycopg.connect(address) as connection:
        row = connection.execute(_DATABASE, [[email for _role, email, _password in sign_ins]]).fetchone()
    if row is None or not row[2] or row[3] != len(sign_ins):
        raise ValueError
    return list(row)
