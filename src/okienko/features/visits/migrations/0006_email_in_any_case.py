"""Visits are counted by e-mail whatever the case of its letters; built while visits are booked."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("visits", "0005_help_in_languages")]
    operations = [
        AddIndexConcurrently("booking", models.Index(Upper("email"), name="visit_by_email_in_any_case")),
        RemoveIndexConcurrently("booking", "visit_by_email"),
    ]
