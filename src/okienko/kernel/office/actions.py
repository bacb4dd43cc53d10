from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okienko.base.decisions import Refused
from okienko.kernel.documents import pictures
from okienko.kernel.history import changes
from okienko.kernel.history.actions import record
from okienko.kernel.history.actors import Actor
from okienko.kernel.history.transactions import atomic
from okienko.kernel.office import queries
from okienko.kernel.office.models import OfficeProfile
from okienko.kernel.people.access import demand

COAT_SIZE = (240, 288)
MOST_PIXELS = 25_000_000


@atomic
def change_office(*, by: Actor, at: datetime, version: int, **texts: str) -> OfficeProfile:
    changed = _locked(by, version)
    return _saved(changed, *changes.apply(changed, texts), by=by, at=at)


@atomic
def set_coat_of_arms(picture: bytes | None, *, by: Actor, at: datetime, version: int) -> OfficeProfile:
    """Kept small and made anew; without a picture a plain sign is drawn instead."""
    changed = _locked(by, version)
    before = {"coat_of_arms": changed.mark}
    try:
        changed.coat_of_arms = (
            pictures.emblem(picture, COAT_SIZE, most_pixels=MOST_PIXELS) if picture else None
        )
    except pictures.Unreadable as unreadable:
        raise Refused(
            _("This is no picture that can be read. PNG, JPEG and WebP are."),
            code="no-picture",
            field="picture",
        ) from unreadable
    return _saved(changed, before, {"coat_of_arms": changed.mark}, by=by, at=at)


def _locked(by: Actor, version: int) -> OfficeProfile:
    demand(by, "office.change")
    OfficeProfile.objects.get_or_create(pk=1)
    found = OfficeProfile.objects.select_for_update().get(pk=1)
    changes.check_version(found, version)
    return found


def _saved(
    changed: OfficeProfile, before: Mapping[str, Any], after: Mapping[str, Any], *, by: Actor, at: datetime
) -> OfficeProfile:
    if before != after:
        changed.version += 1
        changed.save()
        record(changed, "office.changed", by=by, at=at, before=before, after=after)
        queries.forget()
    return changed
