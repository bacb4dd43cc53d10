"""The words of the cases that are there already; with a phone as it is dialled, and the parts of an address."""

from typing import Any

from django.db import connection, migrations

BATCH = 20_000
CONTACTS = r"""
    UPDATE cases_case
    SET words = words || array_to_tsvector(array_remove(
        regexp_split_to_array(lower(contact_email), '[^[:alnum:]]+')
            || right(regexp_replace(contact_phone, '[^0-9]', '', 'g'), 9),
        ''
    ))
    WHERE id BETWEEN %s AND %s AND (contact_email <> '' OR contact_phone ~ '[^0-9]|.{10}')
"""
WORDS = """
    INSERT INTO cases_knownword (text, let_go)
    SELECT brought.word, false
    FROM (
        SELECT DISTINCT word FROM cases_case, unnest(tsvector_to_array(words)) AS word
        WHERE id BETWEEN %s AND %s AND word !~ '^[#0-9]'
    ) AS brought
    WHERE NOT EXISTS (SELECT FROM cases_knownword AS known WHERE known.text = brought.word AND NOT known.let_go)
"""


def fill(apps: Any, editor: Any) -> None:
    """In steps, each by itself, so that nobody waits for all of them; once more adds nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM cases_case")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, BATCH):
            for step in (CONTACTS, WORDS):
                cursor.execute(step, [start, start + BATCH - 1])
        cursor.execute("ANALYZE cases_knownword")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0006_known_words")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
