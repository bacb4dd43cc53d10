"""What figures count of a report, beside its key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_figures_of_receipt"), ("faults", "0003_source")]
    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["case"],
                include=("area", "taken_up_at", "in_time", "times_returned", "times_rejected"),
                name="fault_report_figures",
            ),
        ),
    ]
