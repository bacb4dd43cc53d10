"""What a change changes: the fields whose value is another one, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from okienko.base.decisions import Stale


def apply(instance: models.Model, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the values on the instance (not saved); give back the fields that differ as before and after."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in values.items():
        column = instance._meta.get_field(name)
        old = getattr(instance, column.attname if hasattr(column, "attname") else name)
        setattr(instance, name, value)
        new = getattr(instance, column.attname if hasattr(column, "attname") else name)
        if old != new:
            before[name], after[name] = old, new
    return before, after


def check_version(instance: Any, version: int) -> None:
    """The one who changes must have seen what stands there now."""
    if instance.version != version:
        raise Stale(_("Somebody else has changed this in the meantime."), current=instance)
