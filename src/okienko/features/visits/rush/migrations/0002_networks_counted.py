from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rush", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Network",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=64)),
                ("places", models.PositiveIntegerField()),
                ("without_work", models.PositiveIntegerField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="networks", to="rush.line"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "mark"), name="network_once_in_a_line")
                ],
            },
        ),
        migrations.RemoveIndex(model_name="place", name="place_by_network"),
        migrations.RemoveField(model_name="place", name="network"),
        migrations.RemoveField(model_name="place", name="worked"),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("called_at__isnull", True), ("ended_at__isnull", False)),
                fields=["line", "number"],
                name="place_given_up",
            ),
        ),
    ]
