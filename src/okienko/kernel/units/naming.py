"""Things found by their names: marks left out while typing mean any."""

from __future__ import annotations

import re

from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Lower

from okienko.base.text import fold, sort_key

MOST_WORDS = 6
_MARKED = "".join(chr(code) for code in range(0xC0, 0x250) if len(fold(chr(code))) == 1)
_BARE = "".join(map(fold, _MARKED))


def named(typed: str) -> Q:
    """Of what has a `sort_key`: every word typed begins one of the words of the name."""
    rule = Q()
    words = [key for key in sort_key(typed[:200]).split(" ") if key][:MOST_WORDS]
    if not words or not fold(typed):
        return Q(pk__in=[])
    for key in words:
        pattern = re.sub(r"([^\W\d_])0", r"\1[0-9]", re.escape(key))
        rule &= Q(sort_key__regex=rf"(^| ){pattern}")
    return rule


def without_marks(field: str) -> Func:
    """Of what has no `sort_key`: its letters as somebody types them who leaves the marks out."""
    letters = Lower(F(field))
    return Func(letters, Value(_MARKED), Value(_BARE), function="translate", output_field=CharField())
