"""A published service with all that belongs to it, as it stands now: kept by each process (see `Kept`)."""

from __future__ import annotations

from datetime import datetime

from okienko.features.visits.models import Service
from okienko.kernel.history.kept import Kept
from okienko.kernel.history.statements import prepared
from okienko.kernel.slots.models import Claim, Resource

_VERSION = """
SELECT s.id, ROW(
    s.xmin, s.ctid, c.xmin, c.ctid, r.xmin, r.ctid,
    (SELECT string_agg(ROW(f.xmin, f.ctid)::text, '' ORDER BY f.id) FROM visits_extrafield f WHERE f.service_id = s.id),
    (SELECT string_agg(ROW(h.xmin, h.ctid, k.xmin, k.ctid, u.xmin, u.ctid, l.xmin, l.ctid)::text, '' ORDER BY h.id)
     FROM visits_handling h JOIN slots_resource k ON k.id = h.resource_id JOIN units_unit u ON u.id = k.unit_id
     LEFT JOIN units_location l ON l.id = k.location_id
     WHERE h.service_id = s.id)
)::text AS version
FROM visits_service s
LEFT JOIN visits_category c ON c.id = s.category_id
LEFT JOIN rush_release r ON r.service_id = s.id
WHERE s.code = %s AND s.status = 'published'
"""

_WITH_HOLD = f"""
SELECT v.id, v.version, c.id, c.resource_id, c.expires_at FROM ({_VERSION}) v
LEFT JOIN slots_claim c ON c.key = %s AND c.kind = 'hold' AND c.expires_at > %s
"""  # noqa: S608


def _read(service_id: int) -> Service | None:
    whole = Service.objects.select_related("category", "release").prefetch_related("extra_fields")
    service = whole.filter(pk=service_id).first()
    if service is not None:
        # Asked for here, so that nobody who shares it asks again.
        _ = service.handled_at, service.given_at
    return service


_kept = Kept(_read)


def by_code(code: str) -> Service | None:
    with prepared() as cursor:
        cursor.execute(_VERSION, [code])
        found = cursor.fetchone()
    return _kept.at(*found) if found else None


def with_hold(code: str, key: str, *, now: datetime) -> tuple[Service | None, Claim | None]:
    """And what is held for it under the key."""
    with prepared() as cursor:
        cursor.execute(_WITH_HOLD, [code, key, now])
        found = cursor.fetchone()
    service = _kept.at(*found[:2]) if found else None
    if service is None or found[2] is None:
        return service, None
    pk, counter_id, until = found[2:]
    return service, Claim(
        pk=pk, key=key, kind=Claim.Kind.HOLD, resource=counter(service, counter_id), expires_at=until
    )


def counter(service: Service, counter_id: int) -> Resource:
    """Where a time is held, which may be a counter where the service is given no more."""
    known = next((one for one in service.given_at if one.pk == counter_id), None)
    return known or Resource.objects.select_related("location", "unit").get(pk=counter_id)
