"""The world's outlines: land where land is, sea where sea is, cut cleanly at a map's edge."""

import pytest

from dragoman.outlines import rings, within


def inside(point, ring):
    """Whether a ring goes around a point (crossings of a ray to the east)."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd


def on_land(point):
    return sum(inside(point, ring) for _, ring in rings()) % 2 == 1


@pytest.mark.parametrize(
    "point",
    [(32.53, 15.6), (46.75, 39.83), (-74.08, 4.6), (125.6, 7.07), (44.5, 40.18), (-6.26, 53.35), (18.4, 43.86)],
    ids=["Khartoum", "Stepanakert", "Bogota", "Davao", "Yerevan", "Dublin", "Sarajevo"],
)
def test_cities_are_on_land(point):
    assert on_land(point)


@pytest.mark.parametrize(
    "point",
    [(-40, 30), (38, 20), (5, 40), (-150, 0), (35, 43)],
    ids=["Atlantic", "Red Sea", "Mediterranean", "Pacific", "Black Sea"],
)
def test_seas_are_sea(point):
    assert not on_land(point)


@pytest.mark.parametrize("box", [(20, 5, 45, 25), (46, 39, 47, 40), (-180, -90, 180, 90), (179, 60, 180, 70)])
def test_rings_are_cut_at_the_edges_of_a_map(box):
    west, south, east, north = box
    found = within(box)
    assert found
    for ring in found:
        assert len(ring) > 2
        assert all(west - 1e-9 <= x <= east + 1e-9 and south - 1e-9 <= y <= north + 1e-9 for x, y in ring)


def test_a_cut_keeps_what_is_land_within():
    box = (20, 5, 45, 25)
    for x in range(21, 45, 3):
        for y in range(6, 25, 3):
            point = (x + 0.137, y + 0.211)
            assert on_land(point) == (sum(inside(point, r) for r in within(box)) % 2 == 1), point


def test_at_sea_there_is_nothing():
    assert within((-41, 29, -39, 31)) == []
