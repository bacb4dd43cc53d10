from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """In a transaction of its own: the rows that are there are read without a lock that stops the work."""

    dependencies = [("visits", "0002_embedded")]

    operations = [ValidateConstraint(model_name="booking", name="embedded_visit_has_a_site")]
