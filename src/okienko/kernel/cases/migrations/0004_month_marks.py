"""Each case bears the mark of the month in which it came, among the words that it is found by."""

from typing import Any

from django.db import connection, migrations

BATCH = 20_000
MARK = """
    UPDATE cases_case
    SET words = words || array_to_tsvector(ARRAY['#m' || to_char(received_at AT TIME ZONE 'UTC', 'YYYYMM')])
    WHERE id BETWEEN %s AND %s
"""


def mark(apps: Any, editor: Any) -> None:
    """In steps, each by itself, so that nobody waits for all of them; once more changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM cases_case")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, BATCH):
            cursor.execute(MARK, [start, start + BATCH - 1])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0003_sight_copies")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
