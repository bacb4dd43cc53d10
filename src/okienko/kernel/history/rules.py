"""The hash chain of the record, in plain Python so that anyone can check it without the system.

An entry has two parts: what stays for ever (who, when, what kind), and its content (before, after, note), which
may hold personal data and is removed by retention. The content enters the chain by its own hash: when the
content is forgotten, its hash stays and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

START = bytes(32)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _digest(parts: object) -> bytes:
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def seal(before: Any, after: Any, note: str) -> bytes:
    return _digest([before, after, note])


def chain(
    previous: bytes,
    *,
    subject: tuple[str, int],
    number: int,
    kind: str,
    at: datetime,
    happened_at: datetime,
    person_id: int | None,
    actor: str,
    channel: str,
    sealed: bytes,
) -> bytes:
    return _digest(
        [
            previous.hex(),
            list(subject),
            number,
            kind,
            moment(at),
            moment(happened_at),
            person_id,
            actor,
            channel,
            sealed.hex(),
        ]
    )
