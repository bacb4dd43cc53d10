"""Cells that hold one of a few things: programs know these by codes, people by words. Words are written, both are read."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import override

from okienko.kernel.people import roles
from okienko.kernel.units.models import Group

Words = dict[str, dict[str, str]]


def words() -> Words:
    """Field → code → word, in the reader's language. A word that could mean two things gives way to the code."""
    codes = meanings()
    return {
        field: {
            code: word if codes[field].get(word.casefold()) == code else code for code, word in named.items()
        }
        for field, named in _named().items()
    }


def meanings() -> Words:
    """Field → code or word → code, with the words of every language: somebody else may have written the file."""
    found: dict[str, dict[str, set[str]]] = {field: {} for field in _named()}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for field, named in _named().items():
                for code, word in named.items():
                    found[field].setdefault(word.casefold(), set()).add(code)
    return {
        field: {word: next(iter(codes)) for word, codes in meant.items() if len(codes) == 1}
        | {code: code for code in _named()[field]}
        for field, meant in found.items()
    }


def _named() -> Words:
    return {
        "kind": {code: str(word) for code, word in Group.Kind.choices},
        "role": {role.code: str(role.name) for role in roles.all_roles()},
        "language": {code: str(word) for code, word in settings.LANGUAGES},
    }
