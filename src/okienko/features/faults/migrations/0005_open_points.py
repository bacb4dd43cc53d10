"""Points of open reports in one small index, instead of two of the positions of all that ever came."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("faults", "0004_figures")]
    operations = [
        migrations.AddIndex(
            model_name="report",
            index=django.contrib.postgres.indexes.GistIndex(
                models.Func("longitude", "latitude", function="point"),
                condition=models.Q(("open", True)),
                name="fault_report_open_points",
            ),
        ),
        migrations.RemoveIndex(model_name="report", name="fault_report_by_position"),
        migrations.RemoveIndex(model_name="report", name="fault_report_on_the_map"),
    ]
