"""A paper that went out is never changed: another print is another row."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION letter_unchangeable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a letter cannot be changed' USING ERRCODE = 'check_violation';
END $$
"""
TRIGGER = "CREATE TRIGGER letter_unchangeable BEFORE UPDATE ON letters_letter FOR EACH ROW EXECUTE FUNCTION letter_unchangeable()"


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]
    operations = [migrations.RunSQL([FUNCTION, TRIGGER], "DROP FUNCTION letter_unchangeable() CASCADE")]
