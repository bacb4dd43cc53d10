"""The words of a case under which it is found: base forms of Polish words, and names and numbers as they stand.

Beside them stand marks of the units and groups that may see the case, so that a search within one's scope is one
question to one index, and a mark of the month in which it came, so that the newest can be found month by month. A mark
begins with a sign that no word has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from django.db import connection

from okienko.base.lemmas import document_words
from okienko.base.lemmas import query as words_query
from okienko.kernel.cases.models import Case, Sight
from okienko.kernel.people.access import Scope

_more: dict[str, Callable[[Case], str]] = {}


def also_found_by(procedure: str, words_of: Callable[[Case], str]) -> None:
    """A feature says by which words of its own its cases are found."""
    _more[procedure] = words_of


def first_words(case: Case, own: str, sights: Iterable[Sight]) -> list[str]:
    """Of a case that is just being registered, with what the feature knows of it: written with its row."""
    words = {*_words(case, own), *map(mark_of, sights), month_mark(case.received_at)}
    return sorted(words - {""})


def index_words(case: Case) -> None:
    own = _more[case.procedure](case) if case.procedure in _more else ""
    marks = [month_mark(case.received_at), *(mark_of(sight) for sight in case.sights.all())]
    _write("words = array_to_tsvector(%s)", case, _words(case, own) + marks)


def _words(case: Case, own: str) -> list[str]:
    words = document_words(f"{case.subject} {case.description} {case.contact_name} {own}")
    return [*words, case.number, case.contact_phone, case.contact_email.lower()]


def add_marks(case: Case, sights: Iterable[Sight]) -> None:
    """The case was passed on: whoever may see it now, finds it as well."""
    _write("words = words || array_to_tsvector(%s)", case, [mark_of(sight) for sight in sights])


def _write(change: str, case: Case, words: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_case SET {change} WHERE id = %s", [sorted({*words} - {""}), case.pk])  # noqa: S608


def mark_of(sight: Sight) -> str:
    return f"#u{sight.unit_id}" if sight.unit_id else f"#g{sight.group_id}"


def month_mark(received_at: datetime) -> str:
    return f"#m{received_at.astimezone(UTC):%Y%m}"


def search(typed: str, scope: Scope) -> str:
    """What was typed, within the scope, as one `tsquery`; nothing when no word was typed."""
    words = words_query(typed)
    if not words or scope.everywhere:
        return words
    marks = [f"'#u{pk}'" for pk in sorted(scope.units)] + [f"'#g{pk}'" for pk in sorted(scope.groups)]
    # Whose scope is empty finds nothing: no case bears the sign alone.
    within = " | ".join(marks or ["'#'"])
    return f"({words}) & ({within})"
