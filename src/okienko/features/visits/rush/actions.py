from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import connection

from okienko.features.visits.models import Service
from okienko.features.visits.rush.models import Line, Release
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.people.access import demand

_DRAW = """
UPDATE rush_place p SET number = drawn.number
FROM (SELECT id, row_number() OVER (ORDER BY sha256(convert_to(%(seed)s || ':' || id, 'UTF8')), id) AS number
      FROM rush_place WHERE line_id = %(line)s AND ended_at IS NULL) drawn
WHERE p.id = drawn.id
"""


@atomic
def set_release(service: Service, *, by: Actor, at: datetime, version: int = 1, **details: Any) -> Release:
    """From the next release on; a line that stands already lets in by the new numbers."""
    demand(by, "visits.services")
    Service.objects.select_for_update().get(pk=service.pk)
    release = Release.objects.select_for_update().filter(service=service).first()
    before = None
    if release is None:
        release = Release.objects.create(service=service, **details)
    else:
        changes.check_version(release, version)
        before = {name: getattr(release, name) for name in details}
        for name, value in details.items():
            setattr(release, name, value)
        release.version += 1
        release.save()
    record(service, "rush.release_set", by=by, at=at, before=before, after=details)
    return release


@atomic
def draw(line: Line, *, by: Actor, at: datetime) -> Line:
    """Numbers for all who came before the hour, by a seed that nobody could know before; drawn once.

    The lock waits for those who are just coming in, and whoever comes after it finds the line drawn.
    """
    line = Line.objects.select_for_update().get(pk=line.pk)
    if line.drawn_at is not None:
        return line
    line.seed, line.drawn_at = secrets.token_hex(32), at
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, {"seed": line.seed, "line": line.pk})
        line.drawn = line.last_number = cursor.rowcount
    line.save(update_fields=["seed", "drawn_at", "drawn", "last_number"])
    record(line, "rush.drawn", by=by, at=at, after={"seed": line.seed, "drawn": line.drawn})
    return line
