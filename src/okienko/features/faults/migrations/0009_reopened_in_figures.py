"""The same among what figures are counted by; built while reports come in."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("faults", "0008_reopened")]
    operations = [
        AddIndexConcurrently(
            "report",
            models.Index(
                fields=["case"],
                include=(
                    "area", "passed_at", "taken_up_at", "in_time", "times_returned", "times_rejected", "times_reopened",
                ),
                name="fault_report_in_figures",
            ),
        ),
        RemoveIndexConcurrently("report", "fault_report_counted"),
    ]  # fmt: skip
