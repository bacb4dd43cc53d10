import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okienko.base.decisions import Refused
from okienko.features.faults.places import geojson
from okienko.features.faults.places.geometry import box_of, is_inside

SQUARE = [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]
HOLE = [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]
NUMBERS = st.floats(-10, 10)


@pytest.mark.req("FAULT-17")
def test_a_hole_is_outside_and_an_island_in_it_inside():
    island = [[[1.5, 1.5], [2.5, 1.5], [2.5, 2.5], [1.5, 2.5], [1.5, 1.5]]]
    shape = [[*SQUARE, HOLE], island]
    assert is_inside(shape, 0.5, 0.5)
    assert not is_inside(shape, 1.2, 1.2)
    assert is_inside(shape, 2, 2)
    assert not is_inside(shape, 5, 2)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_of_two_neighbours_exactly_one_holds_a_point_of_both(longitude, latitude, bend, height):
    """Two halves of one square with a crooked border: wherever one stands in it, it is one of them."""
    border = [[bend, -10], [height, 0], [bend / 2, 10]]
    left = [[[-10, -10], *border, [-10, 10], [-10, -10]]]
    right = [[[10, -10], [10, 10], *reversed(border), [10, -10]]]
    if -10 <= latitude < 10 and -10 <= longitude < 10:
        assert is_inside([left], latitude, longitude) != is_inside([right], latitude, longitude)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=9), NUMBERS, NUMBERS)
def test_nothing_is_inside_a_shape_that_is_outside_its_box(points, longitude, latitude):
    ring = [*points, points[0]]
    box = box_of([ring])
    if is_inside([[ring]], latitude, longitude):
        assert box.south <= latitude <= box.north
        assert box.west <= longitude <= box.east


def collection(**feature):
    return json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", **feature}]}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"type": "FeatureCollection", "features": 3}',
        b'{"type": "FeatureCollection", "features": []}',
        collection(properties={"name": "x"}, geometry=None),
        collection(properties={}, geometry={"type": "Polygon", "coordinates": SQUARE}),
        collection(properties={"name": "x"}, geometry={"type": "Point", "coordinates": [1, 1]}),
        collection(properties={"name": "x"}, geometry={"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}),
        collection(
            properties={"name": "x"}, geometry={"type": "Polygon", "coordinates": [[[636952, 486983]] * 4]}
        ),
        collection(properties={"name": "x"}, geometry={"type": "Polygon", "coordinates": None}),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_not_half_loaded(content):
    with pytest.raises(Refused) as refused:
        geojson.read(content, geojson.POLYGONS)
    assert refused.value.field == "file"


def test_features_with_one_name_are_one():
    one = {
        "type": "Feature",
        "properties": {"nazwa": "Próbna"},
        "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [one, one]}).encode()
    (read,) = geojson.read(content, geojson.LINES)
    assert len(read.shape) == 2
