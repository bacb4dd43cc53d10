"""A category in use with what is asked about it, as it stands now: kept by each process (see `Kept`)."""

from __future__ import annotations

from django.db.models import Prefetch

from okienko.features.faults.models import Category, Question
from okienko.kernel.history.kept import Kept
from okienko.kernel.history.statements import prepared

_VERSION = """
SELECT one.id, ROW(one.xmin, one.ctid, above.xmin, above.ctid, (
    SELECT string_agg(ROW(xmin, ctid)::text, '' ORDER BY id) FROM faults_question
    WHERE category_id IN (one.id, above.id)
))::text
FROM faults_category one LEFT JOIN faults_category above ON above.id = one.parent_id
WHERE one.code = %s AND one.active
"""


def _read(category_id: int) -> Category | None:
    asked = Prefetch("questions", Question.objects.order_by("position"))
    whole = Category.objects.select_related("parent").prefetch_related(asked, "parent__questions")
    return whole.filter(pk=category_id).first()


_kept = Kept(_read)


def category(code: str) -> Category | None:
    with prepared() as cursor:
        cursor.execute(_VERSION, [code])
        found = cursor.fetchone()
    return _kept.at(*found) if found else None
