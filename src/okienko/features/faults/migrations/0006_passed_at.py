"""Since when a report waited to be taken up, counted with the other figures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_figures_of_receipt"), ("faults", "0005_open_points")]
    operations = [
        migrations.AddField("report", "passed_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["case"],
                include=("area", "passed_at", "taken_up_at", "in_time", "times_returned", "times_rejected"),
                name="fault_report_counted",
            ),
        ),
        migrations.RemoveIndex(model_name="report", name="fault_report_figures"),
    ]
