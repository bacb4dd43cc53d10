"""The words of a case under which it is found: base forms of Polish words, and names and numbers as they stand.

Beside them stand marks of the units and groups that may see the case, so that a search within one's scope is one
question to one index, and a mark of the month in which it came, so that the newest can be found month by month. A mark
begins with a sign that no word has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from django.db import OperationalError, connection, transaction

from okienko.base import numbers
from okienko.base.lemmas import document_words, quoted
from okienko.base.lemmas import query as words_query
from okienko.kernel.cases.models import Case, KnownWord, Sight
from okienko.kernel.people.access import Scope

_PHONE = 9  # digits
_LOCAL_PHONE = 7
CLEARED = 500  # at once
_PATIENCE = "200ms"  # of clearing, while others that write words wait behind it

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
    told = f"{case.subject} {case.description} {case.contact_name} {case.contact_email} {own}"
    return [*document_words(told), case.number, case.contact_email.lower(), _dialled(case.contact_phone)]


def _dialled(phone: str) -> str:
    """A phone without what stands before it in another country, however it was written."""
    return numbers.from_speech(phone)[-_PHONE:]


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


def figures(typed: str) -> str:
    """A number as a `tsquery`: of a case, or a phone."""
    return quoted(_dialled(typed))


def search(typed: str, scope: Scope) -> str:
    """What was typed, within the scope, as one `tsquery`; nothing when no word was typed."""
    words = words_query(typed)
    phone = numbers.from_speech(typed)
    if len(phone) >= _LOCAL_PHONE and not any(letter.isalpha() for letter in typed):
        words = f"({words} | {figures(phone)})"
    if not words or scope.everywhere:
        return words
    marks = [f"'#u{pk}'" for pk in sorted(scope.units)] + [f"'#g{pk}'" for pk in sorted(scope.groups)]
    # Whose scope is empty finds nothing: no case bears the sign alone.
    within = " | ".join(marks or ["'#'"])
    return f"({words}) & ({within})"


def clear() -> None:
    """Known words that no case has any more go; most are names of people who have been forgotten.

    Nobody can take up a word again while it goes. Who cannot have that moment for themselves leaves the rest for later.
    """
    while notes := dict(
        KnownWord.objects.filter(let_go=True).values_list("pk", "text").order_by("pk")[:CLEARED]
    ):
        try:
            _clear(notes)
        except OperationalError:
            return


@transaction.atomic
def _clear(notes: dict[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        if gone := _of_no_case(notes.values()):
            cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            cursor.execute("LOCK TABLE cases_knownword IN SHARE ROW EXCLUSIVE MODE")
            KnownWord.objects.filter(text__in=_of_no_case(gone)).delete()
    KnownWord.objects.filter(pk__in=notes).delete()


def _of_no_case(words: Iterable[str]) -> list[str]:
    words = sorted({*words})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM unnest(%s::text[], %s::text[]) AS gone(word, asked)"
            " WHERE NOT EXISTS (SELECT FROM cases_case WHERE words @@ asked::tsquery)",
            [words, [*map(quoted, words)]],
        )
        return [word for (word,) in cursor.fetchall()]
