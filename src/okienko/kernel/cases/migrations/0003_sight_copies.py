from django.db import migrations

COPIES = """
CREATE FUNCTION case_copies_to_sight() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT procedure, received_at, due_order, kind, state, open
    INTO NEW.procedure, NEW.received_at, NEW.due_order, NEW.kind, NEW.state, NEW.open
    FROM cases_case WHERE id = NEW.case_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER case_copies_to_sight BEFORE INSERT ON cases_sight
    FOR EACH ROW EXECUTE FUNCTION case_copies_to_sight();

CREATE FUNCTION case_copies_to_sights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cases_sight
    SET procedure = now.procedure, received_at = now.received_at, due_order = now.due_order,
        kind = now.kind, state = now.state, open = now.open
    FROM now JOIN before ON before.id = now.id
    WHERE cases_sight.case_id = now.id
        AND (now.procedure, now.received_at, now.due_order, now.kind, now.state, now.open)
            IS DISTINCT FROM
            (before.procedure, before.received_at, before.due_order, before.kind, before.state, before.open);
    RETURN NULL;
END
$$;
CREATE TRIGGER case_copies_to_sights AFTER UPDATE ON cases_case
    REFERENCING OLD TABLE AS before NEW TABLE AS now
    FOR EACH STATEMENT EXECUTE FUNCTION case_copies_to_sights();
"""
GONE = """
DROP TRIGGER case_copies_to_sights ON cases_case;
DROP FUNCTION case_copies_to_sights();
DROP TRIGGER case_copies_to_sight ON cases_sight;
DROP FUNCTION case_copies_to_sight();
"""


class Migration(migrations.Migration):
    """What a sight repeats of its case is written by the database: by one statement, of however many cases."""

    dependencies = [("cases", "0002_number")]
    operations = [migrations.RunSQL(COPIES, GONE)]
