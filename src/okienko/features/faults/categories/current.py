"""A category in use with what is asked about it, as it stands now: read once by each process, and again once it changed.

Each time the database is asked which version of each of its rows stands there: PostgreSQL never changes a row in place.
What was read is shared by all who ask: it is looked at, never changed.
"""

from __future__ import annotations

from django.db.models import Prefetch

from okienko.features.faults.models import Category, Question
from okienko.kernel.history.statements import prepared

_VERSION = """
SELECT one.id, ROW(one.xmin, one.ctid, above.xmin, above.ctid, (
    SELECT string_agg(ROW(xmin, ctid)::text, '' ORDER BY id) FROM faults_question
    WHERE category_id IN (one.id, above.id)
))::text
FROM faults_category one LEFT JOIN faults_category above ON above.id = one.parent_id
WHERE one.code = %s AND one.active
"""

_kept: dict[int, tuple[str, Category]] = {}


def category(code: str) -> Category | None:
    with prepared() as cursor:
        cursor.execute(_VERSION, [code])
        found = cursor.fetchone()
    if found is None:
        return None
    pk, version = found
    kept = _kept.get(pk)
    if kept is None or kept[0] != version:
        # Read after its version: what was written between the two is found out the next time.
        read = _read(pk)
        if read is None:
            return None
        kept = _kept[pk] = version, read
    return kept[1]


def _read(category_id: int) -> Category | None:
    asked = Prefetch("questions", Question.objects.order_by("position"))
    whole = Category.objects.select_related("parent").prefetch_related(asked, "parent__questions")
    return whole.filter(pk=category_id).first()
