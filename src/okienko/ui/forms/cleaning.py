"""What cannot be seen is not kept: control characters are dropped, letters are written one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

# Tab, new line and carriage return stay: textareas send them. Lone surrogates cannot be stored.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def clean_text(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def clean_data(data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if data is None:
        return None
    if isinstance(data, MultiValueDict):
        cleaned = QueryDict(mutable=True) if isinstance(data, QueryDict) else MultiValueDict()
        for name, values in data.lists():
            cleaned.setlist(name, [_clean(value) for value in values])
        return cleaned
    return {name: _clean(value) for name, value in data.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    return [_clean(part) for part in value] if isinstance(value, list) else value
