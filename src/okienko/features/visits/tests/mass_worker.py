"""A worker to be killed: `python mass_worker.py` carries out what was ordered, as slowly as needed to be hit."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okienko.site.settings")
django.setup()

from okienko.base.time import now  # noqa: E402
from okienko.features.visits import mass  # noqa: E402
from okienko.features.visits.models import MassChange  # noqa: E402

if __name__ == "__main__":
    for change in MassChange.objects.filter(finished_at__isnull=True):
        mass.carry_out(change, clock=now)
