"""The map of the invented city: districts that fit together, streets across them, and reports all over it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

SOUTH, WEST, HEIGHT, WIDTH = 50.06, 19.05, 0.08, 0.12
DISTRICTS = (
    ("Śródmieście Zmyślone", "Przedmieście Próbne", "Osiedle Umowne"),
    ("Stare Niebyłe", "Nowe Fikcyjne", "Wymyślów"),
)
STREETS = (
    "ul. Zmyślona", "al. Niebyła", "ul. Fikcyjna", "ul. Umowna", "ul. Próbna", "ul. Bajkowa", "ul. Pozorna", "ul. Domniemana",
    "ul. Hipotetyczna", "ul. Papierowa", "ul. Szkicowa", "ul. Makietowa", "al. Modelowa", "ul. Zastępcza", "pl. Testowy",
    "ul. Nieistniejąca",
)  # fmt: skip


def districts() -> bytes:
    # Corners are shared, so that neighbours meet along the same crooked line.
    chance = random.Random(7)  # noqa: S311
    corners = [
        [
            _point(row / 2 + _stray(chance, row, 2), column / 3 + _stray(chance, column, 3))
            for column in range(4)
        ]
        for row in range(3)
    ]
    features = []
    for row, names in enumerate(DISTRICTS):
        for column, name in enumerate(names):
            low, high = corners[row], corners[row + 1]
            ring = [low[column], low[column + 1], high[column + 1], high[column], low[column]]
            features.append(_feature(name, "Polygon", [ring]))
    return _file(features)


def streets() -> bytes:
    chance = random.Random(11)  # noqa: S311
    features = []
    for number, name in enumerate(STREETS):
        across, along = (number // 2 + 1) / (len(STREETS) / 2 + 1), [0.06 + 0.11 * step for step in range(9)]
        wave = [across + chance.uniform(-0.02, 0.02) for _ in along]
        line = [
            _point(*((one, other) if number % 2 else (other, one)))
            for one, other in zip(along, wave, strict=True)
        ]
        features.append(_feature(name, "LineString", line))
    return _file(features)


def spots(count: int) -> Iterator[tuple[str, str, float, float]]:
    """Addresses with their points: more in the middle of the city than at its edge."""
    chance = random.Random(13)  # noqa: S311
    drawn = {
        one["properties"]["name"]: one["geometry"]["coordinates"] for one in json.loads(streets())["features"]
    }
    for _ in range(count):
        name = chance.choice(STREETS)
        longitude, latitude = drawn[name][min(max(round(chance.gauss(4, 2)), 0), 8)]
        shift = [chance.uniform(-0.0015, 0.0015) for _ in range(2)]
        yield name, str(chance.randint(1, 60)), round(latitude + shift[0], 6), round(longitude + shift[1], 6)


def _stray(chance: random.Random, step: int, last: int) -> float:
    return 0.0 if step in (0, last) else chance.uniform(-0.06, 0.06)


def _point(up: float, aside: float) -> list[float]:
    return [round(WEST + WIDTH * aside, 6), round(SOUTH + HEIGHT * up, 6)]


def _feature(name: str, kind: str, coordinates: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"name": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _file(features: list[dict[str, Any]]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
