"""Distances on the globe."""

from __future__ import annotations

import math

EARTH_METRES = 6_371_000


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance (haversine) of two (latitude, longitude) in degrees."""
    lat1, lat2 = math.radians(one[0]), math.radians(other[0])
    dlat, dlon = lat2 - lat1, math.radians(other[1] - one[1])
    a = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(a))
