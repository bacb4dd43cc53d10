from __future__ import annotations

from django.db import models


class Window(models.Model):
    """How many requests one caller has made in the minute that runs: one row per caller, written over and over."""

    caller = models.CharField(max_length=100, primary_key=True)
    minute = models.BigIntegerField()
    requests = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.caller} {self.requests}"
