from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.coordinates import degrees_around, from_pl1992, metres_between, to_pl1992

LATITUDES, LONGITUDES = st.floats(49.0, 54.9), st.floats(14.0, 24.2)


# Reckoned by PROJ, which neither shares code nor series with ours.
@pytest.mark.req("FAULT-16")
@pytest.mark.parametrize(
    ("longitude", "latitude", "east", "north"),
    [
        (19, 52, 500000.0, 459309.2094016103),
        (21.005995, 52.231838, 636952.0224394512, 486983.1593355285),
        (14.2, 53.9, 184816.09511240618, 681281.2864153069),
        (24.1, 50.9, 858429.1124436278, 349406.72527289484),
        (19.1, 50.1, 507149.6841035904, 248088.45183444303),
    ],
)
def test_known_points(longitude, latitude, east, north):
    assert to_pl1992(latitude, longitude) == pytest.approx((east, north), abs=1e-5)


@given(LATITUDES, LONGITUDES)
def test_there_and_back_is_the_same_place(latitude, longitude):
    assert from_pl1992(*to_pl1992(latitude, longitude)) == pytest.approx((latitude, longitude), abs=1e-10)


@given(LATITUDES, LONGITUDES, st.floats(-300, 300), st.floats(-300, 300))
def test_distances_on_the_plane_are_those_on_the_ground(latitude, longitude, north, east):
    other = (latitude + north / 111_195, longitude + east / (111_195 * cos(radians(latitude))))
    (x1, y1), (x2, y2) = to_pl1992(latitude, longitude), to_pl1992(*other)
    ground = metres_between((latitude, longitude), other)
    assert hypot(x2 - x1, y2 - y1) == pytest.approx(ground, rel=0.005, abs=1e-3)


@given(LATITUDES, LONGITUDES, st.floats(1, 500))
def test_the_square_around_a_point_holds_all_that_is_so_near(latitude, longitude, metres):
    up, aside = degrees_around(latitude, metres)
    assert metres_between((latitude, longitude), (latitude + up, longitude)) == pytest.approx(
        metres, rel=1e-6
    )
    assert metres_between((latitude, longitude), (latitude, longitude + aside)) == pytest.approx(
        metres, rel=1e-3
    )
