"""The index by receipt carries what figures are counted by: a year of them is read off it alone."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_month_marks"),
        ("units", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["procedure", "received_at", "id"],
                include=("kind", "unit", "group", "channel", "open", "closed_at"),
                name="case_received",
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="case_by_receipt"),
    ]
