"""The hash chain of the record, in plain Python so that anyone can check it without the system.

An entry has two parts: what stays for ever (who, when, what kind), and its content (before, after, note), which
may hold personal data and is removed by retention. The content enters the chain by its own hash: when the
content is forgotten, its hash stays and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

START = bytes(32)


# The one way of writing JSON that is hashed.
text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@lru_cache(maxsize=8)  # thousands of entries of one moment are written at once
def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def seal(before: Any, after: Any, note: str) -> bytes:
    return seal_texts(text(before), text(after), note)


def seal_texts(before: str, after: str, note: str) -> bytes:
    return _digest(f"[{before},{after},{text(note)}]")


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
        text([
            previous.hex(), subject, number, kind, moment(at), moment(happened_at), person_id, actor, channel,
            sealed.hex(),
        ])
    )  # fmt: skip
