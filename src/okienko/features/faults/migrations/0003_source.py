"""What was sent is never changed; contact data may be emptied, when consent to them is withdrawn."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION fault_source_unchangeable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.report_id, NEW.came_at, NEW.told) IS DISTINCT FROM (OLD.report_id, OLD.came_at, OLD.told)
       OR NEW.contact NOT IN (OLD.contact, '[]'::jsonb) THEN
        RAISE EXCEPTION 'what was sent cannot be changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER fault_source_unchangeable BEFORE UPDATE ON faults_source"
    " FOR EACH ROW EXECUTE FUNCTION fault_source_unchangeable()"
)


class Migration(migrations.Migration):
    dependencies = [("faults", "0002_map_cells")]
    operations = [migrations.RunSQL([FUNCTION, TRIGGER], "DROP FUNCTION fault_source_unchangeable() CASCADE")]
