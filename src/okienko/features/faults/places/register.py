"""The national register of parcels and addresses: asked by point in its text protocol, in metres of EPSG:2180.

The first line of an answer is its status, 0 for found and -1 for nothing there; then fields split by `|`. Off unless
an address is set; whoever asks goes on without an answer when there is none in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from okienko.base.coordinates import to_pl1992
from okienko.base.jobs import defer
from okienko.features.faults.models import RegisterAnswer, Report

SECONDS = 4.0
MOST_BYTES = 20_000
PARCEL = ("GetParcelByXY", "parcel,region")
ADDRESS = ("GetAddress", "street,number")


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a point; what is not known is empty."""

    parcel: str = ""
    cadastral_district: str = ""
    street: str = ""
    house_number: str = ""

    def __bool__(self) -> bool:
        return bool(self.parcel or self.street)


class NoAnswer(Exception):
    """Off, too slow, out of order: to be filled in by hand."""


def tell_of(latitude: float, longitude: float, *, at: datetime) -> Told:
    parcel, district = _asked(settings.PARCELS_URL, *PARCEL, latitude, longitude, at)
    street, number = _asked(settings.ADDRESSES_URL, *ADDRESS, latitude, longitude, at)
    return Told(parcel[:40], district[:60], street[:150], number[:20])


def _asked(
    address: str, request: str, fields: str, latitude: float, longitude: float, at: datetime
) -> tuple[str, str]:
    if not address:
        return "", ""
    east, north = to_pl1992(latitude, longitude)
    key = {"request": request, "east": round(east), "north": round(north)}
    kept = RegisterAnswer.objects.filter(**key).first()
    if kept is None:
        try:
            said = _answer(address, {"request": request, "xy": f"{east:.2f},{north:.2f}", "result": fields})
        except NoAnswer:
            return "", ""
        kept, _new = RegisterAnswer.objects.get_or_create(**key, defaults={"fields": said, "asked_at": at})
    first, second = (*(kept.fields or ()), "", "")[:2]
    return str(first), str(second)


def _answer(address: str, question: dict[str, str]) -> list[str] | None:
    import httpx  # a quarter of a second at every start, which only workers that ask need pay

    try:
        with httpx.Client(timeout=SECONDS, trust_env=False) as client:
            response = client.get(address, params=question)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer from error
    if response.status_code != 200 or len(response.content) > MOST_BYTES:
        raise NoAnswer
    return parse(response.text)


def parse(text: str) -> list[str] | None:
    """The fields of the first thing found; None when the register knows of nothing there."""
    status, *lines = text.strip().splitlines() or [""]
    if status.strip().startswith("-1"):
        return None
    if status.strip() != "0" or not lines:
        raise NoAnswer
    return [field.strip() for field in lines[0].split("|")]


def ask_aside(report: Report) -> None:
    """By a worker, so that nobody waits for it."""
    if (settings.PARCELS_URL or settings.ADDRESSES_URL) and report.position is not None and not report.parcel:
        defer("okienko.features.faults.jobs.ask_register", case_id=report.pk)


def empty_fields(report: Any, told: Told) -> dict[str, str]:
    """What was told and nobody has written yet: a person's word stands above the register's."""
    names = ("parcel", "cadastral_district", "street", "house_number")
    return {name: getattr(told, name) for name in names if getattr(told, name) and not getattr(report, name)}
