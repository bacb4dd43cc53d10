"""How often a report was reopened after its end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("faults", "0007_past_passed_at")]
    operations = [
        migrations.AddField(
            "report",
            "times_reopened",
            models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        )
    ]
