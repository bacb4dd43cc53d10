"""Where a page of a list ends, as text for an address.

The next page begins after the values of the last row (keyset paging), so that page 500 costs what page 1 does.
Anyone may write such an address: it opens nothing, but what cannot have come from us is refused.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST = 2000
MOST_VALUES = 8
_KEPT_NOWHERE = re.compile("[\x00\ud800-\udfff]")  # no row of the database has it in a text

Value = str | int | float | bool | Decimal | datetime | date | None


class CursorError(ValueError):
    """Not a place in this list, in this order."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`order` is the sort that the values belong to; `values` are those of the row, its id last."""

    order: str
    values: tuple[Value, ...]

    def encode(self) -> str:
        packed = json.dumps([self.order, [_packed(value) for value in self.values]], separators=(",", ":"))
        return urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, order: str) -> Cursor:
        if len(text) > LONGEST:
            raise CursorError("too long")
        try:
            packed = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, binascii.Error, RecursionError) as error:
            raise CursorError("not readable") from error
        match packed:
            case [str(made_for), list(values)] if made_for == order and 0 < len(values) <= MOST_VALUES:
                return cls(order, tuple(_unpacked(value) for value in values))
            case _:
                raise CursorError("of another list or order")


def _packed(value: Value) -> Any:
    match value:
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Decimal():
            return {"number": str(value)}
        case None | str() | int() | float() | bool():
            return value


def _unpacked(packed: Any) -> Value:
    try:
        match packed:
            case {"at": str(text), **rest} if not rest:
                return datetime.fromisoformat(text)
            case {"day": str(text), **rest} if not rest:
                return date.fromisoformat(text)
            case {"number": str(text), **rest} if not rest:
                return _finite(Decimal(text))
            case str() if not _KEPT_NOWHERE.search(packed):
                return packed
            case bool() | None:
                return packed
            case int() if abs(packed) < 2**63:
                return packed
            case float() if abs(packed) < 1e300:
                return packed
    except (ValueError, InvalidOperation) as error:
        raise CursorError("not a value") from error
    raise CursorError("not a value")


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError("not finite")
    return number
