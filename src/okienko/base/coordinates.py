"""Positions on the earth: WGS84 as maps and phones give it, EPSG:2180 (PL-1992) as the Polish registers speak it.

The transverse Mercator projection of GRS80 by Krüger's series to the fourth order, exact to a thousandth of a
millimetre anywhere in the country.
"""

from __future__ import annotations

from math import asin, asinh, atan2, atanh, cos, cosh, degrees, hypot, radians, sin, sinh, sqrt, tanh

_RADIUS = 6_378_137.0
_FLATTENING = 1 / 298.257222101
_MERIDIAN, _SCALE, _EAST, _NORTH = 19.0, 0.9993, 500_000.0, -5_300_000.0

_n = _FLATTENING / (2 - _FLATTENING)
_ECCENTRICITY = 2 * sqrt(_n) / (1 + _n)
_ARC = _SCALE * _RADIUS / (1 + _n) * (1 + _n**2 / 4 + _n**4 / 64)
_FORWARD = (
    _n / 2 - 2 / 3 * _n**2 + 5 / 16 * _n**3 + 41 / 180 * _n**4,
    13 / 48 * _n**2 - 3 / 5 * _n**3 + 557 / 1440 * _n**4,
    61 / 240 * _n**3 - 103 / 140 * _n**4,
    49561 / 161280 * _n**4,
)
_BACK = (
    _n / 2 - 2 / 3 * _n**2 + 37 / 96 * _n**3 - 1 / 360 * _n**4,
    1 / 48 * _n**2 + 1 / 15 * _n**3 - 437 / 1440 * _n**4,
    17 / 480 * _n**3 - 37 / 840 * _n**4,
    4397 / 161280 * _n**4,
)
_MEAN_RADIUS = 6_371_008.8
METRES_OF_DEGREE = radians(1) * _MEAN_RADIUS


def to_pl1992(latitude: float, longitude: float) -> tuple[float, float]:
    """Metres east and north."""
    sine, turn = sin(radians(latitude)), radians(longitude - _MERIDIAN)
    conformal = sinh(atanh(sine) - _ECCENTRICITY * atanh(_ECCENTRICITY * sine))
    xi, eta = atan2(conformal, cos(turn)), atanh(sin(turn) / hypot(1, conformal))
    pairs = [(2 * order * xi, 2 * order * eta, factor) for order, factor in enumerate(_FORWARD, start=1)]
    north = xi + sum(factor * sin(along) * cosh(across) for along, across, factor in pairs)
    east = eta + sum(factor * cos(along) * sinh(across) for along, across, factor in pairs)
    return _EAST + _ARC * east, _NORTH + _ARC * north


def from_pl1992(east: float, north: float) -> tuple[float, float]:
    """Latitude and longitude."""
    xi, eta = (north - _NORTH) / _ARC, (east - _EAST) / _ARC
    pairs = [(2 * order * xi, 2 * order * eta, factor) for order, factor in enumerate(_BACK, start=1)]
    xi -= sum(factor * sin(along) * cosh(across) for along, across, factor in pairs)
    eta -= sum(factor * cos(along) * sinh(across) for along, across, factor in pairs)
    isometric = asinh(sin(xi) / hypot(sinh(eta), cos(xi)))
    sine = tanh(isometric)
    for _ in range(8):  # each turn adds two digits
        sine = tanh(isometric + _ECCENTRICITY * atanh(_ECCENTRICITY * sine))
    return degrees(asin(sine)), _MERIDIAN + degrees(atan2(sinh(eta), cos(xi)))


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along the great circle, between latitude and longitude and another such pair."""
    (north, east), (north2, east2) = one, other
    rise, turn = radians(north2 - north) / 2, radians(east2 - east) / 2
    chord = sin(rise) ** 2 + cos(radians(north)) * cos(radians(north2)) * sin(turn) ** 2
    return 2 * _MEAN_RADIUS * asin(min(1.0, sqrt(chord)))


def degrees_around(latitude: float, metres: float) -> tuple[float, float]:
    """How far in latitude and longitude a square around the point must reach to hold so many metres."""
    return metres / METRES_OF_DEGREE, metres / (METRES_OF_DEGREE * max(cos(radians(latitude)), 0.01))
