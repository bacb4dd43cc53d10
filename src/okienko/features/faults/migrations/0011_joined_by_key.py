"""Those who joined are found by their key alone; built while others join."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("faults", "0010_lean_indexes")]
    operations = [AddIndexConcurrently("joined", models.Index(fields=["key"], name="fault_joined_by_key"))]
