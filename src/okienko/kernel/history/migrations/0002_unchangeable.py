from django.db import migrations

GUARD = """
CREATE FUNCTION history_unchangeable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.forgotten AND NEW.before IS NULL AND NEW.after IS NULL AND NEW.note = ''
       AND (NEW.id, NEW.subject_type, NEW.subject_id, NEW.number, NEW.kind, NEW.at, NEW.happened_at, NEW.channel,
            NEW.sealed, NEW.previous_hash, NEW.hash)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.subject_type, OLD.subject_id, OLD.number, OLD.kind, OLD.at, OLD.happened_at, OLD.channel,
            OLD.sealed, OLD.previous_hash, OLD.hash)
       AND (NEW.person_id, NEW.actor) IS NOT DISTINCT FROM (OLD.person_id, OLD.actor)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an entry of the history cannot be changed or deleted';
END
$$;
CREATE TRIGGER history_unchangeable BEFORE UPDATE OR DELETE ON history_entry
    FOR EACH ROW EXECUTE FUNCTION history_unchangeable();
"""


class Migration(migrations.Migration):
    """Only the content of an entry may go, by retention; nothing else, whoever asks."""

    dependencies = [("history", "0001_initial")]
    operations = [
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER history_unchangeable ON history_entry; DROP FUNCTION history_unchangeable();",
        ),
    ]
