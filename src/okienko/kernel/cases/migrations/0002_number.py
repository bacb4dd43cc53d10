from django.db import migrations


class Migration(migrations.Migration):
    """Numbers start where they have six digits with the check digit: short, and all of one length for long."""

    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE case_number START 10001", "DROP SEQUENCE case_number"),
    ]
