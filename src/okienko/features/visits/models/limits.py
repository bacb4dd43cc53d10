"""How often residents may hold times."""

from __future__ import annotations

from django.db import models

from okienko.features.visits.models.offering import Service


class NetworkHolds(models.Model):
    """Times that one address of the network has held for a service since its hour began: counted in one row, so that
    the limit holds exactly. The mark tells nobody the address."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    since = models.DateTimeField(db_index=True)
    holds = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "mark"], name="network_once_for_a_service")]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.holds}"
